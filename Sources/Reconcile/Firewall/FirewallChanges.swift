import Netlink
import Planning

/// What a plan changes in a rule set, and the messages that do it.
struct FirewallChanges {
    private let observation: FirewallObservation
    private var newTables: [Table] = []
    private var newChains: [Chain] = []
    private var newRules: [Rule] = []
    private var goneTables: Set<Table> = []
    private var goneChains: [Chain] = []
    private var goneRules: Set<FirewallObservation.ObservedRule> = []

    init(_ operations: [Operation<KernelObject>], on observation: FirewallObservation) throws(FirewallError) {
        self.observation = observation
        var rules: [Rule: FirewallObservation.ObservedRule] = [:]
        for observed in observation.rules {
            if let rule = observed.rule { rules[rule] = observed }
        }
        for operation in operations {
            switch operation {
            case .delete(.table(let table)) where observation.tables[table] != nil: goneTables.insert(table)
            case .delete(.chain(let chain)) where observation.chains[chain.id] != nil: goneChains.append(chain)
            case .delete(.rule(let rule)):
                if let observed = rules[rule] { goneRules.insert(observed) }
            case .create(.table(let table)) where observation.tables[table] == nil: newTables.append(table)
            case .create(.chain(let chain)), .update(_, .chain(let chain)): try add(chain)
            case .create(.rule(let rule)) where rules[rule] == nil: newRules.append(rule)
            default: break
            }
        }
    }

    private mutating func add(_ chain: Chain) throws(FirewallError) {
        guard let observed = observation.chains[chain.id] else { return newChains.append(chain) }
        guard observed.chain.hook == chain.hook else { throw .otherHook(observed.chain) }
    }

    /// Dependents are deleted first and made last; a table or chain is deleted only when nothing is left in it.
    var requests: [Request] {
        let emptied = removableChains
        let chainsIn = Dictionary(grouping: emptied, by: \.table).mapValues(\.count)
        let tables = goneTables.filter { table in
            observation.tables[table]?.use == chainsIn[table, default: 0] && !newChains.contains { $0.table == table }
        }
        return goneRuleRequests
            + emptied.sorted { $0.id < $1.id }.map { Request.deleteChain(.init($0)) }
            + tables.sorted().map { Request.deleteTable(.init($0)) }
            + newTables.sorted().map { Request.addTable(.init($0)) }
            + newChains.sorted { $0.id < $1.id }.map { Request.addChain(.init($0)) }
            + newRuleRequests
    }

    private var goneRuleRequests: [Request] {
        observation.rules.filter { goneRules.contains($0) }.map { observed in
            Request.deleteRule(
                .init(observed.table.family), table: observed.table.name, chain: observed.chain,
                handle: observed.handle, subject: observed.rule.map { "\(KernelObject.rule($0))" } ?? "rule")
        }
    }

    private var removableChains: [Chain] {
        var uses: [ObjectID: Int] = [:]
        for observed in goneRules {
            uses[Chain.id(observed.table, observed.chain), default: 0] += 1
            if let destination = observed.destination { uses[Chain.id(observed.table, destination), default: 0] += 1 }
        }
        let needed = Set(newRules.flatMap(\.requires))
        return goneChains.filter { chain in
            observation.chains[chain.id]?.use == uses[chain.id, default: 0] && !needed.contains(chain.id)
        }
    }

    private var newRuleRequests: [Request] {
        let staying = Dictionary(grouping: observation.rules.filter { !goneRules.contains($0) }) {
            Chain.id($0.table, $0.chain)
        }
        let byChain = Dictionary(grouping: newRules) { Chain.id($0.table, $0.chain) }
        return byChain.sorted { $0.key < $1.key }.flatMap { id, rules in
            RulePlacement(of: rules, among: staying[id] ?? []).requests
        }
    }
}

extension Netfilter.Table {
    init(_ table: Table) {
        self.init(Netfilter.Family(table.family), table.name, userData: FirewallObservation.mark)
    }
}

extension Netfilter.Chain {
    init(_ chain: Chain) {
        let hook = chain.hook.map { Hook(type: $0.type, number: $0.number, priority: $0.priority) }
        // Our own chains are known by their names.
        self.init(
            Netfilter.Family(chain.table.family), table: chain.table.name, chain.name, hook: hook,
            userData: hook == nil ? Netfilter.UserData() : FirewallObservation.mark)
    }
}
