extension KernelObject {
    /// The same object for one that takes the namespace `source` for `target`: with all that it says of others, such as a pair's
    /// other end.
    ///
    /// Drivers make everything as if on the host that it is for, in `Namespace.host`; where a namespace stands for that host,
    /// this moves it there. Files and the namespaces themselves are the machine's, and change only their names.
    public func relocated(from source: Namespace, to target: Namespace) -> KernelObject {
        guard source != target else { return self }
        let move = Relocation(source: source, target: target)
        return switch self {
        case .table(let table): .table(move(table))
        case .chain(let chain): .chain(move(chain, \.table))
        case .rule(let rule): .rule(move(rule, \.table))
        case .set(let set): .set(move(set))
        case .native(let rule): .native(move(rule))
        case .element(let element): .element(move(element, \.set.table))
        case .namespace(let namespace): .namespace(move(namespace))
        case .link(let link): .link(move(link))
        case .port(let port): .port(move(port, \.namespace))
        case .qdisc(let qdisc): .qdisc(move(qdisc, \.namespace))
        case .filter(let filter): .filter(move(filter, \.namespace))
        case .sysctl(let sysctl): .sysctl(move(sysctl, \.namespace))
        case .up(let up): .up(move(up))
        case .address(let address): .address(move(address, \.namespace))
        case .neighbour(let neighbour): .neighbour(move(neighbour, \.namespace))
        case .forwarding(let entry): .forwarding(move(entry, \.namespace))
        case .route(let route): .route(move(route, \.namespace))
        case .routingRule(let rule): .routingRule(move(rule, \.namespace))
        case .file(let file): .file(move(file))
        }
    }
}

extension Operation<KernelObject> {
    /// The same step for objects that are relocated.
    public func relocated(from source: Namespace, to target: Namespace) -> Self {
        guard source != target else { return self }
        func move(_ object: KernelObject) -> KernelObject { object.relocated(from: source, to: target) }
        return switch self {
        case .create(let object): .create(move(object))
        case .update(let old, let new): .update(from: move(old), to: move(new))
        case .delete(let object): .delete(move(object))
        }
    }
}

extension State<KernelObject> {
    /// The state of the same objects, relocated.
    public func relocated(from source: Namespace, to target: Namespace) -> Self {
        Self(objects.values.map { $0.relocated(from: source, to: target) })
    }
}

/// One namespace in the place of another.
private struct Relocation {
    let source: Namespace
    let target: Namespace

    func callAsFunction(_ namespace: Namespace) -> Namespace { namespace == source ? target : namespace }

    func callAsFunction<Object>(_ object: Object, _ namespace: WritableKeyPath<Object, Namespace>) -> Object {
        var copy = object
        copy[keyPath: namespace] = self(object[keyPath: namespace])
        return copy
    }

    func callAsFunction<Object>(_ object: Object, _ table: WritableKeyPath<Object, Table>) -> Object {
        var copy = object
        copy[keyPath: table] = self(object[keyPath: table])
        return copy
    }

    func callAsFunction(_ table: Table) -> Table { self(table, \.namespace) }

    func callAsFunction(_ set: NamedSet) -> NamedSet { self(set, \.table) }

    func callAsFunction(_ rule: NativeRule) -> NativeRule {
        var copy = self(rule, \.table)
        copy.steps = rule.steps.map { step in
            switch step {
            case .isIn(let selectors, let set): .isIn(selectors, self(set))
            case .verdict(let selectors, let map): .verdict(selectors, self(map))
            case .destination(let selectors, let map): .destination(selectors, self(map))
            case .source(let selectors, let map): .source(selectors, self(map))
            case .isReply, .isTranslated, .isToLocalAddress, .isNotInput, .isOutput, .isWithin, .sourceAddress,
                .masquerade,
                .accept, .drop, .jump:
                step
            }
        }
        return copy
    }

    func callAsFunction(_ link: Link) -> Link {
        var copy = self(link, \.namespace)
        copy.lower = link.lower.map { self($0, \.namespace) }
        if case .veth(let peer) = link.kind { copy.kind = .veth(peer: self(peer, \.namespace)) }
        return copy
    }

    func callAsFunction(_ up: LinkUp) -> LinkUp {
        var copy = self(up, \.namespace)
        copy.after = up.after.map { $0.kind == .file ? $0 : self($0, \.namespace) }
        return copy
    }

    func callAsFunction(_ namespace: NamespaceObject) -> NamespaceObject {
        var copy = namespace
        copy.name = name(of: namespace.name)
        return copy
    }

    func callAsFunction(_ file: ConfigurationFile) -> ConfigurationFile {
        var copy = file
        copy.container = name(of: file.container)
        return copy
    }

    /// The name of what is called `name`; the host has none to give.
    private func name(of name: String) -> String {
        guard case .named(let other) = self(.named(name)) else { return name }
        return other
    }
}
