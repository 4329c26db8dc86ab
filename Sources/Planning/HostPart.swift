import Addressing
public import Topology

extension Layout {
    /// A machine with its part of a layout: as if there were no other, but for the endpoints of overlays elsewhere.
    public struct Site: Sendable {
        /// Where the machine is: this one itself, or the namespace that stands for it.
        public var namespace: Namespace
        /// Its part.
        public var layout: Layout
    }

    /// The machines of the layout that this one makes: itself, or in a lab a namespace for each host.
    public var sites: [Site] {
        guard let fabric else { return [Site(namespace: .host, layout: self)] }
        let parts = HostParts(of: self, fabric)
        if let played = fabric.host(fabric.played) { return [Site(namespace: .host, layout: parts.part(of: played))] }
        return fabric.hosts.map { Site(namespace: .named($0.namespace), layout: parts.part(of: $0)) }
    }

    /// The namespace of the host that the container runs on.
    public func hostNamespace(of container: Container) -> Namespace {
        guard let fabric, fabric.played == nil, let host = fabric.host(container.host) else { return .host }
        return .named(host.namespace)
    }

    /// Whether `namespace` is that of a container which another machine has.
    public func isElsewhere(_ namespace: Namespace) -> Bool {
        guard let played = fabric?.played else { return false }
        return containers.contains { $0.namespace == namespace && $0.host != played }
    }

    /// Name of the namespace that holds the bridges of the overlay `network` on the host that this machine is.
    func sandboxName(of network: Network) -> String {
        ([name] + [fabric?.played].compactMap(\.self) + [network.declaration.key]).joined(separator: "-")
    }
}

/// Cuts a layout into the parts of its hosts; looks at each container once, however many hosts there are.
struct HostParts {
    private let whole: Layout
    private let fabric: Layout.Fabric
    private let containers: [String: [Layout.Container]]
    /// The endpoints of each network that spans hosts, by the network's key.
    private let members: [String: [Layout.Network.Remote]]
    /// Where the hosts' endpoints of networks on what is between the hosts meet.
    private let segments: ParentSegments

    init(of whole: Layout, _ fabric: Layout.Fabric) {
        self.whole = whole
        self.fabric = fabric
        segments = ParentSegments(of: whole, fabric)
        containers = Dictionary(grouping: whole.containers) { $0.host ?? "" }
        members = Self.members(of: whole, fabric)
    }

    private static func members(of layout: Layout, _ fabric: Layout.Fabric) -> [String: [Layout.Network.Remote]] {
        var members: [String: [Layout.Network.Remote]] = [:]
        let families = Dictionary(
            layout.networks.compactMap { network -> (String, IPFamily)? in
                if network.isOnUnderlay || network.routed != nil { return (network.declaration.key, .v4) }
                return network.overlay.map { (network.declaration.key, $0.family) }
            }
        ) { first, _ in first }
        let hosts = Dictionary(fabric.hosts.map { ($0.name, $0) }) { first, _ in first }
        for container in layout.containers where container.sandbox == .own {
            guard let host = container.host.flatMap({ hosts[$0] }) else { continue }
            for endpoint in container.endpoints {
                guard
                    let address = families[endpoint.network].flatMap({
                        host.address($0) ?? host.addresses.first?.address
                    })
                else { continue }
                members[endpoint.network, default: []].append(
                    Layout.Network.Remote(
                        container: container.name, host: host.name,
                        names: container.names(on: endpoint, of: layout.name),
                        addresses: endpoint.addresses, mac: endpoint.mac, tunnelAddress: address))
            }
        }
        return members
    }

    /// The endpoints on networks that span hosts, by the host's name, each with its network's key.
    var membersByHost: [String: [(network: String, remote: Layout.Network.Remote)]] {
        let all = whole.networks.flatMap { network in
            (members[network.declaration.key] ?? []).map { (network: network.declaration.key, remote: $0) }
        }
        return Dictionary(grouping: all) { $0.remote.host }
    }

    /// Whether endpoints of `network` on the two hosts meet; on what is between the hosts only those on one segment do.
    func meet(on network: String, _ host: String, _ other: String) -> Bool { segments.meet(on: network, host, other) }

    /// The endpoints of the network on other hosts than `host` that those on it meet.
    private func remotes(on network: String, besides host: String) -> [Layout.Network.Remote] {
        (members[network] ?? []).filter { $0.host != host && meet(on: network, host, $0.host) }
    }

    /// What `host` has of the layout, and all links: where one leads may be told by others alone.
    func part(of host: Layout.Host) -> Layout {
        let own = containers[host.name] ?? []
        let used = Set(own.flatMap { $0.endpoints.map(\.network) })
        var part = Layout(
            name: whole.name, networks: whole.networks.filter { used.contains($0.declaration.key) }, containers: own,
            cables: whole.cables)
        part.devices = whole.devices
        for index in part.networks.indices {
            let remotes = remotes(on: part.networks[index].declaration.key, besides: host.name)
            part.networks[index].overlay?.remotes = remotes
            part.networks[index].parent?.remotes = remotes
            part.networks[index].routed?.remotes = remotes
            guard let routed = part.networks[index].routed else { continue }
            part.networks[index].segments = routed.slices.filter { $0.host == host.name }.flatMap(\.segments)
        }
        for index in part.networks.indices where part.networks[index].declaration.hasBridgeOfLinks {
            joinBridge(of: host, &part.networks[index])
        }
        part.fabric = fabric
        part.fabric?.played = host.name
        return part
    }

    /// Tells a network on bridges of links which addresses there are the host's, and who is on it elsewhere.
    private func joinBridge(of host: Layout.Host, _ network: inout Layout.Network) {
        let key = network.declaration.key
        network.maker = .others(addresses: whole.addresses(onBridgeOf: network, of: host))
        network.neighbours = whole.containers.filter { $0.host != host.name && $0.hasInterfaces }.flatMap { container in
            container.endpoints.filter { $0.network == key }.flatMap { endpoint in
                endpoint.addresses.map {
                    .init(
                        container: container.name, address: $0.address,
                        names: container.names(on: endpoint, of: whole.name))
                }
            }
        }
    }
}
