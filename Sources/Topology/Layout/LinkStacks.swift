import Links
import YAML

/// How links stand upon each other: what shares an interface, is a bridge's port or lies above something.
///
/// What the kernel would refuse half-way is told with its place in the file.
struct LinkStacks {
    private typealias Interface = Layout.DeviceLink.Interface

    /// A link that is above or around others.
    private struct Entry {
        let link: Topology.DeviceLink
        let device: Layout.DeviceLink

        var interface: Interface { device.interface }
        var parentMark: Mark { link.parent?.mark ?? link.mark }
        /// What is a port of it, but for the bridge's own place among its VLANs.
        var ports: [(interface: Interface, mark: Mark)] {
            device.ports.filter { $0.interface != interface.name || $0.mark != link.marks["vlans"] }.map {
                (Interface(container: interface.container, name: $0.interface), $0.mark)
            }
        }
        /// What it cannot be without.
        var below: [Interface] { [device.parent].compactMap(\.self) + ports.map(\.interface) }
    }

    private let entries: [Entry]
    /// Largest layer-3 packets of interfaces that are no such links, in bytes.
    private var mtus: [Interface: UInt32] = [:]

    /// The links of `layout`, each with its entry in the file.
    init(_ layout: Layout, _ links: [(link: Topology.DeviceLink, device: Layout.DeviceLink)]) {
        entries = links.map { Entry(link: $0.link, device: $0.device) }
        let networks = Dictionary(layout.networks.map { ($0.declaration.key, $0.mtu) }) { first, _ in first }
        for container in layout.containers {
            for endpoint in container.endpoints {
                mtus[Interface(container: container.name, name: endpoint.interface)] = networks[endpoint.network]
            }
        }
        for cable in layout.cables {
            for end in [cable.first, cable.second] {
                mtus[Interface(container: end.container, name: end.interface)] = cable.mtu
            }
        }
    }

    /// All that is wrong with how the links stand.
    var findings: [Diagnostic] {
        let loops = loops
        return loops.isEmpty ? sharing + ports + sizes + sockets : loops
    }

    /// Links that lie above themselves.
    private var loops: [Diagnostic] {
        let below = Dictionary(entries.map { ($0.interface, $0.below) }) { first, _ in first }
        return entries.compactMap { entry in
            var known: Set<Interface> = []
            var rest = entry.below
            while let next = rest.popLast() {
                if next == entry.interface {
                    return Diagnostic(
                        "interface \(quoted(next.name)) is above itself",
                        at: entry.ports.first?.mark ?? entry.parentMark,
                        hint: "follow `parent` and `ports` from it: they lead back")
                }
                if known.insert(next).inserted { rest += below[next] ?? [] }
            }
            return nil
        }
    }

    /// A shared interface has one owner, which is a bridge or one kind of link (`netdev_rx_handler_register`).
    private var sharing: [Diagnostic] {
        var first: [Interface: Entry] = [:]
        let bridged = bridgeOfPort
        return entries.compactMap { entry in
            guard let parent = entry.device.parent, entry.device.device.takesFrames else { return nil }
            let what = linkTitle(entry.device.device.kind)
            func finding(_ text: String, _ hint: String) -> Diagnostic {
                Diagnostic("\(what) cannot share \(quoted(parent.name)), \(text)", at: entry.parentMark, hint: hint)
            }
            if let bridge = bridged[parent] {
                return finding(
                    "which is a port of \(quoted(bridge))", "put the link above the bridge: `parent: \(bridge)`")
            }
            guard let other = first[parent] else {
                first[parent] = entry
                return nil
            }
            switch (entry.device.device, other.device.device) {
            case (.macvlan(let one), .macvlan(let two)):
                guard one.mode == .passthru || two.mode == .passthru else { return nil }
                return finding("of which another link has all in mode passthru", "mode: bridge lets several share it")
            case (.ipvlan(let one), .ipvlan(let two)):
                guard one != two else { return nil }
                return finding(
                    "which another ipvlan link has in mode \(two.mode.rawValue) \(two.flag.rawValue)",
                    "all links upon an interface have the same mode and flag")
            default:
                return finding(
                    "which \(linkTitle(other.device.device.kind)) has", "links upon one interface are of one kind")
            }
        }
    }

    /// The bridge that each port is on, by the port.
    private var bridgeOfPort: [Interface: String] {
        let bridges = entries.filter { $0.device.device.kind == Bridge.kind }
        return Dictionary(
            bridges.flatMap { bridge in bridge.ports.map { ($0.interface, bridge.interface.name) } }
        ) { first, _ in first }
    }

    /// No bridge is a port of a bridge (`br_add_if`, net/bridge/br_if.c).
    private var ports: [Diagnostic] {
        let kinds = Dictionary(entries.map { ($0.interface, $0.device.device.kind) }) { first, _ in first }
        return entries.filter { $0.device.device.kind == Bridge.kind }.flatMap { bridge in
            bridge.ports.filter { kinds[$0.interface] == Bridge.kind }.map {
                Diagnostic(
                    "\(quoted($0.interface.name)) is a bridge, and no bridge is a port of another", at: $0.mark,
                    hint: "join the two with a cable whose ends are ports")
            }
        }
    }

    /// No packet of a link is larger than what is below it takes.
    private var sizes: [Diagnostic] {
        let byInterface = Dictionary(entries.map { ($0.interface, $0.device) }) { first, _ in first }
        func mtu(_ interface: Interface) -> UInt32? {
            guard let device = byInterface[interface] else { return mtus[interface] }
            return device.mtu ?? (device.device.hasParentsMTU ? device.parent.flatMap(mtu) : nil)
        }
        return entries.compactMap { entry in
            guard let own = entry.device.mtu, let parent = entry.device.parent, let below = mtu(parent) else {
                return nil
            }
            let family = entry.device.device.underlayFamily
            guard entry.device.device.hasParentsMTU || family != nil else { return nil }
            let overhead = family.map(entry.device.device.overhead) ?? 0
            guard own + overhead > below else { return nil }
            return Diagnostic(
                "MTU \(own) of \(linkTitle(entry.device.device.kind)) is too large for \(quoted(parent.name)) below it, "
                    + "whose MTU is \(below)", at: entry.link.marks["mtu"] ?? entry.link.mark,
                hint: "it may be \(below - min(below, overhead)) at most")
        }
    }

    /// An external vxlan takes all that comes to its port.
    private var sockets: [Diagnostic] {
        var ports: [String: [(Entry, VXLAN)]] = [:]
        for entry in entries {
            guard case .vxlan(let vxlan) = entry.device.device else { continue }
            ports["\(entry.interface.container) \(vxlan.port)", default: []].append((entry, vxlan))
        }
        return ports.values.compactMap { users in
            guard users.count > 1, let user = users.first(where: { $0.1.isExternal }) else { return nil }
            return Diagnostic(
                "an external vxlan link has port \(user.1.port) with another vxlan link",
                at: user.0.link.marks["port"] ?? user.0.link.mark, hint: "give one of them another `port:`")
        }
    }
}

extension Device {
    /// Whether all that comes in by the link below goes through this one's hands, so that no other kind can have it.
    fileprivate var takesFrames: Bool {
        switch self {
        case .macvlan, .ipvlan: true
        default: false
        }
    }

    /// Whether a link to which nobody gives an MTU has that of the link below, which is also the largest.
    fileprivate var hasParentsMTU: Bool {
        switch self {
        case .macvlan, .vlan: true
        default: false
        }
    }
}
