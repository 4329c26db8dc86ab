import Addressing
import Links
import YAML

extension Layout.Network {
    /// Whether endpoints on different hosts are told of one another by the hosts.
    var isKnownToHosts: Bool { overlay != nil || routed != nil }

    /// Whether endpoints on other hosts than an endpoint's own see it.
    public var spansHosts: Bool { isKnownToHosts || declaration.spansHosts }

    /// The network on `carriers`, the hosts that endpoints are on now, of a lab's `hosts`.
    func carried(by carriers: [Layout.Host], among hosts: [Layout.Host]) throws(ConnectionError) -> Layout.Network {
        let refusal = ConnectionError.notCarried(network: name, hosts: carriers.map(\.name))
        let family = IPFamily.allCases.first { family in carriers.allSatisfy { $0.address(family) != nil } }
        let underlay = declaration.underlayMTU(of: carriers.map(\.mtu))
        /// What is left of the underlay's packets.
        func room(besides overhead: UInt32) throws(ConnectionError) -> UInt32 {
            guard underlay >= overhead + declaration.leastMTU else { throw refusal }
            return underlay - overhead
        }
        var network = self
        if let options = declaration.overlay {
            guard let family else { throw refusal }
            network.overlay?.family = family
            network.overlay?.mtu = try room(besides: options.overhead(family))
        }
        if let routed, let options = declaration.routed {
            guard let family, isCarried(routed, by: carriers, over: family) else { throw refusal }
            network.routed?.mtu = try room(besides: options.overhead(family))
            network.routed?.slices = carriers.map { host in
                let segments = slices(of: host, among: hosts)?.compactMap { pool in
                    pool.gateway.map { Segment(subnet: pool.subnet, gateway: $0) }
                }
                return .init(host: host.name, segments: segments ?? [])
            }
        }
        return network
    }

    /// Whether the hosts are each other's next hops, or the ends that the tunnels have.
    private func isCarried(_ routed: Routed, by carriers: [Layout.Host], over family: IPFamily) -> Bool {
        guard routed.tunnels.isEmpty else {
            return routed.tunnels.allSatisfy { $0.device.underlayFamilies.contains(family) }
        }
        return declaration.families.allSatisfy { family in
            let subnets = Set(carriers.map { host in host.addresses.first { $0.address.family == family }?.subnet })
            return subnets.count < 2 && !subnets.contains(nil)
        }
    }

    /// The parts of a routed network that `host` has, whether or not there is an endpoint yet; `nil` for other networks.
    func slices(of host: Layout.Host, among hosts: [Layout.Host]) -> [AddressPool]? {
        zip(hosts, declaration.slices(count: hosts.count)).first { $0.0.name == host.name }?.1
    }
}

extension Layout {
    /// Tells the networks that hosts tell each other about which hosts have endpoints now.
    mutating func spreadNetworks() throws(ConnectionError) {
        guard let fabric else { return }
        for index in networks.indices where networks[index].isKnownToHosts {
            let key = networks[index].declaration.key
            let members = Set(
                containers.filter { container in container.endpoints.contains { $0.network == key } }
                    .compactMap(\.host))
            networks[index] = try networks[index].carried(
                by: fabric.hosts.filter { members.contains($0.name) }, among: fabric.hosts)
        }
    }

    /// Puts the container on its host's gateway bridge where an overlay leaves it without a way out, and else takes it off.
    ///
    /// Where no service of the file needs one the bridge comes with the first container, and goes with the last.
    mutating func chooseGatewayBridge(of index: Int, avoiding reserved: [Subnet]) throws(ConnectionError) {
        let key = Topology.Network.gatewayBridgeKey
        let declared = networks.filter { network in
            !network.declaration.isInternal && network.declaration.key != key
                && containers[index].endpoints.contains { $0.network == network.declaration.key }
        }.map(\.declaration)
        let isNeeded = declared.contains { $0.driver == .overlay } && !declared.contains(where: \.driver.hasBridge)
        let isThere = containers[index].endpoints.contains { $0.network == key }
        if isThere, !isNeeded {
            remove(key, from: index)
            removeGatewayBridge()
        }
        guard !isThere, isNeeded else { return }
        if let bridge = networks.first(where: { $0.declaration.key == key }) {
            try add(bridge, to: index)
        } else {
            try add(makeGatewayBridge(avoiding: reserved), to: index)
        }
    }

    /// Adds the bridge that a file has whose services need one, and gives it the first free subnet.
    private mutating func makeGatewayBridge(avoiding reserved: [Subnet]) throws(ConnectionError) -> Network {
        var declaration = Topology.Network(key: Topology.Network.gatewayBridgeKey)
        declaration.becomeGatewayBridge()
        var taken = SubnetSet()
        taken.insert(reserved)
        taken.insert(networks.flatMap { $0.segments.map(\.subnet) + $0.declaration.pools.map(\.subnet) })
        taken.insert((fabric?.hosts ?? []).flatMap { $0.addresses.map(\.subnet) })
        let free = DefaultPools.v4.first { $0 != DefaultPools.predefinedBridge && !taken.overlaps($0) }
        guard let free, let gateway = AddressPool(free).gateway else {
            throw .noSubnet(network: declaration.key)
        }
        let network = Network(
            declaration: declaration, name: declaration.key, bridge: declaration.key,
            segments: [.init(subnet: free, gateway: gateway)])
        networks.append(network)
        leases.subnets[declaration.key] = [free]
        return network
    }

    /// Takes the gateway bridge away that no container is on and that is not the file's.
    private mutating func removeGatewayBridge() {
        let key = Topology.Network.gatewayBridgeKey
        let isUsed = containers.contains { container in container.endpoints.contains { $0.network == key } }
        let isOfFile = networks.contains { $0.declaration.key == key && $0.declaration.mark.line > 0 }
        guard !isUsed, !isOfFile else { return }
        networks.removeAll { $0.declaration.key == key }
        leases.subnets[key] = nil
    }
}
