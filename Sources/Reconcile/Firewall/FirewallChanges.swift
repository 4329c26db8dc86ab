import Netlink
import Planning

/// What a plan changes in a rule set, and the messages that do it.
struct FirewallChanges {
    private let observation: FirewallObservation
    private var newTables: [Table] = []
    private var newChains: [Chain] = []
    private var newRules: [Rule] = []
    private var newSets: [NamedSet] = []
    private var newNativeRules: [NativeRule] = []
    private var newElements: [Element] = []
    private var goneTables: Set<Table> = []
    private var goneChains: [Chain] = []
    private var goneRules: Set<FirewallObservation.ObservedRule> = []
    private var goneSets: [NamedSet] = []
    private var goneElements: [Element] = []

    init(_ operations: [Operation<KernelObject>], on observation: FirewallObservation) throws(FirewallError) {
        self.observation = observation
        var rules: [Rule: FirewallObservation.ObservedRule] = [:]
        var nativeRules: [NativeRule: FirewallObservation.ObservedRule] = [:]
        for observed in observation.rules {
            if let rule = observed.rule { rules[rule.inPlace] = observed }
            if let rule = observed.native { nativeRules[rule.inPlace] = observed }
        }
        let elements = Set(observation.elements.compactMap(\.element))
        for operation in operations {
            switch operation {
            case .delete(.table(let table)) where observation.tables[table] != nil: goneTables.insert(table)
            case .delete(.chain(let chain)) where observation.chains[chain.id] != nil: goneChains.append(chain)
            case .delete(.rule(let rule)):
                if let observed = rules[rule.inPlace] { goneRules.insert(observed) }
            case .create(.table(let table)) where observation.tables[table] == nil: newTables.append(table)
            case .create(.chain(let chain)), .update(_, .chain(let chain)): try add(chain)
            case .create(.rule(let rule)) where rules[rule.inPlace] == nil: newRules.append(rule)
            case .update(_, .rule(let rule)): move(rule, from: rules[rule.inPlace])
            case .delete(.set(let set)) where observation.sets[set.id]?.set == set: goneSets.append(set)
            case .create(.set(let set)), .update(_, .set(let set)): try add(set)
            case .delete(.native(let rule)):
                if let observed = nativeRules[rule.inPlace] { goneRules.insert(observed) }
            case .create(.native(let rule)) where nativeRules[rule.inPlace] == nil: newNativeRules.append(rule)
            case .update(_, .native(let rule)): move(rule, from: nativeRules[rule.inPlace])
            case .delete(.element(let element)) where elements.contains(element): goneElements.append(element)
            case .create(.element(let element)) where !elements.contains(element): newElements.append(element)
            default: break
            }
        }
    }

    /// Makes a rule anew, and deletes it where it stands in the wrong place.
    private mutating func move(_ rule: Rule, from observed: FirewallObservation.ObservedRule?) {
        guard observed?.rule?.isMisplaced ?? true else { return }
        if let observed { goneRules.insert(observed) }
        newRules.append(rule)
    }

    private mutating func move(_ rule: NativeRule, from observed: FirewallObservation.ObservedRule?) {
        guard observed?.native?.isMisplaced ?? true else { return }
        if let observed { goneRules.insert(observed) }
        newNativeRules.append(rule)
    }

    private mutating func add(_ chain: Chain) throws(FirewallError) {
        guard let observed = observation.chains[chain.id] else { return newChains.append(chain) }
        guard observed.chain.hook == chain.hook else { throw .otherHook(observed.chain) }
    }

    private mutating func add(_ set: NamedSet) throws(FirewallError) {
        guard let observed = observation.sets[set.id] else { return newSets.append(set) }
        guard observed.set == set else { throw .otherSet(set) }
    }

    /// Dependents are deleted first and made last; a table or chain is deleted only when nothing is left in it.
    var requests: [Request] {
        let emptied = removableChains
        let chainsIn = Dictionary(grouping: emptied, by: \.table).mapValues(\.count)
        let sets = removableSets
        let setsIn = Dictionary(grouping: sets, by: \.table).mapValues(\.count)
        let tables = goneTables.filter { table in
            observation.tables[table]?.use == chainsIn[table, default: 0] + setsIn[table, default: 0]
                && !newChains.contains { $0.table == table }
        }
        return goneRuleRequests + goneElements.map { $0.deletion }
            + emptied.sorted { $0.id < $1.id }.map { Request.deleteChain(.init($0)) }
            + sets.map { Request.deleteSet(.init($0)) }
            + tables.sorted().map { Request.deleteTable(.init($0)) }
            + newTables.sorted().map { Request.addTable(.init($0)) }
            + newChains.sorted { $0.id < $1.id }.map { Request.addChain(.init($0)) }
            + newSets.enumerated().map { Request.addSet(.init($1), number: UInt32($0) + 1) }
            + newRuleRequests + newElements.map { $0.creation }
    }

    private var goneRuleRequests: [Request] {
        observation.rules.filter { goneRules.contains($0) }.map { observed in
            Request.deleteRule(
                .init(observed.table.family), table: observed.table.name, chain: observed.chain,
                handle: observed.handle, subject: observed.subject)
        }
    }

    private var removableChains: [Chain] {
        var uses: [ObjectID: Int] = [:]
        for observed in goneRules { observed.countUses(in: &uses) }
        let needed = Set(newRules.flatMap(\.requires) + newNativeRules.flatMap(\.requires))
        return goneChains.filter { chain in
            observation.chains[chain.id]?.use == uses[chain.id, default: 0] && !needed.contains(chain.id)
        }
    }

    private var removableSets: [NamedSet] {
        let needed = Set(newNativeRules.flatMap(\.requires) + newElements.flatMap(\.requires))
        return observation.removableSets(
            of: goneSets.filter { !needed.contains($0.id) }, without: Set(goneElements.map(\.id)),
            goneRules)
    }

    private var newRuleRequests: [Request] {
        let staying = Dictionary(grouping: observation.rules.filter { !goneRules.contains($0) }) {
            Chain.id($0.table, $0.chain)
        }
        let byChain = Dictionary(grouping: newRules) { Chain.id($0.table, $0.chain) }
        return byChain.sorted { $0.key < $1.key }.flatMap { id, rules in
            RulePlacement(of: rules, among: staying[id] ?? []).requests
        }
            + Dictionary(grouping: newNativeRules) { Chain.id($0.table, $0.chain) }.sorted { $0.key < $1.key }.flatMap {
                NativePlacement(of: $1, among: staying[$0] ?? []).requests
            }
    }
}

extension Element {
    fileprivate var creation: Request {
        .addElement(.init(self), to: .init(set), subject: "\(KernelObject.element(self))")
    }

    fileprivate var deletion: Request {
        .deleteElement(.init(self), of: .init(set), subject: "\(KernelObject.element(self))")
    }
}

extension FirewallObservation.ObservedRule {
    /// The rule in words that the user knows.
    fileprivate var subject: String {
        let object = rule.map { KernelObject.rule($0) } ?? native.map { KernelObject.native($0) }
        return object.map { "\($0)" } ?? "rule"
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
