import Addressing
public import Topology

/// A topology as it was found on the machine, with what is on record of it.
public struct FoundTopology: Hashable, Sendable {
    /// What there is of it.
    public var layout: Layout
    /// When its networks were first applied (RFC 3339), by key.
    public var created: [String: String]

    /// A topology that has the parts of `layout`.
    public init(layout: Layout, created: [String: String] = [:]) {
        self.layout = layout
        self.created = created
    }
}

/// A network with the words that mean it.
public struct NamedNetwork: Hashable, Sendable {
    /// The network.
    public var network: DockerNetwork
    /// The key that its file gives it; absent for `host` and `none`.
    public var key: String?
    /// The topology that it belongs to; absent for a network that all share.
    public var topology: String?
}

extension DockerNetwork {
    /// The networks of `topologies`, and the three that are always there, by name.
    public static func all(of topologies: [FoundTopology]) -> [NamedNetwork] {
        let own = topologies.flatMap { topology in
            topology.layout.networks.filter { network in
                let isOwn = network.maker == nil || network.declaration.hasBridgeOfLinks
                return isOwn && !network.declaration.isPredefinedBridge
            }.map { network in
                NamedNetwork(
                    network: DockerNetwork(network, of: topology, amongst: topologies), key: network.declaration.key,
                    topology: topology.layout.name)
            }
        }
        let bridge = Topology.Network.predefinedBridgeKey
        let predefined = [
            NamedNetwork(network: .predefinedBridge(of: topologies), key: bridge),
            NamedNetwork(
                network: .withoutAddresses(Topology.Network.hostKey, driver: "host", of: topologies) {
                    $0.sandbox == .host
                }),
            NamedNetwork(
                network: .withoutAddresses(Topology.Network.noneKey, driver: "null", of: topologies) {
                    $0.privateNetwork != nil
                }),
        ]
        return (own + foreign(of: topologies) + predefined).sorted {
            ($0.network.name, $0.network.id) < ($1.network.name, $1.network.id)
        }
    }

    /// The bridges of somebody else's that `topologies` use, each once.
    private static func foreign(of topologies: [FoundTopology]) -> [NamedNetwork] {
        var seen: Set<String> = []
        return topologies.flatMap { topology in
            topology.layout.networks.filter { network in
                network.isForeign && !network.declaration.hasBridgeOfLinks && seen.insert(network.bridge).inserted
            }.map { network in
                var shown = DockerNetwork(network, of: topology, amongst: topologies)
                shown.options = ["com.docker.network.bridge.name": network.bridge]
                // When it was made, only its maker knows.
                shown.created = "0001-01-01T00:00:00Z"
                return NamedNetwork(network: shown)
            }
        }
    }

    private init(_ network: Layout.Network, of topology: FoundTopology, amongst topologies: [FoundTopology]) {
        let declaration = network.declaration
        self.init(
            name: network.name, id: topology.layout.identifier(of: network),
            driver: declaration.driver.rawValue,
            hasIPv4: declaration.hasIPv4, hasIPv6: declaration.hasIPv6,
            ipam: IPAM(options: declaration.isGatewayBridge ? nil : declaration.ipamOptions, pools: network.pools),
            isInternal: declaration.isInternal,
            isAttachable: declaration.isAttachable, options: declaration.driverOptions, labels: declaration.labels)
        if let time = topology.created[declaration.key] { created = time }
        if network.overlay != nil { scope = "global" }
        connect(network, of: topology.layout, to: topologies)
    }

    /// The network `bridge`, which topologies share.
    private static func predefinedBridge(of topologies: [FoundTopology]) -> DockerNetwork {
        let key = Topology.Network.predefinedBridgeKey
        let places = topologies.compactMap { $0.layout.network(key) }
        var network = DockerNetwork(
            name: key, id: identifier(ofPredefined: key), driver: "bridge",
            ipam: IPAM(options: nil, pools: places.first?.pools ?? []),
            options: [
                "com.docker.network.bridge.default_bridge": "true", "com.docker.network.bridge.enable_icc": "true",
                "com.docker.network.bridge.enable_ip_masquerade": "true",
                "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
                "com.docker.network.bridge.name": Topology.Network.predefinedBridgeName,
                "com.docker.network.driver.mtu": "1500",
            ])
        if let time = topologies.compactMap({ $0.created[key] }).min() { network.created = time }
        if let place = places.first, let layout = topologies.first(where: { $0.layout.network(key) != nil })?.layout {
            network.connect(place, of: layout, to: topologies)
        }
        return network
    }

    /// A network that gives no addresses, of the containers that `includes` is true of.
    private static func withoutAddresses(
        _ name: String, driver: String, of topologies: [FoundTopology], including includes: (Layout.Container) -> Bool
    ) -> DockerNetwork {
        var network = DockerNetwork(
            name: name, id: identifier(ofPredefined: name), driver: driver, ipam: IPAM(options: nil, pools: []))
        for layout in topologies.map(\.layout) {
            for container in layout.containers where includes(container) {
                network.containers[layout.identifier(of: container)] = Endpoint(
                    name: container.name, endpointID: layout.endpointIdentifier(of: container, on: name))
            }
        }
        return network
    }

    /// Adds the endpoints that the containers of `topologies` have on `network`.
    private mutating func connect(_ network: Layout.Network, of owner: Layout, to topologies: [FoundTopology]) {
        let identifier = owner.identifier(of: network)
        var addresses: [IPAddress] = []
        for layout in topologies.map(\.layout) {
            let keys = Set(layout.networks.filter { layout.identifier(of: $0) == identifier }.map(\.declaration.key))
            for container in layout.containers where !keys.isEmpty {
                for endpoint in container.endpoints where keys.contains(endpoint.network) {
                    addresses += endpoint.addresses.map(\.address)
                    containers[layout.identifier(of: container)] = Endpoint(
                        name: container.name,
                        endpointID: layout.endpointIdentifier(of: container, on: endpoint.network),
                        mac: network.address(of: endpoint), ipv4: endpoint.address(.v4).map { "\($0)" } ?? "",
                        ipv6: endpoint.address(.v6).map { "\($0)" } ?? "")
                }
            }
        }
        let subnets = network.occupancy(with: addresses).map { occupancy in
            ("\(occupancy.subnet)", Status.Subnet(used: occupancy.used, available: occupancy.available))
        }
        status = Status(ipam: .init(subnets: Dictionary(subnets) { first, _ in first }))
    }
}

extension Layout {
    /// The network of that key.
    func network(_ key: String) -> Network? { networks.first { $0.declaration.key == key } }
}

extension Layout.Endpoint {
    /// The first address of `family`.
    func address(_ family: IPFamily) -> InterfaceAddress? { addresses.first { $0.address.family == family } }
}

extension Layout.Network {
    /// The subnets as the file has them, and those that were chosen with their gateways (moby daemon/network.go,
    /// buildIPAMResources).
    fileprivate var pools: [DockerNetwork.IPAM.Pool] {
        segments.map { segment in
            guard let pool = declaration.pools.first(where: { $0.subnet == segment.subnet }) else {
                return .init(subnet: "\(segment.subnet)", gateway: "\(segment.gateway)")
            }
            return .init(
                subnet: "\(pool.subnet)", range: pool.range.map { "\($0)" }, gateway: pool.gateway.map { "\($0)" },
                auxiliary: pool.auxiliary.isEmpty ? nil : pool.auxiliary.mapValues { "\($0)" })
        }
    }
}

extension Layout.Network {
    /// The Ethernet address of `endpoint` as Docker shows it; empty where it shares that of the parent.
    func address(of endpoint: Layout.Endpoint) -> String { declaration.driver == .ipvlan ? "" : "\(endpoint.mac)" }
}
