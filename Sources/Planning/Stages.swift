/// A part of a plan that is sent without waiting in between.
///
/// Within a stage everything that goes through one channel keeps its order, and nothing depends on another channel.
public struct Stage: Hashable, Sendable {
    /// Where an operation takes effect; the order within one channel is kept.
    public enum Channel: Hashable, Sendable {
        /// The one transaction of a namespace's firewall.
        case firewall(Namespace)
        /// Creation and deletion of namespaces.
        case namespaces
        /// Files below `/etc/netns`.
        case files
        /// Values under `/proc/sys` of a namespace.
        case sysctls(Namespace)
        /// The routing socket of a namespace.
        case routing(Namespace)
    }

    /// The operations by channel.
    public internal(set) var operations: [Channel: [Operation<KernelObject>]] = [:]

    init() {}

    /// The stage of `operations`, of which none depends on one in another channel.
    init(_ operations: [Operation<KernelObject>]) { self.operations = Dictionary(grouping: operations, by: \.channel) }

    /// How many operations there are.
    public var count: Int { operations.values.reduce(0) { $0 + $1.count } }
}

extension Plan<KernelObject> {
    /// The plan cut into stages.
    ///
    /// The firewall comes first, as one transaction per namespace: on the way up no network is open before its rules are there,
    /// and on the way down no packet of a translated connection finds its translation gone but its route still there. A
    /// simulated host that is new gets its rules before anything else is in it.
    public var stages: [Stage] {
        let new = newHosts
        let firewall = operations.filter { $0.ruleSet != nil }
        let rest = operations.filter { $0.ruleSet == nil }
        let early = rest.filter { !new.isEmpty && $0.channel == .namespaces && !$0.isDeletion }
        let others = rest.filter { !$0.isDeletion && (new.isEmpty || $0.channel != .namespaces) }
        return
            ([Stage(firewall.filter { !new.contains($0.ruleSet) })]
            + cut(rest.filter(\.isDeletion), after: dependents(of:))
            + [Stage(early), Stage(firewall.filter { new.contains($0.ruleSet) })]
            + cut(others, after: requirements(of:)))
            .filter { $0.count > 0 }
    }

    /// Namespaces that the plan makes, and that have a firewall.
    private var newHosts: Set<Namespace?> {
        let named = Set(operations.compactMap(\.ruleSet)).subtracting([.host])
        return Set(
            operations.compactMap { operation in
                guard case .create(.namespace(let object)) = operation else { return nil }
                let namespace = Namespace.named(object.name)
                return named.contains(namespace) ? namespace : nil
            })
    }

    private typealias Dependencies = ([Operation<KernelObject>]) -> [[Int]]

    /// Puts each operation into the first stage that comes after all that it depends on.
    ///
    /// What it depends on in its own channel may be in the same stage, since the order there is kept.
    private func cut(_ operations: [Operation<KernelObject>], after dependencies: Dependencies) -> [Stage] {
        let dependencies = dependencies(operations)
        var stages: [Stage] = []
        var stageOf: [Int] = []
        for (index, operation) in operations.enumerated() {
            let channel = operation.channel
            let stage = dependencies[index].reduce(0) { earliest, dependency in
                max(earliest, stageOf[dependency] + (operations[dependency].channel == channel ? 0 : 1))
            }
            stageOf.append(stage)
            while stages.count <= stage { stages.append(Stage()) }
            stages[stage].operations[channel, default: []].append(operation)
        }
        return stages
    }

    /// For each creation or change, the earlier ones that it requires.
    private func requirements(of operations: [Operation<KernelObject>]) -> [[Int]] {
        let place = places(of: operations)
        return operations.enumerated().map { index, operation in
            operation.object.requires.compactMap { place[$0] }.filter { $0 < index }
        }
    }

    /// For each deletion, the earlier ones of what requires it.
    private func dependents(of operations: [Operation<KernelObject>]) -> [[Int]] {
        let place = places(of: operations)
        var result = [[Int]](repeating: [], count: operations.count)
        for (index, operation) in operations.enumerated() {
            for required in operation.object.requires.compactMap({ place[$0] }) where required > index {
                result[required].append(index)
            }
        }
        return result
    }

    private func places(of operations: [Operation<KernelObject>]) -> [ObjectID: Int] {
        var place: [ObjectID: Int] = [:]
        for (index, operation) in operations.enumerated() {
            for identity in operation.object.identities { place[identity] = index }
        }
        return place
    }
}

extension Operation<KernelObject> {
    /// Where the operation takes effect.
    public var channel: Stage.Channel {
        switch object {
        case .table(let table): .firewall(table.namespace)
        case .chain(let chain): .firewall(chain.table.namespace)
        case .rule(let rule): .firewall(rule.table.namespace)
        case .set(let set): .firewall(set.table.namespace)
        case .native(let rule): .firewall(rule.table.namespace)
        case .element(let element): .firewall(element.set.table.namespace)
        case .namespace: .namespaces
        case .file: .files
        case .sysctl(let sysctl): .sysctls(sysctl.namespace)
        case .link(let link): .routing(link.namespace)
        case .port(let port): .routing(port.namespace)
        case .qdisc(let qdisc): .routing(qdisc.namespace)
        case .filter(let filter): .routing(filter.namespace)
        case .up(let up): .routing(up.namespace)
        case .address(let address): .routing(address.namespace)
        case .neighbour(let neighbour): .routing(neighbour.namespace)
        case .forwarding(let entry): .routing(entry.namespace)
        case .route(let route): .routing(route.namespace)
        case .routingRule(let rule): .routing(rule.namespace)
        }
    }

    /// Whose rule set it changes, if it changes one.
    fileprivate var ruleSet: Namespace? {
        if case .firewall(let namespace) = channel { namespace } else { nil }
    }

    var isDeletion: Bool {
        if case .delete = self { true } else { false }
    }
}
