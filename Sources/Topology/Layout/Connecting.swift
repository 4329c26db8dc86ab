import Addressing

extension LayoutBuilder {
    /// Gives each container its endpoints.
    mutating func connect(
        _ containers: inout [Layout.Container], _ services: [Topology.Service], _ pools: [String: [AddressPool]]
    ) {
        var requests: [AddressChoice.Request] = []
        var places: [(container: Int, interface: String)] = []
        for (index, service) in services.enumerated() {
            for (attachment, interface) in service.interfaces {
                requests.append(
                    .init(container: containers[index].name, network: attachment.network, attachment: attachment))
                places.append((index, interface))
            }
        }
        var choice = AddressChoice(leases, pools: pools, surroundings: surroundings)
        let addresses = choice.addresses(for: requests, families: networks.mapValues(\.families))
        findings += choice.findings
        var macs = MACChoice(topology: topology.name, requests)
        for ((request, place), addresses) in zip(zip(requests, places), addresses) {
            containers[place.container].endpoints.append(
                Layout.Endpoint(
                    network: request.network, interface: place.interface, addresses: addresses,
                    mac: macs.mac(of: request, addresses), aliases: request.attachment.aliases,
                    linkLocalAddresses: request.attachment.linkLocalAddresses.compactMap(\.onLink)))
        }
    }

    /// Sends the default route of each family through the first endpoint that can provide it.
    ///
    /// Endpoints come in Docker's order: `gw_priority`, internal networks last, both families before one, then the
    /// network's name (moby libnetwork/sandbox.go, Endpoint.Less).
    func chooseDefaultGateways(_ container: inout Layout.Container, _ service: Topology.Service) {
        let ranked = zip(container.endpoints.indices, service.interfaces).map { index, interface in
            let endpoint = container.endpoints[index]
            let network = networks[endpoint.network]
            let isInternal = network?.isInternal ?? true
            let families = isInternal ? [] : endpoint.addresses.map(\.address.family)
            let name = network.map { topology.dockerName(of: $0) } ?? ""
            return (
                index: index, families: families,
                rank: (-interface.attachment.gatewayPriority, isInternal ? 1 : 0, -families.count, name)
            )
        }
        for family in IPFamily.allCases {
            let best = ranked.filter { $0.families.contains(family) }.min { $0.rank < $1.rank }
            if let best { container.endpoints[best.index].defaultGatewayFor.insert(family) }
        }
    }

    /// Gives each container its published ports: of each family on the endpoint that its default route takes.
    mutating func publish(_ containers: inout [Layout.Container], _ services: [Topology.Service]) {
        var requests: [PortChoice.Request] = []
        var places: [Int] = []
        for (index, service) in services.enumerated() {
            let isReachable = containers[index].endpoints.contains { !$0.defaultGatewayFor.isEmpty }
            for mapping in isReachable ? service.ports : [] {
                requests.append(.init(container: containers[index].name, mapping: mapping))
                places.append(index)
            }
        }
        var choice = PortChoice(leases, surroundings)
        for ((request, index), port) in zip(zip(requests, places), choice.ports(for: requests)) {
            guard let port else { continue }
            containers[index].publish(request.mapping, on: port)
            if request.mapping.fixedPort == nil {
                newLeases.ports[request.container, default: [:]][request.mapping.leaseKey] = port
            }
        }
        findings += choice.findings
    }
}

extension Layout.Container {
    fileprivate mutating func publish(_ mapping: Topology.PortMapping, on port: UInt16) {
        for family in IPFamily.allCases where mapping.hostAddress.map({ $0.family == family }) ?? true {
            guard let endpoint = endpoints.first(where: { $0.defaultGatewayFor.contains(family) }),
                let address = endpoint.addresses.first(where: { $0.address.family == family })
            else { continue }
            ports.append(
                Layout.Port(
                    hostAddress: mapping.hostAddress.flatMap { $0.isUnspecified ? nil : $0 }, published: port,
                    address: address.address, target: mapping.target, transport: mapping.transport,
                    network: endpoint.network))
        }
    }
}

extension IPAddress {
    /// The link-local address with the length of its prefix, 16 or 64 (moby libnetwork/endpoint.go).
    fileprivate var onLink: InterfaceAddress? { InterfaceAddress(self, prefixLength: family == .v4 ? 16 : 64) }
}
