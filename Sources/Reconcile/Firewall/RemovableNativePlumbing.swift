import Addressing
import Planning

extension FirewallObservation {
    /// What of our own tables nobody needs any more once the elements of `topology` are gone.
    ///
    /// It is nothing as long as another topology has elements in the same family. What others keep in our tables stays, with
    /// all that it needs.
    func removableNativePlumbing(withoutElementsOf topology: String) -> [KernelObject] {
        NativePlumbing.all.tables.sorted().flatMap { table -> [KernelObject] in
            guard let there = tables[table] else { return [] }
            let elements = elements.filter { $0.set.table == table }
            let others = elements.compactMap(\.topology).filter { $0 != OwnershipMark.sharedTopology }
            guard others.allSatisfy({ $0 == topology }) else { return [] }
            let rules = rules.filter { $0.table == table }
            let staying = Set(rules.filter { $0.native == nil }.map(\.chain))
            let going = rules.filter { rule in
                rule.native != nil && !(rule.destination.map { staying.contains($0) } ?? false)
            }
            let uses = going.reduce(into: [ObjectID: Int]()) { $1.countUses(in: &$0) }
            let chains = chains.values.filter { observed in
                observed.chain.table == table && NativePlumbing.all.chains.contains(observed.chain.id)
                    && observed.accepts && observed.use == uses[observed.chain.id, default: 0]
            }
            let sets = removableSets(
                of: sets.values.compactMap(\.set).filter { $0.table == table },
                without: Set(elements.filter { $0.topology != nil }.compactMap { $0.element?.id }),
                Set(going))
            let isEmpty = there.isOurs && there.use == chains.count + sets.count
            return going.compactMap { $0.native.map { .native($0) } } + chains.map { .chain($0.chain) }
                + sets.map { .set($0) } + (isEmpty ? [.table(table)] : [])
        }
    }

    /// Those of `sets` in which nothing is left once `elements` are gone, and that no rule needs but those that go.
    func removableSets(
        of sets: [NamedSet], without gone: Set<ObjectID>, _ goneRules: Set<ObservedRule>
    ) -> [NamedSet] {
        let full = Set(
            elements.filter { observed in observed.element.map { !gone.contains($0.id) } ?? true }.map(\.set.id))
        var needed: Set<ObjectID> = []
        for rule in rules where !goneRules.contains(rule) {
            needed.formUnion(rule.sets.map { NamedSet.id(rule.table, $0) })
        }
        return sets.filter { NativePlumbing.all.sets[$0.id] == $0 && !full.contains($0.id) && !needed.contains($0.id) }
    }
}

extension FirewallObservation.ObservedRule {
    /// Counts the rule's place in its chain, and its way to another, as the kernel does (`NFTA_CHAIN_USE`).
    func countUses(in uses: inout [ObjectID: Int]) {
        uses[Chain.id(table, chain), default: 0] += 1
        if let destination { uses[Chain.id(table, destination), default: 0] += 1 }
    }
}
