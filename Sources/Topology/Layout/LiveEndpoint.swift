import Addressing

extension Layout {
    /// Gives a container an endpoint on `network`.
    mutating func add(
        _ network: Network, to index: Int, as request: EndpointRequest = EndpointRequest(), taken: Set<IPAddress> = []
    ) throws(ConnectionError) {
        let container = containers[index].name
        let key = network.declaration.key
        try checkDefaultRoute(of: containers[index], for: request)
        let addresses = try addresses(on: network, of: containers[index].host, request.addresses, taken)
        var endpoint = Endpoint(
            network: key, interface: try interface(of: containers[index], on: network, request.interfaceName),
            addresses: addresses,
            mac: addresses.first { $0.address.family == .v4 }.map { MACAddress(derivedFrom: $0.address) }
                ?? MACAddress(of: "\(name)/\(container)/\(key)"), aliases: request.aliases,
            linkLocalAddresses: request.linkLocalAddresses.compactMap(\.onLink))
        endpoint.requestedAddresses = request.addresses
        endpoint.gatewayPriority = request.gatewayPriority
        endpoint.driverOptions = request.driverOptions
        endpoint.settings = request.settings.map { $0.named(endpoint.interface) }
        containers[index].links += try links(request.links, on: network)
        containers[index].endpoints.append(endpoint)
        leases.addresses[container, default: [:]][key] = addresses.map(\.address)
    }

    /// Takes a container's endpoint on the network `key` away, with the links that came with it.
    mutating func remove(_ key: String, from index: Int) {
        containers[index].endpoints.removeAll { $0.network == key }
        containers[index].links.removeAll { $0.network == key }
        let container = containers[index].name
        leases.addresses[container]?[key] = nil
        if leases.addresses[container]?.isEmpty ?? false { leases.addresses[container] = nil }
    }

    /// Refuses a default route in a namespace that has one of somebody else's, which stays.
    private func checkDefaultRoute(
        of container: Container, for request: EndpointRequest
    ) throws(ConnectionError) {
        guard request.gatewayPriority > 0, case .joined(let namespace) = container.sandbox,
            let family = namespace.routed.min()
        else { return }
        throw .hasDefaultRoute(container: container.name, family)
    }

    /// What links lead to: containers that are on `network`.
    private func links(
        _ links: [EndpointRequest.Link], on network: Network
    ) throws(ConnectionError) -> [ContainerLink] {
        let members = containers.filter { container in
            container.endpoints.contains { $0.network == network.declaration.key }
        }
        return try links.map { link throws(ConnectionError) in
            let named = members.filter { $0.name == link.target }
            let meant = named.isEmpty ? members.filter { $0.service == link.target } : named
            guard let target = meant.first else { throw .noLinkTarget(link.target, network: network.name) }
            return ContainerLink(
                container: target.name, alias: link.alias, network: network.declaration.key)
        }
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

    /// The interface called `wanted`, or else the lowest name such as `eth1`, that no other of `container` has.
    private func interface(
        of container: Container, on network: Network, _ wanted: String?
    ) throws(ConnectionError) -> String {
        let ends = cables.flatMap { [$0.first, $0.second] }.filter { $0.container == container.name }
        let own = devices.map(\.interface).filter { $0.container == container.name }
        let taken = Set(container.endpoints.map(\.interface) + ends.map(\.interface) + own.map(\.name))
        if let wanted {
            guard !taken.contains(wanted) else { throw .interfaceTaken(wanted, container: container.name) }
            return wanted
        }
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
