public import Addressing
public import Topology

extension DockerContainer {
    /// The container of `layout` as Docker would show it.
    public init(_ container: Layout.Container, in layout: Layout) {
        id = layout.identifier(of: container)
        name = "/" + container.name
        settings = Settings(container, in: layout)
    }
}

extension DockerContainer.Settings {
    fileprivate init(_ container: Layout.Container, in layout: Layout) {
        var networks: [String: DockerContainer.Endpoint] = [:]
        for endpoint in container.endpoints {
            guard let network = layout.network(endpoint.network) else { continue }
            networks[network.name] = DockerContainer.Endpoint(endpoint, of: container, on: network, in: layout)
        }
        if let network = container.networkWithoutAddresses {
            networks[network] = DockerContainer.Endpoint(
                networkID: DockerNetwork.identifier(ofPredefined: network),
                place: .init(endpointID: layout.endpointIdentifier(of: container, on: network)))
        }
        self.init(
            sandboxID: layout.sandboxIdentifier(of: container) ?? "",
            sandboxKey: container.sandboxKey,
            ports: container.bindings, networks: networks)
        if let endpoint = networks[Topology.Network.predefinedBridgeKey] {
            place = endpoint.place
            mac = endpoint.mac
        }
    }
}

extension DockerContainer.Endpoint {
    fileprivate init(
        _ endpoint: Layout.Endpoint, of container: Layout.Container, on network: Layout.Network, in layout: Layout
    ) {
        // On its own networks the engine serves no names.
        let hasNames = !network.declaration.isPredefinedBridge && !network.declaration.isGatewayBridge
        let aliases = container.aliases(on: endpoint)
        let gateways = network.segments.filter { segment in
            endpoint.addresses.contains { segment.subnet.contains($0.address) }
        }.map(\.gateway)
        func gateway(_ family: IPFamily) -> String { gateways.first { $0.family == family }.map { "\($0)" } ?? "" }
        let ipv4 = endpoint.address(.v4)
        let ipv6 = endpoint.address(.v6)
        self.init(
            requested: Requested(endpoint), links: hasNames ? container.links(on: endpoint) : nil,
            aliases: hasNames ? aliases : nil,
            mac: network.address(of: endpoint),
            driverOptions: endpoint.driverOptions.isEmpty ? nil : endpoint.driverOptions,
            gatewayPriority: endpoint.gatewayPriority, networkID: layout.identifier(of: network),
            place: .init(
                endpointID: layout.endpointIdentifier(of: container, on: endpoint.network),
                gateway: gateway(.v4), address: ipv4.map { "\($0.address)" } ?? "",
                prefixLength: ipv4?.prefixLength ?? 0, gateway6: gateway(.v6),
                address6: ipv6.map { "\($0.address)" } ?? "", prefixLength6: ipv6?.prefixLength ?? 0),
            names: hasNames ? container.names(besides: aliases, in: layout.name) : nil)
    }
}

extension DockerContainer.Endpoint.Requested {
    /// `nil` where the file asks for no address.
    fileprivate init?(_ endpoint: Layout.Endpoint) {
        func requested(_ family: IPFamily) -> String? {
            endpoint.requestedAddresses.first { $0.family == family }.map { "\($0)" }
        }
        let linkLocal = endpoint.linkLocalAddresses.map { "\($0.address)" }
        self.init(
            ipv4: requested(.v4), ipv6: requested(.v6), linkLocal: linkLocal.isEmpty ? nil : linkLocal)
        if self == Self() { return nil }
    }
}

extension Layout.Container {
    /// `CONTAINER:NAME` for the names that the container has for others, wherever these are; `nil` where it has none.
    ///
    /// Compose gives all its networks the same, and a live connection its own.
    fileprivate func links(on endpoint: Layout.Endpoint) -> [String]? {
        let links = links.filter { $0.network.map { $0 == endpoint.network } ?? true }
        return links.isEmpty ? nil : links.map { "\($0.container):\($0.alias)" }
    }

    /// What Compose asks the engine for: the container's name, its service's, and the file's aliases (docker/compose
    /// pkg/compose/create.go, getAliases).
    fileprivate func aliases(on endpoint: Layout.Endpoint) -> [String] { [name, service] + endpoint.aliases }

    /// The names that the engine serves for an endpoint with `aliases`, each once (moby daemon/container_operations.go,
    /// buildEndpointDNSNames).
    fileprivate func names(besides aliases: [String], in topology: String) -> [String] {
        var seen: Set<String> = []
        return ([name] + aliases + [shortIdentifier(in: topology)] + [shortHostName].compactMap(\.self)).filter {
            seen.insert($0).inserted
        }
    }

    /// `host` or `none`, where the container is on that.
    fileprivate var networkWithoutAddresses: String? {
        sandbox == .host ? Topology.Network.hostKey : privateNetwork
    }

    /// The file that stands for the namespace that the container has interfaces in.
    fileprivate var sandboxKey: String {
        guard hasInterfaces else { return "" }
        switch namespace {
        case .named(let name)?: return "/run/netns/\(name)"
        case .path(let path)?: return path
        case .host?, nil: return ""
        }
    }

    /// Where the container's ports are published.
    fileprivate var bindings: [String: [DockerContainer.PortBinding]?] {
        var bindings: [String: [DockerContainer.PortBinding]?] = [:]
        for range in exposed {
            for port in range.ports { bindings["\(port)/\(range.transport.rawValue)"] = .some(nil) }
        }
        for port in openPorts { bindings["\(port.target)/\(port.transport.rawValue)"] = .some(nil) }
        for (target, ports) in publishedByTarget {
            bindings[target] = ports.map { .init(address: "\($0.listeningAddress)", port: "\($0.published)") }
        }
        return bindings
    }

    private var publishedByTarget: [String: [Layout.Port]] {
        Dictionary(grouping: ports) { "\($0.target)/\($0.transport.rawValue)" }
    }
}

extension Layout.Port {
    /// The host's address; the unspecified one where it is every one.
    public var listeningAddress: IPAddress { hostAddress ?? .unspecified(address.family) }
}
