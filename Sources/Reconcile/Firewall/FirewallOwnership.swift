import Addressing
import Planning
import Topology

extension FirewallObservation {
    /// The topologies that have rules or elements.
    var topologies: Set<String> {
        Set(rules.compactMap { $0.rule == nil ? nil : $0.topology } + elements.compactMap(\.topology))
            .subtracting([OwnershipMark.sharedTopology])
    }

    /// The rules, doubled ones included, and elements that carry the mark of `topology`; and those of the bridge that topologies
    /// share, if no other topology has an endpoint on it.
    func owned(by topology: String) -> [KernelObject] {
        let owners = hasSharedBridgeInUse(exceptBy: topology) ? [topology] : [topology, OwnershipMark.sharedTopology]
        return rules.filter { $0.topology == topology }.compactMap { $0.rule.map { .rule($0) } }
            + elements.filter { $0.topology.map { owners.contains($0) } ?? false }
            .compactMap { $0.element.map { .element($0) } }
    }

    private func hasSharedBridgeInUse(exceptBy topology: String) -> Bool {
        let shared = elements.filter { $0.topology == OwnershipMark.sharedTopology }
        let bridges = Set(shared.flatMap { $0.element?.interfaces ?? [] })
        return elements.contains { observed in
            guard let owner = observed.topology, owner != topology, owner != OwnershipMark.sharedTopology else {
                return false
            }
            return observed.element?.interfaces.contains { bridges.contains($0) } ?? false
        }
    }

    /// The firewall that the rules and elements of `topology` belong to.
    func kind(of topology: String) -> FirewallKind? {
        if elements.contains(where: { $0.topology == topology }) { return .nftables }
        return rules.contains { $0.rule != nil && $0.topology == topology } ? .iptables : nil
    }

    /// What there is of tables, built-in chains, our chains and the jumps to them, whoever made it; of our own tables also sets,
    /// rules, and elements that belong to all topologies or carry no mark.
    ///
    /// This is the part of `IptablesFirewall.plumbing` and `NftablesFirewall.plumbing` that exists, and doubled rules.
    var plumbing: [KernelObject] {
        nativePlumbing + iptablesPlumbing
    }

    private var nativePlumbing: [KernelObject] {
        let known = NativePlumbing.all
        return tables.keys.filter { known.tables.contains($0) }.map { .table($0) }
            + chains.values.filter { known.chains.contains($0.chain.id) }.map { .chain($0.chain) }
            + sets.values.compactMap { $0.set.map { .set($0) } } + rules.compactMap { $0.native.map { .native($0) } }
            + elements.filter { $0.topology == nil || $0.topology == OwnershipMark.sharedTopology }
            .compactMap { $0.element.map { .element($0) } }
    }

    private var iptablesPlumbing: [KernelObject] {
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
        rule.isMisplaced = false
        return jumps.contains(rule)
    }
}
