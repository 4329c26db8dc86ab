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
        case .table(let table): table.isNative ? ["nft add table \(table.idName)"] : []
        case .chain(let chain): chain.creation
        case .set(let set): ["nft add \(set.noun) \(set.table.idName) \(set.name) '\(set.specification)'"]
        case .native(let rule): ["nft add rule \(rule.table.idName) \(rule.specification)"]
        case .element(let element): [element.command("add", element)]
        case .rule(let rule): ["\(rule.table.command) \(rule.insertion)"]
        case .namespace(let namespace):
            ["ip netns add \(namespace.name)"]
                + (namespace.isLoopbackUp ? ["ip -n \(namespace.name) link set lo up"] : [])
                + ["ip -n \(namespace.name) link set lo alias \(namespace.alias)"]
        case .link(let link): link.creation
        case .port(let port):
            ["\(port.namespace.ip) link set \(port.link) master \(port.bridge)"]
                + (port.isHairpin ? ["\(port.namespace.ip) link set \(port.link) type bridge_slave hairpin on"] : [])
        case .qdisc(let qdisc): ["\(qdisc.namespace.tc) qdisc add dev \(qdisc.link) clsact"]
        // tc takes a program from a file or a bpf file system, and there is neither.
        case .filter: []
        case .sysctl(let sysctl): ["\(sysctl.namespace.run)sysctl -w \(sysctl.dotted)=\(sysctl.value)"]
        case .up(let up): ["\(up.namespace.ip) link set \(up.link) up"]
        case .address(let address): ["\(address.namespace.ip) addr add \(address.address) dev \(address.link)"]
        case .route(let route): ["\(route.namespace.ip) route add \(route.words)"]
        case .file(let file): ["install -D -m 644 /dev/stdin \(file.path)"]
        }
    }

    fileprivate func changing(from old: KernelObject) -> [String] {
        switch (old, self) {
        case (.link(let old), .link(let new)): old.changing(to: new)
        case (.route, .route(let route)): ["\(route.namespace.ip) route replace \(route.words)"]
        default: creation
        }
    }

    fileprivate var deletion: [String] {
        switch self {
        case .table(let table): table.isNative ? ["nft delete table \(table.idName)"] : []
        case .chain(let chain): chain.deletion
        case .set(let set): ["nft delete \(set.noun) \(set.table.idName) \(set.name)"]
        // nft takes a rule's handle, which only the kernel knows.
        case .native: []
        case .element(let element): [element.command("delete", element.bare)]
        case .rule(let rule): ["\(rule.table.command) -D \(rule.specification)"]
        case .namespace(let namespace): ["ip netns delete \(namespace.name)"]
        case .link(let link): ["\(link.namespace.ip) link delete \(link.name)"]
        case .port(let port): ["\(port.namespace.ip) link set \(port.link) nomaster"]
        case .qdisc(let qdisc): ["\(qdisc.namespace.tc) qdisc delete dev \(qdisc.link) clsact"]
        case .filter(let filter): ["\(filter.namespace.tc) filter delete dev \(filter.link) egress"]
        case .sysctl: []
        case .up(let up): ["\(up.namespace.ip) link set \(up.link) down"]
        case .address(let address): ["\(address.namespace.ip) addr delete \(address.address) dev \(address.link)"]
        case .route(let route): ["\(route.namespace.ip) route delete \(route.words)"]
        case .file(let file): ["rm \(file.path)"]
        }
    }
}

extension Link {
    fileprivate var creation: [String] {
        let own = "\(namespace.ip) link add \(name)" + (mac.map { " address \($0)" } ?? "") + " mtu \(mtu)"
        let kindWords =
            switch kind {
            case .bridge: " type bridge"
            case .veth(let peer):
                " type veth peer name \(peer.name)" + (peer.mac.map { " address \($0)" } ?? "")
                    + (peer.namespace == .host ? "" : " netns \(peer.namespace)")
            }
        return [
            "\(own)\(kindWords)",
            "\(namespace.ip) link set \(name) alias \(alias) group \(group)\(hasNeighbours ? "" : " arp off")",
        ]
            + (alternativeName.map { ["\(namespace.ip) link property add dev \(name) altname \($0)"] } ?? [])
    }

    fileprivate func changing(to new: Link) -> [String] {
        var words: [String] = []
        if mtu != new.mtu { words += ["mtu", "\(new.mtu)"] }
        if mac != new.mac, let mac = new.mac { words += ["address", "\(mac)"] }
        if alias != new.alias { words += ["alias", new.alias] }
        if group != new.group { words += ["group", "\(new.group)"] }
        if hasNeighbours != new.hasNeighbours { words += ["arp", new.hasNeighbours ? "on" : "off"] }
        var commands = words.isEmpty ? [] : ["\(namespace.ip) link set \(name) \(words.joined(separator: " "))"]
        if let peer = new.peer, let mac = peer.mac, mac != self.peer?.mac {
            commands.append("\(peer.namespace.ip) link set \(peer.name) address \(mac)")
        }
        if let peer = new.peer, mtu != new.mtu {
            commands.append("\(peer.namespace.ip) link set \(peer.name) mtu \(new.mtu)")
        }
        if alternativeName != new.alternativeName, let altname = new.alternativeName {
            commands.append("\(namespace.ip) link property add dev \(name) altname \(altname)")
        }
        return commands
    }
}

extension Namespace {
    /// `ip`, pointed at the namespace.
    fileprivate var ip: String { self == .host ? "ip" : "ip -n \(self)" }
    /// `tc`, pointed at the namespace.
    fileprivate var tc: String { self == .host ? "tc" : "tc -n \(self)" }
    /// What runs another command in the namespace.
    fileprivate var run: String { self == .host ? "" : "ip netns exec \(self) " }
}

extension Route {
    fileprivate var words: String {
        "\(destination)" + (gateway.map { " via \($0)" } ?? "") + " dev \(link) proto \(ownProtocol)"
    }
}

extension Chain {
    fileprivate var creation: [String] {
        guard table.isNative else { return hook == nil ? ["\(table.command) -N \(name)"] : [] }
        let hook = hook.map { hook in
            " '{ type \(hook.type) hook \(hook.name) priority \(hook.priority); }'"
        }
        return ["nft add chain \(table.idName) \(name)\(hook ?? "")"]
    }

    fileprivate var deletion: [String] {
        guard table.isNative else { return hook == nil ? ["\(table.command) -X \(name)"] : [] }
        return ["nft delete chain \(table.idName) \(name)"]
    }
}

extension Element {
    /// Without what `nft delete` has no use for.
    fileprivate var bare: Element { Element(of: set, key, comment: nil) }

    fileprivate func command(_ verb: String, _ element: Element) -> String {
        "nft \(verb) element \(set.table.idName) \(set.name) '{ \(element.specification) }'"
    }
}

extension Table {
    /// Whether it is a table of our own rather than of iptables.
    fileprivate var isNative: Bool { name == NftablesTable.name }

    fileprivate var command: String { "\(family == .v4 ? "iptables" : "ip6tables") -t \(name)" }
}
