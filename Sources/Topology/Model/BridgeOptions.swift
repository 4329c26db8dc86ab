public import Addressing

extension Topology.Network {
    /// How a network's addresses of one family are reached from outside (`gateway_mode_ipv4`, `gateway_mode_ipv6`).
    public enum GatewayMode: String, Hashable, Sendable, CaseIterable, Codable {
        /// Out with the host's address, in through published ports of the host.
        case nat
        /// As `nat`, and every port of a container can be reached at the container's own address.
        case natUnprotected = "nat-unprotected"
        /// Out with the container's own address, in to its published ports at that address; the host publishes nothing.
        case routed
        /// For an internal network: the bridge has no address either, so the host takes no part in it.
        case isolated
    }

    /// The `driver_opts` of Docker's bridge driver (moby `bridge/labels.go`, `netlabel/labels.go`).
    public struct BridgeOptions: Hashable, Sendable, Codable {
        /// `enable_icc`: whether endpoints reach each other directly.
        public var connectsEndpoints = true
        /// `enable_ip_masquerade`: whether what leaves gets the host's address.
        public var masquerades = true
        /// `host_binding_ipv4`: the host's address for ports that are published without one; every one if absent.
        public var bindingAddress: IPAddress?
        /// `host_ipv4`: what leaves gets this address; that of the interface it leaves by if absent.
        public var hostIPv4: IPAddress?
        /// `host_ipv6`, the same for IPv6.
        public var hostIPv6: IPAddress?
        /// `gateway_mode_ipv4`.
        public var gatewayModeIPv4 = GatewayMode.nat
        /// `gateway_mode_ipv6`.
        public var gatewayModeIPv6 = GatewayMode.nat
        /// `inhibit_ipv4`: the bridge gets no IPv4 address; the gateway is somebody else on the network.
        public var inhibitsIPv4 = false
        /// `trusted_host_interfaces`: by these, published ports are reached at the containers' own addresses.
        public var trustedInterfaces: [String] = []
        /// `container_iface_prefix`: what interfaces in sandboxes are called, before their number; `eth` if absent.
        public var interfacePrefix: String?

        /// `advertise_addr_nmsgs`: how often neighbours are told of a new endpoint's addresses; if absent, once where there
        /// may be some.
        public var announcementCount: Int?
        /// `advertise_addr_ms`: milliseconds from one time to the next; 1000 if absent.
        public var announcementInterval: Int?

        /// What Docker does without any option.
        public init() {}

        /// How addresses of `family` are reached.
        public func gatewayMode(_ family: IPFamily) -> GatewayMode {
            family == .v4 ? gatewayModeIPv4 : gatewayModeIPv6
        }

        /// The address that what leaves in `family` gets, where the file says one.
        public func hostAddress(_ family: IPFamily) -> IPAddress? { family == .v4 ? hostIPv4 : hostIPv6 }
    }
}
