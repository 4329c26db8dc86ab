import Netlink
import Planning

/// Rules of others, and of iptables' own chains, that packets of ours meet.
struct ForeignRules: Hashable, Sendable {
    /// A chain, or a set, by its table and its name.
    struct Name: Hashable, Sendable {
        var family: Netfilter.Family
        var table: String
        var name: String
    }

    /// Chains that hook into the path of packets, in the order in which these meet them.
    private(set) var hooks: [Netfilter.Chain]
    /// The names of all chains of their tables.
    private(set) var chains: Set<Name>
    /// The rules of each chain, in order.
    private(set) var rules: [Name: [Netfilter.Rule]]
    /// What is in the sets that stand within rules: `{ established, related }`.
    var literals: [Name: [Netfilter.Element]] = [:]

    /// Picks out what is in the way of packets and is not ours alone.
    init(_ chains: [Netfilter.Chain], _ rules: [Netfilter.Rule]) {
        hooks = chains.filter { $0.seesPackets && !$0.id.isOurs }
            .sorted { ($0.hook?.number ?? 0, $0.hook?.priority ?? 0) < ($1.hook?.number ?? 0, $1.hook?.priority ?? 0) }
        let tables = Set(hooks.map { Name(family: $0.family, table: $0.table, name: "") })
        func isInTheWay(_ name: Name) -> Bool {
            !name.isOurs && tables.contains(Name(family: name.family, table: name.table, name: ""))
        }
        self.chains = Set(chains.map(\.id).filter(isInTheWay))
        self.rules = Dictionary(grouping: rules.filter { isInTheWay($0.chainID) }, by: \.chainID)
    }

    /// The tables whose rules look something up in sets that stand within them.
    var tablesWithLiterals: Set<Name> {
        Set(
            rules.filter { _, rules in rules.contains { $0.expressions.contains { $0.isLiteralLookup } } }
                .map { Name(family: $0.key.family, table: $0.key.table, name: "") })
    }
}

extension ForeignRules.Name {
    /// Whether the chain is in our tables, or one of those in iptables' that nobody else has a part in.
    fileprivate var isOurs: Bool {
        guard family == .ip || family == .ip6 else { return false }
        return table == NftablesFirewall.tableName || name.hasPrefix("WEFT")
    }
}

extension Netfilter.Chain {
    var id: ForeignRules.Name { .init(family: family, table: table, name: name) }

    /// Whether it may drop packets, at one of the places where they are looked at.
    fileprivate var seesPackets: Bool {
        guard let hook, hook.type == "filter" else { return false }
        return Packets.Place.allCases.contains { $0.hookNumber == hook.number }
    }
}

extension Netfilter.Rule {
    var chainID: ForeignRules.Name { .init(family: family, table: table, name: chain) }
}

extension Netfilter.NamedSet {
    var id: ForeignRules.Name { .init(family: family, table: table, name: name) }

    /// Whether it stands within a rule: the kernel gives it a name of its own (`nft_add_set_lookup`'s `__set%d`).
    var isLiteral: Bool { name.hasPrefix("__") }
}

extension Netfilter.Expression {
    fileprivate var isLiteralLookup: Bool {
        if case .lookup(let set, _, _) = self { set.hasPrefix("__") } else { false }
    }
}
