public import Addressing

extension Topology.Network {
    /// The `driver_opts` of a routed network, `weft.routed.…`.
    public struct RoutedOptions: Hashable, Sendable, Codable {
        /// How packets get from host to host; the names are those of flannel's backends.
        public enum Backend: String, Hashable, Sendable, Codable, CaseIterable {
            /// As they are: the next hop is the other host, which must be on the same link.
            case hostGateway = "host-gw"
            /// In GRE, with a tunnel to each other host (RFC 2784), and a key for each network (RFC 2890).
            case gre
            /// In IPv4 and nothing in between: IPv4 packets (RFC 2003) and IPv6 packets (RFC 4213) by tunnels of their own.
            case ipip
        }

        /// `weft.routed.backend`: how packets get from host to host.
        public var backend = Backend.hostGateway
        /// `weft.routed.key`: what GRE tells the network's packets from others' by; chosen if absent.
        public var key: UInt32?
        /// `weft.routed.prefix`: the length of the prefix that each host has of the IPv4 subnet; flannel's and most others'.
        public var prefixLength = 24
        /// `weft.routed.prefix_ipv6`: the same of the IPv6 subnet.
        public var prefixLengthIPv6 = 64

        /// The length of the prefix that each host has of the subnet of `family`.
        public func prefixLength(_ family: IPFamily) -> Int { family == .v4 ? prefixLength : prefixLengthIPv6 }

        /// What is done without any option.
        public init() {}
    }
}
