import Addressing
import YAML

extension LayoutBuilder {
    /// Gives each container its endpoints.
    mutating func connect(
        _ containers: inout [Layout.Container], _ services: [Topology.Service], _ pools: [String: [AddressPool]]
    ) {
        var requests: [AddressChoice.Request] = []
        var places: [(container: Int, interface: String)] = []
        for (index, service) in services.enumerated() {
            for (attachment, interface) in service.interfaces {
                guard let network = networks[attachment.network] else { continue }
                requests.append(
                    .init(
                        container: containers[index].name, space: AddressSpace(of: network, on: service.host),
                        attachment: attachment))
                places.append((index, interface))
            }
        }
        var choice = AddressChoice(
            leases, pools: pools, slices: slices, spaces: requests.map(\.space), surroundings: surroundings,
            host: played)
        let addresses = choice.addresses(for: requests, families: networks.mapValues(\.families))
        findings += choice.findings
        var macs = MACChoice(topology: topology.name, requests)
        for ((request, place), addresses) in zip(zip(requests, places), addresses) {
            var endpoint = Layout.Endpoint(
                network: request.network, interface: place.interface, addresses: addresses,
                mac: macs.mac(of: request, addresses), aliases: request.attachment.aliases,
                linkLocalAddresses: request.attachment.linkLocalAddresses.compactMap(\.onLink))
            endpoint.requestedAddresses = [request.attachment.ipv4, request.attachment.ipv6].compactMap(\.self)
            endpoint.driverOptions = request.attachment.driverOptions
            endpoint.gatewayPriority = request.attachment.gatewayPriority
            endpoint.settings = request.attachment.settings.map { $0.named(place.interface) }
            containers[place.container].endpoints.append(endpoint)
        }
    }

    private var slices: [AddressSpace: [AddressPool]] {
        var slices: [AddressSpace: [AddressPool]] = [:]
        for network in topology.networks {
            for (host, pools) in topology.slices(of: network) {
                slices[AddressSpace(of: network, on: host.name)] = pools
            }
        }
        return slices
    }

    /// Gives each container its published ports: of each family on the endpoint that its default route takes.
    mutating func publish(_ containers: inout [Layout.Container], _ services: [Topology.Service]) {
        for (host, indices) in placesByHost(services) { publish(&containers, services, indices, on: host) }
    }

    /// The containers of each host, the hosts in file order.
    private func placesByHost(_ services: [Topology.Service]) -> [(host: String?, indices: [Int])] {
        let groups = Dictionary(grouping: services.indices) { services[$0].host }
        return ([nil] + topology.hosts.map(\.name)).compactMap { host in groups[host].map { (host, $0) } }
    }

    private mutating func publish(
        _ containers: inout [Layout.Container], _ services: [Topology.Service], _ indices: [Int], on host: String?
    ) {
        var requests: [PortChoice.Request] = []
        var places: [Int] = []
        for (index, service) in indices.map({ ($0, services[$0]) }) {
            let gateways = gateways(of: containers[index])
            if let mapping = service.ports.first,
                let network = gateways.values.first(where: \.driver.sharesParent)
            {
                findings.append(unpublished(mapping, of: service, by: network))
                continue
            }
            for mapping in service.ports {
                let mapping = gateways[.v4]?.options.bound(mapping) ?? mapping
                let needsPort = containers[index].open(mapping, gateways)
                guard needsPort || translation(of: containers[index], mapping, gateways) != nil else { continue }
                requests.append(.init(container: containers[index].name, mapping: mapping))
                places.append(index)
            }
        }
        var choice = PortChoice(leases, host == played ? surroundings : Surroundings())
        for ((request, index), port) in zip(zip(requests, places), choice.ports(for: requests)) {
            guard let port else { continue }
            let gateways = gateways(of: containers[index])
            let translation = translation(of: containers[index], request.mapping, gateways)
            containers[index].publish(request.mapping, on: port, gateways, translation)
            if request.mapping.fixedPort == nil {
                newLeases.ports[request.container, default: [:]][request.mapping.leaseKey] = port
            }
        }
        findings += choice.findings
    }
}

extension LayoutBuilder {
    /// Docker only warns, and publishes nothing (moby `drivers/macvlan/macvlan_endpoint.go`).
    private func unpublished(
        _ mapping: Topology.PortMapping, of service: Topology.Service, by network: Topology.Network
    ) -> Diagnostic {
        Diagnostic(
            "\(service.title) publishes a port, but its way out is \(network.title) of driver \(network.driver)",
            at: mapping.mark, hint: "leave `ports` out: outside it is known by its own address")
    }

    /// The way of IPv6 clients to the container's IPv4 address, where some have to take it.
    private func translation(
        of container: Layout.Container, _ mapping: Topology.PortMapping, _ gateways: [IPFamily: Topology.Network]
    ) -> Layout.Container.Translation? {
        guard surroundings.translatesClients, mapping.transport.isTranslatable,
            let hostAddress = mapping.translatedAddress(before: gateways[.v6]),
            let target = container.target(.v4, gateways), target.network.options.gatewayMode(.v4) != .routed
        else { return nil }
        return .init(hostAddress: hostAddress, target: target)
    }

    /// The networks by which the container is reached from outside.
    private func gateways(of container: Layout.Container) -> [IPFamily: Topology.Network] {
        var gateways: [IPFamily: Topology.Network] = [:]
        for endpoint in container.endpoints {
            guard let network = networks[endpoint.network], !network.isInternal else { continue }
            for family in endpoint.defaultGatewayFor { gateways[family] = network }
        }
        return gateways
    }
}

extension Topology.Network.BridgeOptions {
    /// The mapping on the address that the network publishes on where the file says none.
    fileprivate func bound(_ mapping: Topology.PortMapping) -> Topology.PortMapping {
        guard mapping.hostAddress == nil else { return mapping }
        var mapping = mapping
        mapping.hostAddress = bindingAddress
        return mapping
    }
}

extension TransportProtocol {
    /// Whether packets of the protocol can be translated from IPv6 to IPv4.
    fileprivate var isTranslatable: Bool { self != .sctp }
}

extension Topology.PortMapping {
    /// The address of the host at which IPv6 clients have to be translated: where the container has no IPv6, the one that the
    /// mapping says; otherwise `::1`, from which Linux has no way to an IPv6 address of a container.
    ///
    /// - Parameter network: The one by which the container is reached in IPv6.
    fileprivate func translatedAddress(before network: Topology.Network?) -> IPAddress? {
        let address = hostAddress ?? .unspecified(.v6)
        guard address.family == .v6 else { return nil }
        guard let network else { return address }
        guard network.options.gatewayMode(.v6) != .routed, address.isUnspecified || address.isLoopback else {
            return nil
        }
        return .loopback(.v6)
    }
}

extension Layout.Container {
    /// Opens the container's port where that needs no port of the host; whether another family does need one.
    fileprivate mutating func open(
        _ mapping: Topology.PortMapping, _ gateways: [IPFamily: Topology.Network]
    ) -> Bool {
        var isTranslated = false
        for target in targets(of: mapping, gateways) {
            if target.network.options.gatewayMode(target.address.family) == .routed {
                openPorts.append(
                    Layout.OpenPort(address: target.address, target: mapping.target, transport: mapping.transport))
            } else {
                isTranslated = true
            }
        }
        return isTranslated
    }

    /// Publishes the container's port on the host's `port`.
    ///
    /// - Parameter translation: The way of IPv6 clients for whom there is no other.
    fileprivate mutating func publish(
        _ mapping: Topology.PortMapping, on port: UInt16, _ gateways: [IPFamily: Topology.Network],
        _ translation: Translation?
    ) {
        func publish(_ target: Target, at hostAddress: IPAddress?) {
            ports.append(
                Layout.Port(
                    hostAddress: hostAddress, published: port, address: target.address, target: mapping.target,
                    transport: mapping.transport, network: target.network.key))
        }
        let isTranslatedOnly = translation.map { $0.hostAddress == mapping.hostAddress } ?? false
        for target in targets(of: mapping, gateways)
        where target.network.options.gatewayMode(target.address.family) != .routed && !isTranslatedOnly {
            publish(target, at: mapping.hostAddress.flatMap { $0.isUnspecified ? nil : $0 })
        }
        if let translation { publish(translation.target, at: translation.hostAddress) }
    }

    /// The way of IPv6 clients of an address of the host to the container's IPv4 address.
    fileprivate struct Translation {
        let hostAddress: IPAddress
        let target: Target
    }

    /// A network and the container's address in it.
    fileprivate struct Target {
        let network: Topology.Network
        let address: IPAddress
    }

    /// The networks and addresses that `mapping` leads to.
    private func targets(
        of mapping: Topology.PortMapping, _ gateways: [IPFamily: Topology.Network]
    ) -> [Target] {
        IPFamily.allCases.compactMap { family in
            mapping.hostAddress.map { $0.family == family } ?? true ? target(family, gateways) : nil
        }
    }

    /// The container's address of `family` in the network by which it is reached from outside.
    fileprivate func target(_ family: IPFamily, _ gateways: [IPFamily: Topology.Network]) -> Target? {
        guard let network = gateways[family],
            let endpoint = endpoints.first(where: { $0.network == network.key }),
            let address = endpoint.addresses.first(where: { $0.address.family == family })
        else { return nil }
        return Target(network: network, address: address.address)
    }
}

extension IPAddress {
    /// The link-local address with the length of its prefix, 16 or 64 (moby libnetwork/endpoint.go).
    var onLink: InterfaceAddress? { InterfaceAddress(self, prefixLength: family == .v4 ? 16 : 64) }
}

extension Topology.Setting {
    /// The setting of the interface `name`.
    func named(_ name: String) -> Topology.Setting {
        Topology.Setting(path: path.map { $0 == Self.interfacePlaceholder ? name : $0 }, value: value)
    }
}
