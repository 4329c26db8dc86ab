import Links
import Topology

/// Which interfaces of a layout are on one segment: what one sends, the other receives without a router in between.
///
/// Interfaces that the file does not join are on segments of their own; what filters by VLAN is followed tag by tag.
struct Domains {
    /// What carries frames: an interface without or with a tag, a bridge's VLAN, a network, the links that share another.
    enum Node: Hashable {
        case interface(Layout.DeviceLink.Interface, vlan: UInt16?)
        case bridge(Layout.DeviceLink.Interface, vlan: UInt16)
        case network(String, host: String?)
        case sharing(Layout.DeviceLink.Interface, kind: String)
    }

    private var parents: [Node: Node] = [:]
    /// Largest layer-3 packet of each interface, in bytes.
    private var mtus: [Layout.DeviceLink.Interface: UInt32] = [:]
    /// The least of them by the segment that they are on.
    private var leastMTUs: [Node: UInt32] = [:]
    /// The containers with an interface that has the segment's frames without a tag, by the segment.
    private var members: [Node: Set<String>] = [:]
    /// Segments of which the file does not tell all.
    private var open: Set<Node> = []

    init(of layout: Layout) {
        let tags = Self.tags(of: layout.devices)
        let networks = Dictionary(layout.networks.map { ($0.declaration.key, $0) }) { first, _ in first }
        for container in layout.containers {
            for endpoint in container.endpoints {
                let interface = Layout.DeviceLink.Interface(container: container.name, name: endpoint.interface)
                guard let network = networks[endpoint.network] else { continue }
                join(Self.node(of: network, on: container.host), .interface(interface, vlan: nil))
                mtus[interface] = network.mtu
            }
        }
        joinHosts(of: layout, tags)
        for network in layout.networks where network.declaration.hasBridgeOfLinks { join(network, of: layout) }
        for cable in layout.cables {
            let ends = [cable.first, cable.second].map {
                Layout.DeviceLink.Interface(container: $0.container, name: $0.interface)
            }
            join(ends[0], ends[1], tags)
            for end in ends { mtus[end] = cable.mtu }
        }
        for device in layout.devices {
            add(device, tags)
            // What is above another link has its MTU, and whatever else may vary by kernel has at least IPv6's least.
            mtus[device.interface] = device.mtu ?? device.parent.flatMap { mtus[$0] } ?? device.device.leastMTU
        }
        for (interface, mtu) in mtus {
            let domain = domain(of: interface)
            leastMTUs[domain] = min(mtu, leastMTUs[domain] ?? mtu)
            members[domain, default: []].insert(interface.container)
        }
        open = Set(OpenEnds(of: layout, tags).nodes.map(root))
    }

    /// The hosts of a lab are on the underlay's bridges, which let every tag through.
    private mutating func joinHosts(of layout: Layout, _ tags: Set<UInt16>) {
        guard let fabric = layout.fabric else { return }
        for host in fabric.hosts { mtus[host.underlay] = host.mtu }
        guard fabric.played == nil else { return }
        for segment in fabric.segments {
            let interfaces = segment.hosts.compactMap { fabric.host($0)?.underlay }
            for (one, other) in zip(interfaces, interfaces.dropFirst()) { join(one, other, tags) }
        }
    }

    /// On each host the endpoints are ports of a bridge that links make there.
    private mutating func join(_ network: Layout.Network, of layout: Layout) {
        for host in layout.fabric?.hosts ?? [] {
            let bridge = Layout.DeviceLink.Interface(container: host.namespace, name: network.bridge)
            guard case .bridge(let settings)? = layout.devices.first(where: { $0.interface == bridge })?.device,
                !settings.vlanFiltering
            else { continue }
            join(Self.node(of: network, on: host.name), .interface(bridge, vlan: nil))
        }
    }

    private mutating func add(_ device: Layout.DeviceLink, _ tags: Set<UInt16>) {
        let own = Node.interface(device.interface, vlan: nil)
        if let peer = device.peer { join(device.interface, peer, device.device.isEthernet ? tags : []) }
        switch (device.device, device.parent) {
        case (.vlan(let vlan), let parent?): join(own, .interface(parent, vlan: vlan.id))
        case (.macvlan(let macvlan), let parent?) where macvlan.mode == .bridge:
            join(own, .sharing(parent, kind: device.device.kind))
        case (.ipvlan(let ipvlan), let parent?) where ipvlan.flag == .bridge:
            join(own, .sharing(parent, kind: device.device.kind))
        case (.bridge(let bridge), _):
            for port in device.ports { add(port.interface, port.vlans, of: device.interface, bridge, tags) }
            // Its own interface is a port like the others, and has the VLAN that new ones get unless the file says otherwise.
            let own = device.interface.name
            if bridge.vlanFiltering, !device.ports.contains(where: { $0.interface == own }) {
                add(own, nil, of: device.interface, bridge, tags)
            }
        default: break
        }
    }

    private mutating func add(
        _ port: String, _ vlans: PortVLANs?, of bridge: Layout.DeviceLink.Interface, _ settings: Bridge,
        _ tags: Set<UInt16>
    ) {
        let interface = Layout.DeviceLink.Interface(container: bridge.container, name: port)
        guard settings.vlanFiltering else { return join(interface, bridge, tags) }
        let vlans = vlans ?? settings.defaultPVID.map { $0 == 0 ? PortVLANs() : .access($0) } ?? .access(1)
        for id in vlans.tagged { join(.bridge(bridge, vlan: id), .interface(interface, vlan: id)) }
        // What comes in without a tag must go out without one too, or only one way works.
        if let id = vlans.pvid, vlans.untagged.contains(id) {
            join(.bridge(bridge, vlan: id), .interface(interface, vlan: nil))
        }
    }

    /// What `interface` is on, the same for all that share it.
    func domain(of interface: Layout.DeviceLink.Interface) -> Node { root(.interface(interface, vlan: nil)) }

    /// The largest layer-3 packet, in bytes, that all of the interface's segment take.
    func mtu(of interface: Layout.DeviceLink.Interface) -> UInt32 {
        leastMTUs[domain(of: interface)] ?? Device.dummy(Dummy()).leastMTU
    }

    /// What `network` is a part of on `host`, if there are hosts.
    func domain(of network: Layout.Network, on host: String?) -> Node { root(Self.node(of: network, on: host)) }

    /// A network that each host has for itself is several.
    static func node(of network: Layout.Network, on host: String?) -> Node {
        .network(network.declaration.key, host: network.declaration.driver.sharesAddresses ? nil : host)
    }

    /// Whether the file tells of everything that is on the segment `domain`.
    func isWhole(_ domain: Node) -> Bool { !open.contains(domain) }

    /// Whether the container has an interface on the segment `domain`, and so answers there for all of its addresses.
    func has(_ container: String, on domain: Node) -> Bool { members[domain]?.contains(container) ?? false }

    private mutating func join(
        _ one: Layout.DeviceLink.Interface, _ other: Layout.DeviceLink.Interface, _ tags: Set<UInt16>
    ) {
        join(.interface(one, vlan: nil), .interface(other, vlan: nil))
        for tag in tags { join(.interface(one, vlan: tag), .interface(other, vlan: tag)) }
    }

    private mutating func join(_ one: Node, _ other: Node) {
        let one = root(one)
        let other = root(other)
        if one != other { parents[one] = other }
    }

    private func root(_ node: Node) -> Node {
        var node = node
        while let parent = parents[node] { node = parent }
        return node
    }

    /// Tags that frames of the layout have: those of an interface, and those that bridges put on a trunk.
    private static func tags(of devices: [Layout.DeviceLink]) -> Set<UInt16> {
        devices.reduce(into: []) { tags, device in
            if case .vlan(let vlan) = device.device { tags.insert(vlan.id) }
            for port in device.ports { tags.formUnion(port.vlans?.tagged ?? []) }
        }
    }
}

extension Layout.Host {
    /// Its interface on the underlay, as one of the namespace that stands for it in a lab.
    var underlay: Layout.DeviceLink.Interface { .init(container: namespace, name: interface) }
}

extension Device {
    /// The MTU of a link to which nobody gave one, in bytes, whatever the kernel makes of its underlay.
    fileprivate var leastMTU: UInt32 { underlayFamilies.isEmpty ? 1500 : 1280 }
}
