import Addressing

extension Layout.Network {
    /// Whether endpoints on different hosts are told of one another by the hosts.
    var isKnownToHosts: Bool { overlay != nil || routed != nil }

    /// The network on `carriers`, the hosts that endpoints are on now, of a lab's `hosts`.
    func carried(by carriers: [Layout.Host], among hosts: [Layout.Host]) throws(ConnectionError) -> Layout.Network {
        var network = self
        let underlay = declaration.underlayMTU(of: carriers.map(\.mtu))
        if let options = declaration.overlay {
            let shared = IPFamily.allCases.first { family in carriers.allSatisfy { $0.address(family) != nil } }
            guard let family = shared, underlay >= options.overhead(family) + declaration.leastMTU else {
                throw .notCarried(network: name, hosts: carriers.map(\.name))
            }
            network.overlay?.family = family
            network.overlay?.mtu = underlay - options.overhead(family)
        }
        if routed != nil {
            let subnets = Set(carriers.map { host in host.addresses.first { $0.address.family == .v4 }?.subnet })
            guard subnets.count < 2, !subnets.contains(nil) else {
                throw .notCarried(network: name, hosts: carriers.map(\.name))
            }
            network.routed?.mtu = underlay
            network.routed?.slices = carriers.compactMap { host in
                slice(of: host, among: hosts).flatMap { pool in
                    pool.gateway.map { .init(host: host.name, segment: .init(subnet: pool.subnet, gateway: $0)) }
                }
            }
        }
        return network
    }

    /// The part of a routed network that `host` has, whether or not there is an endpoint yet.
    func slice(of host: Layout.Host, among hosts: [Layout.Host]) -> AddressPool? {
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
    /// Where no service of the file needs one there is no such bridge, and no way out.
    mutating func chooseGatewayBridge(of index: Int) throws(ConnectionError) {
        let key = Topology.Network.gatewayBridgeKey
        let declared = networks.filter { network in
            !network.declaration.isInternal && network.declaration.key != key
                && containers[index].endpoints.contains { $0.network == network.declaration.key }
        }.map(\.declaration)
        let isNeeded = declared.contains { $0.driver == .overlay } && !declared.contains(where: \.driver.hasBridge)
        let isThere = containers[index].endpoints.contains { $0.network == key }
        if isThere, !isNeeded { remove(key, from: index) }
        guard !isThere, isNeeded, let bridge = networks.first(where: { $0.declaration.key == key }) else { return }
        try add(bridge, to: index)
    }
}
