public import Addressing
import Topology

/// The layout of Docker 28 and later as iptables rules, in chains of our own.
///
/// `WEFT-FORWARD` hands over to `WEFT-CT` (replies), `WEFT-INTERNAL` (networks without a way out) and `WEFT-BRIDGE`, which
/// sends what goes into a bridge through `WEFT`: published ports are let through there, all else from outside is dropped.
/// There is no proxy process, so local and neighbouring clients of a published port are translated too.
public enum IptablesFirewall {
    /// What all topologies share in `family`: the tables, their built-in chains, our chains, and the jumps that lead to these.
    public static func plumbing(_ family: IPFamily) -> [KernelObject] { IptablesTables(family).plumbing }

    static func objects(for layout: Layout) -> [KernelObject] {
        let networks = layout.networks.filter { $0.declaration.driver.hasBridge }
        let translation = TranslationRules(of: layout).rules
        let families = IPFamily.allCases.filter { family in
            networks.contains { $0.segments.contains { $0.subnet.family == family } }
                || translation.contains { $0.table.family == family }
        }
        return translation.map { .rule($0) }
            + families.flatMap { family in
                let tables = IptablesTables(family)
                return tables.plumbing
                    + networks.flatMap { network in
                        network.segments.filter { $0.subnet.family == family }.flatMap { segment in
                            SegmentRules(
                                policy: SegmentPolicy(segment, of: network, in: layout), topology: layout.name,
                                tables: tables
                            ).rules
                        }.map { .rule($0) }
                    }
            }
    }
}

/// The tables of one family with our chains and the jumps that lead to them, which all topologies share.
struct IptablesTables {
    let filter: Table
    let nat: Table
    let raw: Table

    init(_ family: IPFamily) {
        filter = Table(family, "filter")
        nat = Table(family, "nat")
        raw = Table(family, "raw")
    }

    var plumbing: [KernelObject] {
        let builtIn = [
            BuiltInChain.forward.chain(filter), BuiltInChain.prerouting.chain(nat), BuiltInChain.output.chain(nat),
            BuiltInChain.postrouting.chain(nat), BuiltInChain.prerouting.chain(raw),
        ]
        let own =
            ["WEFT-USER", "WEFT-FORWARD", "WEFT-CT", "WEFT-INTERNAL", "WEFT-BRIDGE", "WEFT"].map { Chain(filter, $0) }
            + [Chain(nat, "WEFT")]
        return [filter, nat, raw].map { .table($0) } + (builtIn + own).map { .chain($0) } + jumps.map { .rule($0) }
    }

    private var jumps: [Rule] {
        func local(_ chain: BuiltInChain) -> Rule {
            var rule = Rule(nat, chain.rawValue, target: .jump("WEFT"))
            rule.isToLocalAddress = true
            return rule
        }
        return [
            Rule(filter, "FORWARD", target: .jump("WEFT-USER")),
            Rule(filter, "FORWARD", target: .jump("WEFT-FORWARD")),
            Rule(filter, "WEFT-FORWARD", target: .jump("WEFT-CT")),
            Rule(filter, "WEFT-FORWARD", target: .jump("WEFT-INTERNAL")),
            Rule(filter, "WEFT-FORWARD", target: .jump("WEFT-BRIDGE")),
            local(.prerouting), local(.output),
        ]
    }
}

extension Rule {
    /// Where among our rules of its chain it belongs: lower ranks come first, equal ones in any order.
    ///
    /// A negative rank belongs to the head of the chain, before what others have there: the user's chain is first in `FORWARD`,
    /// so that nothing of ours lets through what it drops. It follows from what the rule says, so that a rule that is read back
    /// has the rank that it was made with.
    public var rank: Int {
        switch (chain, target) {
        case ("FORWARD", .jump("WEFT-USER")): Self.lowestRank
        case ("FORWARD", .jump): -1
        case (_, .jump("WEFT-CT")): 0
        case (_, .jump("WEFT-INTERNAL")): 1
        case (_, .jump("WEFT-BRIDGE")): 2
        case (_, .accept): 3
        // Before what gives everything that leaves a network the address of a link.
        case (_, .sourceNAT) where output == .equal(Translator.link): 3
        // Before a port of every address, as the host's own has a way of its own.
        case (_, .destinationNAT) where destination == .equal(Translator.loopback): 3
        default: Self.highestRank
        }
    }

    static let lowestRank = -2
    static let highestRank = 4
}

extension Chain.Hook {
    /// nft's name of the hook: `prerouting`.
    var name: String { BuiltInChain.allCases.first { $0.hookNumber == number }?.hookName ?? "\(number)" }
}

/// The chains of iptables that hook into the path of packets.
public enum BuiltInChain: String, CaseIterable, Sendable {
    case prerouting = "PREROUTING"
    case input = "INPUT"
    case forward = "FORWARD"
    case output = "OUTPUT"
    case postrouting = "POSTROUTING"

    /// The hook's number (`enum nf_inet_hooks`, linux/netfilter.h).
    public var hookNumber: UInt32 {
        switch self {
        case .prerouting: 0
        case .input: 1
        case .forward: 2
        case .output: 3
        case .postrouting: 4
        }
    }

    /// nft's name of the hook.
    fileprivate var hookName: String { rawValue.lowercased() }

    /// The chain in `table`, hooked as iptables hooks it (`enum nf_ip_hook_priorities`, linux/netfilter_ipv4.h).
    func chain(_ table: Table) -> Chain {
        let priority: Int32 =
            switch (table.name, self) {
            case ("raw", _): -300
            case ("nat", .prerouting), ("nat", .output): -100
            case ("nat", _): 100
            default: 0
            }
        let type = table.name == "nat" ? "nat" : "filter"
        return Chain(table, rawValue, hook: .init(type: type, number: hookNumber, priority: priority))
    }
}
