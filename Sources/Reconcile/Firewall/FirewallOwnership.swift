import Addressing
import Planning

extension FirewallObservation {
    /// The topologies that have rules.
    var topologies: Set<String> { Set(rules.compactMap { $0.rule == nil ? nil : $0.topology }) }

    /// The rules that carry the mark of `topology`, doubled ones included.
    func owned(by topology: String) -> [KernelObject] {
        rules.filter { $0.topology == topology }.compactMap { $0.rule.map { .rule($0) } }
    }

    /// What there is of tables, built-in chains, our chains and the jumps to them, whoever made it.
    ///
    /// This is the part of `IptablesFirewall.plumbing` that exists, and doubled jumps.
    var plumbing: [KernelObject] {
        let known = Plumbing.all
        return tables.values.map { .table($0.table) }.filter { known.ids.contains($0.id) }
            + chains.values.map { .chain($0.chain) }.filter { known.ids.contains($0.id) }
            + rules.filter { known.contains($0) }.compactMap { $0.rule.map { .rule($0) } }
    }
}

/// What all topologies share, to be recognised in what there is.
struct Plumbing {
    /// The identities of tables and chains.
    let ids: Set<ObjectID>
    /// The identities of the chains of iptables among them.
    let builtInChains: Set<ObjectID>
    /// The jumps.
    private let jumps: Set<Rule>

    /// That of both families.
    static let all = Plumbing(of: IPFamily.allCases)

    private init(of families: [IPFamily]) {
        let objects = families.flatMap { IptablesFirewall.plumbing($0) }
        ids = Set(objects.map(\.id))
        builtInChains = Set(
            objects.compactMap { object in
                if case .chain(let chain) = object, chain.hook != nil { chain.id } else { nil }
            })
        jumps = Set(
            objects.compactMap { object in
                if case .rule(let rule) = object { rule } else { nil }
            })
    }

    /// Whether the rule is one of the jumps, or doubles one.
    func contains(_ observed: FirewallObservation.ObservedRule) -> Bool {
        guard var rule = observed.rule else { return false }
        rule.occurrence = 0
        return jumps.contains(rule)
    }
}
