public import Addressing
public import Links

extension Layout.Network {
    /// What a routed network has besides its subnets: each host a slice, with a bridge and gateways of its own.
    public struct Routed: Hashable, Sendable, Codable {
        /// The part of the subnets that is on one host.
        public struct Slice: Hashable, Sendable, Codable {
            /// Name of the host.
            public var host: String
            /// The addresses of its endpoints, and the bridge's, IPv4 first.
            public var segments: [Segment]
        }

        /// What each host has to each other one.
        public struct Tunnel: Hashable, Sendable, Codable {
            /// The tunnel, without its ends.
            public var device: Device
            /// What goes through it.
            public var families: [IPFamily]
        }

        /// The whole subnets, IPv4 first.
        public var subnets: [Subnet]
        /// The slices of the hosts that have endpoints, in file order.
        public var slices: [Slice]
        /// The tunnels, at most one for each family; none where the hosts are each other's next hops.
        public var tunnels: [Tunnel]
        /// Largest layer-3 packet that all of these hosts carry, in bytes.
        public var mtu: UInt32
        /// The endpoints on other hosts; only the part of one host has any.
        public var remotes: [Remote] = []
    }
}

/// Lays routed networks out, and chooses the keys of their tunnels: the file's, else one that follows from the names of topology
/// and network, so that networks may come and go without moving others' keys.
struct RoutedChoice {
    let topology: Topology
    private let hosts: [String: Set<String>]
    private var taken: Set<UInt32>

    init(_ topology: Topology) {
        self.topology = topology
        hosts = topology.hostsByNetwork
        taken = Set(topology.networks.compactMap { $0.routed?.key })
    }

    /// What the routed network `network` is made of; `nil` for other drivers.
    mutating func routed(_ network: Topology.Network) -> Layout.Network.Routed? {
        guard let options = network.routed else { return nil }
        let slices = topology.slices(of: network).filter { hosts[network.key]?.contains($0.host.name) ?? false }
        let carriers = slices.map(\.host)
        let underlay = Topology.Host.commonFamily(of: carriers) ?? .v4
        let mtu = network.underlayMTU(of: carriers.map(\.mtu))
        let key = options.backend == .gre ? options.key ?? nextKey(of: network) : 0
        return Layout.Network.Routed(
            subnets: network.pools.map(\.subnet).sorted(),
            slices: slices.map { host, pools in
                .init(
                    host: host.name,
                    segments: pools.compactMap { pool in pool.gateway.map { .init(subnet: pool.subnet, gateway: $0) } })
            },
            tunnels: options.tunnels(of: network.families, over: underlay, key: key),
            mtu: mtu - options.overhead(underlay))
    }

    private mutating func nextKey(of network: Topology.Network) -> UInt32 {
        var key = UInt32(truncatingIfNeeded: StableHash.value("\(topology.name)/\(network.key)"))
        while !taken.insert(key).inserted { key &+= 1 }
        return key
    }
}

extension Topology.Network.RoutedOptions {
    /// The tunnels that carry packets of `families` on an underlay of the family `underlay`.
    fileprivate func tunnels(
        of families: [IPFamily], over underlay: IPFamily, key: UInt32
    ) -> [Layout.Network.Routed.Tunnel] {
        switch backend {
        case .hostGateway: return []
        case .gre:
            var gre = GRE(underlay == .v4 ? .gre : .ip6gre, key: key)
            gre.ttl = Self.hops
            return [.init(device: .gre(gre), families: families)]
        case .ipip:
            return families.map { family in
                var tunnel = IPTunnel(family == .v4 ? .ipip : .sit)
                tunnel.ttl = Self.hops
                return .init(device: .ipTunnel(tunnel), families: [family])
            }
        }
    }

    /// What the backend adds to a packet on an underlay of `family`, in bytes.
    func overhead(_ family: IPFamily) -> UInt32 {
        tunnels(of: [.v4], over: family, key: 0).map { $0.device.overhead(over: family) }.max() ?? 0
    }

    /// Those of the inner packet would not bring one for the link alone, of 1 hop, past a router between the hosts.
    private static let hops: UInt8 = 64
}
