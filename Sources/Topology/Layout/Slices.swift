public import Addressing

extension Layout.Network {
    /// What a routed network has besides its subnet: each host a slice, with a bridge and a gateway of its own.
    public struct Routed: Hashable, Sendable, Codable {
        /// The part of the subnet that is on one host.
        public struct Slice: Hashable, Sendable, Codable {
            /// Name of the host.
            public var host: String
            /// The addresses of its endpoints, and the bridge's.
            public var segment: Segment
        }

        /// The whole subnet.
        public var subnet: Subnet
        /// The slices of the hosts that have endpoints, in file order.
        public var slices: [Slice]
        /// Largest layer-3 packet that all of these hosts carry, in bytes.
        public var mtu: UInt32
        /// The endpoints on other hosts; only the part of one host has any.
        public var remotes: [Remote] = []
    }
}

extension Topology.Network {
    /// The length of a host's slice where the file says none: flannel's and most others'.
    static let defaultSlicePrefixLength = 24

    /// The slices of a routed network that the first `count` hosts have; none of other networks, and no more than there is room
    /// for.
    func slices(count: Int) -> [AddressPool] {
        guard let length = slicePrefixLength, let subnet = pools.first?.subnet, subnet.family == .v4,
            subnet.prefixLength <= length
        else { return [] }
        return (0..<min(count, 1 << (length - subnet.prefixLength))).compactMap { number in
            let first = subnet.network.advanced(by: UInt128(number) << UInt128(32 - length))
            return Subnet(containing: first, prefixLength: length).map { AddressPool($0) }
        }
    }

    /// Largest layer-3 packet between hosts with these MTUs, in bytes, unless the file says another.
    func underlayMTU(of hosts: [UInt32]) -> UInt32 { mtu ?? hosts.min() ?? Topology.Host.defaultMTU }

    /// The least MTU that IP has on the network, in bytes (RFC 791, RFC 8200).
    var leastMTU: UInt32 { hasIPv6 ? 1280 : 68 }
}

extension Topology {
    /// The slice of a routed network that each host has, in file order; none of other networks, and no more than there is room
    /// for.
    ///
    /// It follows from the host's place in the file alone, so that a service may move without moving others' addresses.
    func slices(of network: Network) -> [(host: Host, pool: AddressPool)] {
        zip(hosts, network.slices(count: hosts.count)).map { (host: $0, pool: $1) }
    }

    /// Where the addresses of endpoints of `network` on `host` come from.
    func pools(of network: Network, on host: String?) -> [AddressPool] {
        slices(of: network).first { $0.host.name == host }.map { [$0.pool] } ?? network.configuredPools
    }

    /// What the routed network `network` is made of; `nil` for other drivers.
    func routed(_ network: Network) -> Layout.Network.Routed? {
        guard network.driver == .routed, let subnet = network.pools.first?.subnet else { return nil }
        let members = hostsByNetwork[network.key] ?? []
        let own = slices(of: network).filter { members.contains($0.host.name) }
        return Layout.Network.Routed(
            subnet: subnet,
            slices: own.compactMap { host, pool in
                pool.gateway.map { .init(host: host.name, segment: .init(subnet: pool.subnet, gateway: $0)) }
            }, mtu: network.underlayMTU(of: own.map(\.host.mtu)))
    }
}
