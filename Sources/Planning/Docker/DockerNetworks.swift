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
            topology.layout.networks.filter { !$0.declaration.isPredefinedBridge }.map { network in
                NamedNetwork(
                    network: DockerNetwork(network, of: topology), key: network.declaration.key,
                    topology: topology.layout.name)
            }
        }
        let bridge = Topology.Network.predefinedBridgeKey
        let predefined = [
            NamedNetwork(network: .predefinedBridge(of: topologies), key: bridge),
            NamedNetwork(network: .withoutAddresses("host", driver: "host", of: topologies) { $0.sandbox == .host }),
            NamedNetwork(
                network: .withoutAddresses("none", driver: "null", of: topologies) {
                    $0.sandbox == .own && $0.endpoints.isEmpty
                }),
        ]
        return (own + predefined).sorted { ($0.network.name, $0.network.id) < ($1.network.name, $1.network.id) }
    }

    private init(_ network: Layout.Network, of topology: FoundTopology) {
        let declaration = network.declaration
        self.init(
            name: network.name, id: topology.layout.identifier(of: network),
            driver: network.overlay == nil ? "bridge" : "overlay",
            hasIPv4: declaration.hasIPv4, hasIPv6: declaration.hasIPv6,
            ipam: IPAM(options: [:], pools: network.pools), isInternal: declaration.isInternal,
            isAttachable: declaration.isAttachable, options: declaration.driverOptions, labels: declaration.labels)
        if let time = topology.created[declaration.key] { created = time }
        if network.overlay != nil { scope = "global" }
        connect(network, to: [topology])
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
        if let place = places.first { network.connect(place, to: topologies) }
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
    private mutating func connect(_ network: Layout.Network, to topologies: [FoundTopology]) {
        var addresses: [IPAddress] = []
        for layout in topologies.map(\.layout) {
            for container in layout.containers {
                for endpoint in container.endpoints where endpoint.network == network.declaration.key {
                    addresses += endpoint.addresses.map(\.address)
                    containers[layout.identifier(of: container)] = Endpoint(
                        name: container.name,
                        endpointID: layout.endpointIdentifier(of: container, on: endpoint.network),
                        mac: "\(endpoint.mac)", ipv4: endpoint.address(.v4).map { "\($0)" } ?? "",
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
