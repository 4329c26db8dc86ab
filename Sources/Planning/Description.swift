import Addressing
import Links

extension Namespace: CustomStringConvertible {
    /// The namespace's name or path, or `host`.
    public var description: String {
        switch self {
        case .host: "host"
        case .named(let name): name
        case .path(let path): path
        }
    }

    /// What to put before the name of something in the namespace; nothing for the host's.
    var qualifier: String { self == .host ? "" : "\(self):" }
}

extension KernelObject: CustomStringConvertible {
    /// What kind of object it is, in a word.
    public var noun: String {
        switch self {
        case .table: "table"
        case .chain: "chain"
        case .rule, .native: "rule"
        case .set(let set): set.noun
        case .element: "element"
        case .namespace: "namespace"
        case .link(let link): link.kindName
        case .port: "port"
        case .qdisc: "qdisc"
        case .filter: "filter"
        case .sysctl: "sysctl"
        case .up: "up"
        case .address: "address"
        case .neighbour: "neighbour"
        case .forwarding: "fdb"
        case .route: "route"
        case .routingRule: "routing rule"
        case .file: "file"
        }
    }

    /// The object in a line, its noun first.
    public var description: String { "\(noun) \(details)" }

    private var details: String {
        switch self {
        case .table(let table): table.fullName
        case .chain(let chain): "\(chain.table.fullName) \(chain.name)"
        case .rule(let rule): "\(rule.table.fullName) \(rule.specification)"
        case .set(let set): "\(set.table.fullName) \(set.name)"
        case .native(let rule): "\(rule.table.fullName) \(rule.specification)"
        case .element(let element): "\(element.set.table.fullName) \(element.set.name) { \(element.specification) }"
        case .namespace(let namespace): namespace.name
        case .link(let link): link.details
        case .port(let port): "\(port.namespace.qualifier)\(port.link) on \(port.bridge)"
        case .qdisc(let qdisc): "\(qdisc.namespace.qualifier)\(qdisc.link) clsact"
        case .filter(let filter): "\(filter.namespace.qualifier)\(filter.link) \(filter.program)"
        case .sysctl(let sysctl): "\(sysctl.namespace.qualifier)\(sysctl.dotted) = \(sysctl.value)"
        case .up(let up): "\(up.namespace.qualifier)\(up.link)"
        case .address(let address): "\(address.namespace.qualifier)\(address.link) \(address.address)"
        case .neighbour(let neighbour):
            "\(neighbour.namespace.qualifier)\(neighbour.link) \(neighbour.address) at \(neighbour.mac)"
        case .forwarding(let entry): "\(entry.namespace.qualifier)\(entry.link) \(entry.words)"
        case .route(let route): route.details
        case .routingRule(let rule): "\(rule.namespace.qualifier)\(rule.words)"
        case .file(let file): file.path
        }
    }

    /// What differs from `new`, such as `mtu 1500 → 9000`; empty where nothing that has words for it does.
    public func changes(to new: KernelObject) -> [String] {
        func change<Value: Equatable>(_ name: String, _ old: Value?, _ new: Value?) -> String? {
            guard old != new else { return nil }
            func text(_ value: Value?) -> String { value.map { "\($0)" } ?? "none" }
            return "\(name) \(text(old)) → \(text(new))"
        }
        switch (self, new) {
        case (.link(let old), .link(let new)):
            return [
                change("mtu", old.mtu, new.mtu), change("mac", old.mac, new.mac),
                change("peer mac", old.peer?.mac, new.peer?.mac),
                old.peer?.mtu.flatMap { change("peer mtu", $0, new.mtu) },
                change("alias", old.alias, new.alias),
                change("altname", old.alternativeName, new.alternativeName), change("group", old.group, new.group),
                change("arp", old.hasNeighbours, new.hasNeighbours),
                change("settings", old.settingsWords(besides: new), new.settingsWords(besides: old)),
            ].compactMap(\.self)
        case (.filter(let old), .filter(let new)):
            return [change("program", old.program, new.program)].compactMap(\.self)
        case (.sysctl(let old), .sysctl(let new)): return old.value == new.value ? [] : ["was \(old.value)"]
        case (.port(let old), .port(let new)):
            return [
                change("bridge", old.bridge, new.bridge), change("hairpin", old.isHairpin, new.isHairpin),
                change("isolated", old.isIsolated, new.isIsolated), change("learning", old.isLearning, new.isLearning),
                change("flood", old.isFlooded, new.isFlooded),
                change("neigh_suppress", old.suppressesNeighbours, new.suppressesNeighbours),
                change("vlans", old.vlans?.words, new.vlans?.words),
            ].compactMap(\.self)
        case (.route(let old), .route(let new)):
            return [
                change("via", old.gateway, new.gateway), change("dev", old.link, new.link),
                change("src", old.source, new.source),
            ].compactMap(\.self)
        case (.neighbour(let old), .neighbour(let new)):
            return [
                change("mac", old.mac, new.mac), change("permanent", old.isPermanent, new.isPermanent),
            ].compactMap(\.self)
        case (.forwarding(let old), .forwarding(let new)):
            return [
                change("dst", old.destination, new.destination), change("vni", old.vni, new.vni),
                change("port", old.port, new.port),
            ].compactMap(\.self)
        case (.namespace(let old), .namespace(let new)):
            return [
                change("loopback up", old.isLoopbackUp, new.isLoopbackUp), change("alias", old.alias, new.alias),
            ].compactMap(\.self)
        case (.file, .file): return ["content"]
        case (.rule, .rule), (.native, .native): return ["place in the chain"]
        default: return []
        }
    }
}

extension Link {
    fileprivate var details: String {
        let here = "\(namespace.qualifier)\(name)"
        if let peer { return peer.name.isEmpty ? here : "\(here) ↔ \(peer.namespace.qualifier)\(peer.name)" }
        let named = alternativeName.map { "\(here) (\($0))" } ?? here
        guard let lower, let link = lower.link else { return named }
        return "\(named) on \(lower.namespace.qualifier)\(link)"
    }

    /// What only the kind has and `other` has not, as `ip link add` takes it.
    fileprivate func settingsWords(besides other: Link) -> String {
        guard let device, let other = other.device else { return "" }
        return device.words(besides: other).joined(separator: " ")
    }
}

extension Table {
    /// Family and name, after the namespace where it is not the host's.
    fileprivate var fullName: String { namespace.qualifier + idName }
}

extension ForwardingEntry {
    /// The entry in the words of `bridge fdb`, without its link: `02:42:0a:00:00:03 dst 192.168.205.11`.
    var words: String {
        "\(mac)" + (destination.map { " dst \($0)" } ?? "") + (vni.map { " vni \($0)" } ?? "")
            + (port.map { " port \($0)" } ?? "") + (holder == .bridge ? " master" : "")
    }
}

extension PortVLANs {
    /// As `bridge vlan add` takes them.
    fileprivate var words: String { runs.map { "\($0)" }.joined(separator: ", ") }
}

extension Route {
    fileprivate var details: String {
        let to = destination.prefixLength == 0 ? (destination.family == .v4 ? "default" : "default6") : "\(destination)"
        return "\(namespace.qualifier)\(to)" + (gateway.map { " via \($0)" } ?? "") + " dev \(link)"
            + (metric.map { " metric \($0)" } ?? "") + (table.map { " table \($0)" } ?? "")
    }
}

extension Sysctl {
    /// The value's name as `sysctl(8)` writes it; a dot within a part becomes a slash.
    var dotted: String { path.map { $0.split(separator: ".").joined(separator: "/") }.joined(separator: ".") }
}
