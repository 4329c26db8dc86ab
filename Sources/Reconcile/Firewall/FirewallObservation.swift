import Netlink
import Planning

/// The rule set of a namespace as it was at one moment: tables, chains and rules of IPv4 and IPv6.
struct FirewallObservation: Hashable, Sendable {
    /// A table, and whose it is.
    struct ObservedTable: Hashable, Sendable {
        let table: Table
        /// Whether it carries our mark: we made it.
        let isOurs: Bool
        /// Chains, sets and objects in it.
        let use: Int
    }

    /// A chain, and whose it is.
    struct ObservedChain: Hashable, Sendable {
        let chain: Chain
        /// Whether it carries our mark: we made it.
        let isOurs: Bool
        /// Whether packets that come to its end go on.
        let accepts: Bool
        /// Rules in it, and rules and other things that lead to it.
        let use: Int
    }

    /// A rule, in the terms of iptables as far as they go.
    struct ObservedRule: Hashable, Sendable {
        let table: Table
        let chain: String
        /// What the kernel knows it by in its chain.
        let handle: UInt64
        /// Absent where it says more than a `Rule` can.
        let rule: Rule?
        let comment: String?
        /// The chain that it leads to, if any.
        let destination: String?

        /// The topology in its comment.
        var topology: String? {
            guard let mark = comment.flatMap({ OwnershipMark($0) }), mark.part == nil else { return nil }
            return mark.topology
        }
    }

    /// The number of the rule set, which each change of it changes.
    let generation: UInt32
    let tables: [Table: ObservedTable]
    let chains: [ObjectID: ObservedChain]
    /// By chain, and there in the order in which packets meet them.
    let rules: [ObservedRule]

    /// The comment on tables and built-in chains that we made.
    static let mark = Netfilter.UserData(comment: "weft")
}
