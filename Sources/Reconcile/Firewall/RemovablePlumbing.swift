import Addressing
import Planning

extension FirewallObservation {
    /// What of the shared tables, chains and jumps nobody needs any more once the rules of `topology` are gone.
    ///
    /// It is nothing as long as another topology has rules in the same family. Otherwise our chains go, unless others have put
    /// rules into them or lead to them; and so do the built-in chains and tables that we made, if all that is left in them is
    /// ours and the chain lets pass what comes to its end.
    func removablePlumbing(withoutRulesOf topology: String) -> [KernelObject] {
        removableNativePlumbing(withoutElementsOf: topology) + removableIptablesPlumbing(withoutRulesOf: topology)
    }

    private func removableIptablesPlumbing(withoutRulesOf topology: String) -> [KernelObject] {
        IPFamily.allCases.flatMap { family -> [KernelObject] in
            let rules = rules.filter {
                $0.table.family == family && !NativePlumbing.all.tables.contains($0.table)
            }
            guard !rules.contains(where: { $0.topology != nil && $0.topology != topology }) else { return [] }
            return Removal(of: topology, from: self, rules: rules, family).objects
        }
    }
}

/// The search for what of one family's plumbing can go.
private struct Removal {
    private let observation: FirewallObservation
    private let family: IPFamily
    /// Rules that go, by themselves or with the topology; all others are somebody's.
    private var going: [FirewallObservation.ObservedRule] = []
    private var jumps: [FirewallObservation.ObservedRule] = []

    init(
        of topology: String, from observation: FirewallObservation, rules: [FirewallObservation.ObservedRule],
        _ family: IPFamily
    ) {
        self.observation = observation
        self.family = family
        let own = rules.filter { $0.rule != nil && $0.topology == topology }
        let staying = rules.filter { ($0.rule == nil || $0.topology != topology) && !Plumbing.all.contains($0) }
        jumps = rules.filter { Plumbing.all.contains($0) }
        keepJumps(into: Set(staying.map { Chain.id($0.table, $0.chain) }))
        going = own + jumps
    }

    /// Keeps the jumps that lead to rules that stay, from wherever they can be reached.
    private mutating func keepJumps(into needed: Set<ObjectID>) {
        var needed = needed
        while true {
            let kept = jumps.filter { jump in
                jump.destination.map { needed.contains(Chain.id(jump.table, $0)) } ?? false
            }
            guard !kept.isEmpty else { return }
            jumps.removeAll { kept.contains($0) }
            needed.formUnion(kept.map { Chain.id($0.table, $0.chain) })
        }
    }

    var objects: [KernelObject] {
        var uses: [ObjectID: Int] = [:]
        for rule in going { rule.countUses(in: &uses) }
        let chains = observation.chains.values.filter { observed in
            let chain = observed.chain
            return chain.table.family == family && Plumbing.all.ids.contains(chain.id)
                && observed.use == uses[chain.id, default: 0]
                && (Plumbing.all.builtInChains.contains(chain.id)
                    ? observed.isOurs && observed.accepts : chain.hook == nil)
        }
        let tables = observation.tables.values.filter { observed in
            observed.table.family == family && Plumbing.all.ids.contains(observed.table.id) && observed.isOurs
                && observed.use == chains.count { $0.chain.table == observed.table }
        }
        return tables.map { .table($0.table) } + chains.map { .chain($0.chain) }
            + jumps.compactMap { $0.rule.map { .rule($0) } }
    }
}
