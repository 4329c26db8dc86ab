import Addressing

extension Operation<KernelObject> {
    /// Commands of iproute2, iptables, nft and sysctl that would do the same.
    public var equivalents: [String] {
        switch self {
        case .create(let object): object.creation
        case .update(let old, let new): new.changing(from: old)
        case .delete(let object): object.deletion
        }
    }
}

extension KernelObject {
    fileprivate var creation: [String] {
        switch self {
        case .table(let table): table.isNative ? ["\(table.nft) add table \(table.idName)"] : []
        case .chain(let chain): chain.creation
        case .set(let set): ["\(set.table.nft) add \(set.noun) \(set.table.idName) \(set.name) '\(set.specification)'"]
        case .native(let rule): ["\(rule.table.nft) add rule \(rule.table.idName) \(rule.specification)"]
        case .element(let element): [element.command("add", element)]
        case .rule(let rule): ["\(rule.table.command) \(rule.insertion)"]
        case .namespace(let namespace):
            ["ip netns add \(namespace.name)"]
                + (namespace.isLoopbackUp ? ["ip -n \(namespace.name) link set lo up"] : [])
                + ["ip -n \(namespace.name) link set lo alias \(namespace.alias)"]
        case .link(let link): link.creation
        case .port(let port): port.creation
        case .qdisc(let qdisc): ["\(qdisc.namespace.tc) qdisc add dev \(qdisc.link) clsact"]
        // tc takes a program from a file or a bpf file system, and there is neither.
        case .filter: []
        case .sysctl(let sysctl): ["\(sysctl.namespace.run)sysctl -w \(sysctl.dotted)=\(sysctl.value)"]
        case .up(let up): ["\(up.namespace.ip) link set \(up.link) up"]
        case .address(let address): ["\(address.namespace.ip) addr add \(address.address) dev \(address.link)"]
        case .neighbour(let neighbour):
            [
                "\(neighbour.namespace.ip) neigh replace \(neighbour.address) lladdr \(neighbour.mac) "
                    + "dev \(neighbour.link) nud permanent protocol \(ownProtocol)"
            ]
        case .forwarding(let entry):
            [entry.command(entry.isDefault ? "append" : "replace") + (entry.holder == .link ? " permanent" : " static")]
        case .route(let route): ["\(route.namespace.ip) route add \(route.words)"]
        case .routingRule(let rule): [rule.command("add")]
        case .file(let file): ["install -D -m 644 /dev/stdin \(file.path)"]
        }
    }

    fileprivate func changing(from old: KernelObject) -> [String] {
        switch (old, self) {
        case (.link(let old), .link(let new)): old.changing(to: new)
        case (.port(let old), .port(let new)): old.changing(to: new)
        case (.route, .route(let route)): ["\(route.namespace.ip) route replace \(route.words)"]
        case (.rule, .rule): old.deletion + creation
        default: creation
        }
    }

    fileprivate var deletion: [String] {
        switch self {
        case .table(let table): table.isNative ? ["\(table.nft) delete table \(table.idName)"] : []
        case .chain(let chain): chain.deletion
        case .set(let set): ["\(set.table.nft) delete \(set.noun) \(set.table.idName) \(set.name)"]
        // nft takes a rule's handle, which only the kernel knows.
        case .native: []
        case .element(let element): [element.command("delete", element.bare)]
        case .rule(let rule): ["\(rule.table.command) -D \(rule.specification)"]
        case .namespace(let namespace): ["ip netns delete \(namespace.name)"]
        case .link(let link): ["\(link.namespace.ip) link delete \(link.name)"]
        case .port(let port): port.deletion
        case .qdisc(let qdisc): ["\(qdisc.namespace.tc) qdisc delete dev \(qdisc.link) clsact"]
        case .filter(let filter): ["\(filter.namespace.tc) filter delete dev \(filter.link) egress"]
        case .sysctl: []
        case .up(let up): ["\(up.namespace.ip) link set \(up.link) down"]
        case .address(let address): ["\(address.namespace.ip) addr delete \(address.address) dev \(address.link)"]
        case .neighbour(let neighbour):
            ["\(neighbour.namespace.ip) neigh delete \(neighbour.address) dev \(neighbour.link)"]
        case .forwarding(let entry): [entry.command("delete")]
        case .route(let route): ["\(route.namespace.ip) route delete \(route.words)"]
        case .routingRule(let rule): [rule.command("delete")]
        case .file(let file): ["rm \(file.path)"]
        }
    }
}

extension Namespace {
    /// `ip`, pointed at the namespace.
    var ip: String {
        switch self {
        case .host: "ip"
        case .named(let name): "ip -n \(name)"
        case .path: "\(run)ip"
        }
    }
    /// `bridge`, pointed at the namespace.
    var bridge: String {
        switch self {
        case .host: "bridge"
        case .named(let name): "bridge -n \(name)"
        case .path: "\(run)bridge"
        }
    }
    /// `tc`, pointed at the namespace.
    fileprivate var tc: String {
        switch self {
        case .host: "tc"
        case .named(let name): "tc -n \(name)"
        case .path: "\(run)tc"
        }
    }
    /// What runs another command in the namespace.
    fileprivate var run: String {
        switch self {
        case .host: ""
        case .named(let name): "ip netns exec \(name) "
        case .path(let path): "nsenter --net=\(path) "
        }
    }
}

extension Route {
    fileprivate var words: String {
        "\(destination)" + (gateway.map { " via \($0)" } ?? "") + " dev \(link) proto \(ownProtocol)"
            + (metric.map { " metric \($0)" } ?? "") + (source.map { " src \($0)" } ?? "")
            + (table.map { " table \($0)" } ?? "")
    }
}

extension RoutingRule {
    fileprivate func command(_ verb: String) -> String {
        "\(namespace.ip)\(family == .v6 ? " -6" : "") rule \(verb) \(words) protocol \(ownProtocol)"
    }
}

extension ForwardingEntry {
    fileprivate func command(_ verb: String) -> String {
        "\(namespace.bridge) fdb \(verb) dev \(link) \(words)" + (holder == .link ? " self" : "")
    }
}

extension Chain {
    fileprivate var creation: [String] {
        guard table.isNative else { return hook == nil ? ["\(table.command) -N \(name)"] : [] }
        let hook = hook.map { hook in
            " '{ type \(hook.type) hook \(hook.name) priority \(hook.priority); }'"
        }
        return ["\(table.nft) add chain \(table.idName) \(name)\(hook ?? "")"]
    }

    fileprivate var deletion: [String] {
        guard table.isNative else { return hook == nil ? ["\(table.command) -X \(name)"] : [] }
        return ["\(table.nft) delete chain \(table.idName) \(name)"]
    }
}

extension Element {
    /// Without what `nft delete` has no use for.
    fileprivate var bare: Element { Element(of: set, key, comment: nil) }

    fileprivate func command(_ verb: String, _ element: Element) -> String {
        "\(set.table.nft) \(verb) element \(set.table.idName) \(set.name) '{ \(element.specification) }'"
    }
}

extension Table {
    /// Whether it is a table of our own rather than of iptables.
    fileprivate var isNative: Bool { name == NftablesTable.name }

    fileprivate var nft: String { "\(namespace.run)nft" }

    fileprivate var command: String { "\(namespace.run)\(family == .v4 ? "iptables" : "ip6tables") -t \(name)" }
}
