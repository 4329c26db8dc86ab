import Addressing
public import Topology

extension Layout {
    /// A machine with its part of a layout: as if there were no other, but for the endpoints of overlays elsewhere.
    struct Site {
        /// Where the machine is: this one itself, or the namespace that stands for it.
        var namespace: Namespace
        /// Its part.
        var layout: Layout
    }

    /// The machines of the layout that this one makes: itself, or in a lab a namespace for each host.
    var sites: [Site] {
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

    init(of whole: Layout, _ fabric: Layout.Fabric) {
        self.whole = whole
        self.fabric = fabric
        containers = Dictionary(grouping: whole.containers) { $0.host ?? "" }
        members = Self.members(of: whole, fabric)
    }

    private static func members(of layout: Layout, _ fabric: Layout.Fabric) -> [String: [Layout.Network.Remote]] {
        var members: [String: [Layout.Network.Remote]] = [:]
        let families = Dictionary(
            layout.networks.compactMap { network -> (String, IPFamily)? in
                let sharesSegment = network.isOnUnderlay && fabric.segments.count == 1
                if sharesSegment || network.routed != nil { return (network.declaration.key, .v4) }
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
                        container: container.name, host: host.name, names: container.names(on: endpoint),
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

    /// What `host` has of the layout.
    func part(of host: Layout.Host) -> Layout {
        let own = containers[host.name] ?? []
        let names = Set(own.map(\.name))
        let used = Set(own.flatMap { $0.endpoints.map(\.network) })
        var part = Layout(
            name: whole.name, networks: whole.networks.filter { used.contains($0.declaration.key) }, containers: own,
            cables: whole.cables.filter { names.contains($0.first.container) })
        for index in part.networks.indices where part.networks[index].overlay != nil {
            let key = part.networks[index].declaration.key
            part.networks[index].overlay?.remotes = (members[key] ?? []).filter { $0.host != host.name }
        }
        for index in part.networks.indices {
            let key = part.networks[index].declaration.key
            guard let routed = part.networks[index].routed else { continue }
            part.networks[index].segments = routed.slices.filter { $0.host == host.name }.flatMap(\.segments)
            part.networks[index].routed?.remotes = (members[key] ?? []).filter { $0.host != host.name }
        }
        part.fabric = fabric
        part.fabric?.played = host.name
        return part
    }
}
