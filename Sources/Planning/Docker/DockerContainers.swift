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
        let isPredefined = network.declaration.isPredefinedBridge
        let names = isPredefined ? nil : container.names(on: endpoint)
        let gateways = network.segments.filter { segment in
            endpoint.addresses.contains { segment.subnet.contains($0.address) }
        }.map(\.gateway)
        func gateway(_ family: IPFamily) -> String { gateways.first { $0.family == family }.map { "\($0)" } ?? "" }
        let ipv4 = endpoint.address(.v4)
        let ipv6 = endpoint.address(.v6)
        self.init(
            requested: Requested(endpoint), links: layout.links(of: container, on: endpoint),
            aliases: isPredefined || endpoint.aliases.isEmpty ? nil : endpoint.aliases,
            mac: network.address(of: endpoint),
            driverOptions: endpoint.driverOptions.isEmpty ? nil : endpoint.driverOptions,
            gatewayPriority: endpoint.gatewayPriority, networkID: layout.identifier(of: network),
            place: .init(
                endpointID: layout.endpointIdentifier(of: container, on: endpoint.network),
                gateway: gateway(.v4), address: ipv4.map { "\($0.address)" } ?? "",
                prefixLength: ipv4?.prefixLength ?? 0, gateway6: gateway(.v6),
                address6: ipv6.map { "\($0.address)" } ?? "", prefixLength6: ipv6?.prefixLength ?? 0),
            names: names)
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

extension Layout {
    /// `CONTAINER:NAME` for the names that `links` give to others on the network of `endpoint`; `nil` where there are none.
    fileprivate func links(of container: Container, on endpoint: Endpoint) -> [String]? {
        var seen: Set<String> = []
        let links = container.links.compactMap { link in
            containers.first { other in
                other.endpoints.contains { place in
                    place.network == endpoint.network && place.addresses.contains { $0.address == link.address }
                }
            }.map { "\($0.name):\(link.name)" }
        }.filter { seen.insert($0).inserted }
        return links.isEmpty ? nil : links
    }
}

extension Layout.Container {
    /// `host` or `none`, where the container is on that.
    fileprivate var networkWithoutAddresses: String? {
        switch sandbox {
        case .host: "host"
        case .own: endpoints.isEmpty ? "none" : nil
        case .joined: endpoints.isEmpty ? "none" : nil
        case .shared, .outside: nil
        }
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
