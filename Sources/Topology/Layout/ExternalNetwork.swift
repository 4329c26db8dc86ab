public import Addressing

/// A network that exists already, as a topology finds it that calls it external.
public struct ExternalNetwork: Hashable, Sendable {
    /// The network with its subnets, its bridge, and the endpoints that others have on it.
    public var network: Layout.Network
    /// Addresses that are in use on the network, those of its endpoints included.
    public var taken: Set<IPAddress>

    /// `network`, which the topology `maker` has made under the key `key`.
    public init(_ network: Layout.Network, of maker: String, neighbours: [Layout.Neighbour] = []) {
        self.network = network
        self.network.maker = .topology(maker, key: network.declaration.key)
        self.network.neighbours = neighbours
        taken = Set(neighbours.map(\.address))
    }

    /// The bridge of somebody else that has the interface name `bridge`.
    ///
    /// A subnet that the file gives counts more than the bridge's addresses, because it can say who the gateway is: else it
    /// is the bridge, and where that has no address there is none.
    /// - Parameters:
    ///   - addresses: The bridge's own.
    ///   - taken: Addresses that neighbours on the bridge have.
    public init(
        bridge: String, declaration: Topology.Network, name: String, addresses: [InterfaceAddress], mtu: UInt32,
        taken: Set<IPAddress> = [], neighbours: [Layout.Neighbour] = []
    ) {
        var declaration = declaration
        if declaration.pools.isEmpty {
            declaration.pools = addresses.filter { !$0.address.isLinkLocal }.map {
                .init(subnet: $0.subnet, gateway: $0.address, mark: declaration.mark)
            }
        }
        for index in declaration.pools.indices where declaration.pools[index].gateway == nil {
            let subnet = declaration.pools[index].subnet
            declaration.pools[index].gateway = addresses.first { subnet.contains($0.address) }?.address
        }
        let routed = Set(declaration.pools.filter { $0.gateway != nil }.map(\.subnet.family))
        declaration.hasIPv4 = declaration.pools.contains { $0.subnet.family == .v4 }
        declaration.hasIPv6 = declaration.pools.contains { $0.subnet.family == .v6 }
        declaration.options.gatewayModeIPv4 = routed.contains(.v4) ? .nat : .isolated
        declaration.options.gatewayModeIPv6 = routed.contains(.v6) ? .nat : .isolated
        declaration.mtu = mtu
        declaration.bridgeName = bridge
        let own = Set(addresses.map(\.address))
        network = Layout.Network(
            declaration: declaration, name: name, bridge: bridge,
            segments: declaration.configuredPools.compactMap { pool in
                pool.gateway.map { .init(subnet: pool.subnet, gateway: $0) }
            }.sorted { $0.subnet.family < $1.subnet.family })
        network.maker = .others(addresses: addresses.map(\.address))
        network.neighbours = neighbours
        self.taken = taken.union(own).union(neighbours.map(\.address))
    }

    /// The network as the topology that uses it knows it, which says `declaration` of it.
    public func network(declaredAs declaration: Topology.Network) -> Layout.Network {
        var network = network
        network.declaration.key = declaration.key
        network.declaration.isExternal = true
        network.declaration.name = network.name
        network.declaration.bridgeName = network.bridge
        network.declaration.mark = declaration.mark
        network.declaration.marks = declaration.marks
        return network
    }
}

extension Topology {
    /// The topology with what `found` knows of the networks that the file calls external.
    ///
    /// One that is not found has no addresses to give.
    func resolving(_ found: [String: ExternalNetwork]) -> Topology {
        guard networks.contains(where: \.isExternal) else { return self }
        var topology = self
        for index in networks.indices where networks[index].isExternal {
            guard let external = found[networks[index].key] else {
                topology.networks[index].hasIPv4 = false
                topology.networks[index].hasIPv6 = false
                continue
            }
            topology.networks[index] = external.network(declaredAs: networks[index]).declaration
        }
        topology.nameInterfaces()
        return topology
    }
}
