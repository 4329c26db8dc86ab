public import Addressing

extension Layout {
    /// The layout with `container` on the network `key` as well.
    ///
    /// - Parameters:
    ///   - requested: Addresses that the endpoint is to have, at most one of a family; the lowest free ones otherwise.
    ///   - aliases: Names of the endpoint on the network, besides the container's and the service's.
    ///   - taken: Addresses on the network that endpoints of other topologies have.
    public func connecting(
        _ container: String, to key: String, requested: [IPAddress] = [], aliases: [String] = [],
        taken: Set<IPAddress> = []
    ) throws(ConnectionError) -> Layout {
        let (index, network) = try place(container, key)
        guard !containers[index].endpoints.contains(where: { $0.network == key }) else {
            throw .connected(container: container, network: network.name)
        }
        var changed = self
        try changed.add(network, to: index, requested: requested, aliases: aliases, taken: taken)
        try changed.settle(index)
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
        try changed.settle(index)
        return changed
    }

    /// Makes the choices that follow from the networks that a container is on now.
    private mutating func settle(_ index: Int) throws(ConnectionError) {
        try chooseGatewayBridge(of: index)
        try spreadNetworks()
        containers[index].chooseWaysOut(networks)
    }

    /// Gives a container an endpoint on `network`, with the addresses `requested` or else free ones.
    mutating func add(
        _ network: Network, to index: Int, requested: [IPAddress] = [], aliases: [String] = [],
        taken: Set<IPAddress> = []
    ) throws(ConnectionError) {
        let container = containers[index].name
        let key = network.declaration.key
        let addresses = try addresses(on: network, of: containers[index].host, requested, taken)
        var endpoint = Endpoint(
            network: key, interface: freeInterface(of: containers[index], on: network), addresses: addresses,
            mac: addresses.first { $0.address.family == .v4 }.map { MACAddress(derivedFrom: $0.address) }
                ?? MACAddress(of: "\(name)/\(container)/\(key)"), aliases: aliases)
        endpoint.requestedAddresses = requested
        containers[index].endpoints.append(endpoint)
        leases.addresses[container, default: [:]][key] = addresses.map(\.address)
    }

    /// Takes a container's endpoint on the network `key` away.
    mutating func remove(_ key: String, from index: Int) {
        containers[index].endpoints.removeAll { $0.network == key }
        let container = containers[index].name
        leases.addresses[container]?[key] = nil
        if leases.addresses[container]?.isEmpty ?? false { leases.addresses[container] = nil }
    }

    private func place(_ container: String, _ key: String) throws(ConnectionError) -> (Int, Network) {
        guard let index = containers.firstIndex(where: { $0.name == container }) else { throw .noContainer(container) }
        guard containers[index].hasInterfaces else { throw .noSandbox(container: container) }
        guard let network = networks.first(where: { $0.declaration.key == key }) else { throw .noNetwork(key) }
        if network.isKnownToHosts {
            guard fabric?.played == nil else { throw .spanning(network: network.name) }
            guard containers[index].sandbox == .own else { throw .outsideSandbox(container: container) }
        }
        return (index, network)
    }

    /// Addresses for a new endpoint, one of each family that the network has, IPv4 first.
    private func addresses(
        on network: Network, of host: String?, _ requested: [IPAddress], _ taken: Set<IPAddress>
    ) throws(ConnectionError) -> [InterfaceAddress] {
        let space = AddressSpace(of: network.declaration, on: host)
        let others = containers.filter { AddressSpace(of: network.declaration, on: $0.host) == space }
            .flatMap(\.endpoints).filter { $0.network == network.declaration.key }
        var pools = network.pools(with: others.flatMap(\.addresses).map(\.address) + taken)
        if let fabric, let host = fabric.host(host), let slices = network.slices(of: host, among: fabric.hosts) {
            pools = slices
            for address in others.flatMap(\.addresses) {
                for index in pools.indices { _ = pools[index].take(address.address) }
            }
        }
        var chosen: [IPFamily: InterfaceAddress] = [:]
        for address in requested {
            guard let index = pools.firstIndex(where: { $0.subnet.contains(address) }) else {
                throw .outside(address, network: network.name)
            }
            guard pools[index].take(address) else { throw .taken(address) }
            chosen[address.family] = InterfaceAddress(address, in: pools[index].subnet)
        }
        for family in network.declaration.families where chosen[family] == nil {
            for index in pools.indices where pools[index].subnet.family == family && chosen[family] == nil {
                let subnet = pools[index].subnet
                chosen[family] = pools[index].takeLowest().map { InterfaceAddress($0, in: subnet) }
            }
            if chosen[family] == nil { throw .exhausted(family, network: network.name) }
        }
        return IPFamily.allCases.compactMap { chosen[$0] }
    }

    /// The lowest name such as `eth1` that no interface of `container` has.
    private func freeInterface(of container: Container, on network: Network) -> String {
        let ends = cables.flatMap { [$0.first, $0.second] }.filter { $0.container == container.name }
        let own = devices.map(\.interface).filter { $0.container == container.name }
        let taken = Set(container.endpoints.map(\.interface) + ends.map(\.interface) + own.map(\.name))
        let prefix = network.declaration.options.interfacePrefix ?? "eth"
        return (0...).lazy.map { "\(prefix)\($0)" }.first { !taken.contains($0) } ?? prefix
    }
}

extension Layout.Network {
    /// The network's subnets with everything taken that has an address, `addresses` among it.
    func pools(with addresses: [IPAddress]) -> [AddressPool] {
        segments.map { segment in
            let configured = declaration.pools.first { $0.subnet == segment.subnet }
            var pool = AddressPool(segment.subnet, range: configured?.range, gateway: segment.gateway)
            for address in (configured?.auxiliary.values).map(Array.init) ?? [] { _ = pool.take(address) }
            for address in addresses { _ = pool.take(address) }
            return pool
        }
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
