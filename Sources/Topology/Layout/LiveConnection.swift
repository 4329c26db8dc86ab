public import Addressing

extension Layout {
    /// The layout with `container` on the network `key` as well.
    ///
    /// - Parameters:
    ///   - request: What the endpoint is to be like.
    ///   - taken: Addresses on the network that endpoints of other topologies have.
    ///   - reserved: Subnets that a gateway bridge, which an overlay may need, must avoid.
    public func connecting(
        _ container: String, to key: String, as request: EndpointRequest = EndpointRequest(),
        taken: Set<IPAddress> = [], reserved: [Subnet] = []
    ) throws(ConnectionError) -> Layout {
        let (index, network) = try place(container, key)
        guard containers[index].privateNetwork == nil else { throw .isPrivate(container: container) }
        guard !containers[index].endpoints.contains(where: { $0.network == key }) else {
            throw .connected(container: container, network: network.name)
        }
        var changed = self
        try changed.add(network, to: index, as: request, taken: taken)
        try changed.settle(index, reserved)
        return changed
    }

    /// The layout without the place of `container` on the network `key`.
    public func disconnecting(_ container: String, from key: String) throws(ConnectionError) -> Layout {
        let (index, network) = try place(container, key)
        guard containers[index].endpoints.contains(where: { $0.network == key }) else {
            throw .notConnected(container: container, network: network.name)
        }
        var changed = self
        changed.remove(key, from: index)
        try changed.settle(index, [])
        return changed
    }

    /// The layout with `container` on the network `none`, which nobody is on beside another, or no more on it.
    public func setting(_ container: String, private isPrivate: Bool) throws(ConnectionError) -> Layout {
        let index = try index(of: container)
        let none = Topology.Network.noneKey
        guard (containers[index].privateNetwork != nil) != isPrivate else {
            throw isPrivate
                ? .connected(container: container, network: none)
                : .notConnected(container: container, network: none)
        }
        guard containers[index].endpoints.isEmpty else { throw .isPrivate(container: container) }
        var changed = self
        changed.containers[index].privateNetwork = isPrivate ? none : nil
        return changed
    }

    /// Makes the choices that follow from the networks that a container is on now.
    private mutating func settle(_ index: Int, _ reserved: [Subnet]) throws(ConnectionError) {
        try chooseGatewayBridge(of: index, avoiding: reserved)
        try spreadNetworks()
        containers[index].chooseWaysOut(networks)
    }

    /// The container of that name, which must have interfaces of its own.
    private func index(of container: String) throws(ConnectionError) -> Int {
        guard let index = containers.firstIndex(where: { $0.name == container }) else { throw .noContainer(container) }
        switch containers[index].sandbox {
        case .own, .joined: return index
        case .host: throw .onHost(container: container)
        case .shared(let owner), .outside(let owner): throw .noSandbox(container: container, owner: owner)
        }
    }

    private func place(_ container: String, _ key: String) throws(ConnectionError) -> (Int, Network) {
        let index = try index(of: container)
        guard let network = networks.first(where: { $0.declaration.key == key }) else { throw .noNetwork(key) }
        if network.isKnownToHosts, containers[index].sandbox != .own {
            throw .outsideSandbox(container: container)
        }
        if let played = fabric?.played, let host = containers[index].host, host != played,
            !network.spansHosts
        {
            throw .elsewhere(container: container, host: host, network: network.name)
        }
        return (index, network)
    }
}

extension Layout.Container {
    /// Chooses the default routes for the endpoints that there are now, and publishes the ports where these lead.
    fileprivate mutating func chooseWaysOut(_ networks: [Layout.Network]) {
        chooseDefaultGateways(
            Dictionary(networks.map { ($0.declaration.key, $0.declaration) }) { first, _ in first },
            names: Dictionary(networks.map { ($0.declaration.key, $0.name) }) { first, _ in first })
        let open = Set(
            networks.map(\.declaration).filter { !$0.isInternal && !$0.driver.sharesParent }.map(\.key))
        ports = ports.compactMap { port in
            guard let way = wayIn(port.address.family, open) else { return nil }
            var port = port
            (port.network, port.address) = way
            return port
        }
        openPorts = openPorts.compactMap { port in
            guard let way = wayIn(port.address.family, open) else { return nil }
            var port = port
            port.address = way.address
            return port
        }
    }

    /// The network among `open` that the default route of `family` takes, and the container's address there.
    private func wayIn(_ family: IPFamily, _ open: Set<String>) -> (network: String, address: IPAddress)? {
        guard
            let endpoint = endpoints.first(where: {
                $0.defaultGatewayFor.contains(family) && open.contains($0.network)
            }), let address = endpoint.addresses.first(where: { $0.address.family == family })
        else { return nil }
        return (endpoint.network, address.address)
    }

    /// Sends the default route of each family through the first endpoint that can provide it.
    ///
    /// Endpoints come in Docker's order: `gw_priority`, internal networks last, both families before one, then the
    /// network's name (moby libnetwork/sandbox.go, Endpoint.Less). Who is on internal networks alone
    /// gets a route to the bridge that leads no further, as in Docker 20.10, so that the host's other addresses are found.
    mutating func chooseDefaultGateways(_ networks: [String: Topology.Network], names: [String: String]) {
        let isShutIn = endpoints.allSatisfy { networks[$0.network]?.isInternal ?? true }
        let ranked = endpoints.indices.map { index in
            let endpoint = endpoints[index]
            let network = networks[endpoint.network]
            let isInternal = network?.isInternal ?? true
            let families = endpoint.addresses.map(\.address.family).filter { family in
                // From an overlay no way leads out.
                if network?.driver == .overlay { return false }
                if let network, network.driver.sharesParent { return network.hasWayOutOnParent(family) }
                return network?.options.gatewayMode(family) != .isolated && (!isInternal || isShutIn)
            }
            return (
                index: index, families: families,
                rank: (
                    -endpoint.gatewayPriority, isInternal ? 1 : 0, -families.count, names[endpoint.network] ?? ""
                )
            )
        }
        for index in endpoints.indices { endpoints[index].defaultGatewayFor = [] }
        let routed = if case .joined(let namespace) = sandbox { namespace.routed } else { Set<IPFamily>() }
        for family in IPFamily.allCases where !routed.contains(family) {
            let best = ranked.filter { $0.families.contains(family) }.min { $0.rank < $1.rank }
            if let best { endpoints[best.index].defaultGatewayFor.insert(family) }
        }
    }
}
