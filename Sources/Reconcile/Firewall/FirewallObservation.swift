import Netlink
import Planning

/// The rule set of a namespace as it was at one moment: tables, chains and rules of IPv4 and IPv6, and what is in the sets of
/// our own tables.
///
/// A rule set knows nothing of where it is: here it is always called the host's.
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
        var rule: Rule?
        /// The rule of our own tables that it is, if any.
        var native: NativeRule?
        let comment: String?
        /// The chain that it leads to, if any.
        let destination: String?
        /// The names of the sets and maps in which it looks things up.
        let sets: [String]

        /// The topology in its comment.
        var topology: String? {
            guard let mark = comment.flatMap({ OwnershipMark($0) }), mark.part == nil else { return nil }
            return mark.topology
        }

        /// Where in its chain it belongs among ours; `nil` for a rule of others.
        var rank: Int? { topology != nil || Plumbing.all.contains(self) ? rule?.rank : nil }
    }

    /// A set or map of our own tables.
    struct ObservedSet: Hashable, Sendable {
        let table: Table
        let name: String
        /// The set, if it is what we would make under that name.
        let set: NamedSet?
    }

    /// An element of a set that is as we would make it.
    struct ObservedElement: Hashable, Sendable {
        let set: NamedSet
        /// Absent where it is more than an `Element` can be.
        let element: Element?
        let comment: String?

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
    let sets: [ObjectID: ObservedSet]
    let elements: [ObservedElement]
    /// The rules of others that packets meet, as the kernel told of them.
    let foreign: ForeignRules

    /// The comment on tables and built-in chains that we made.
    static let mark = Netfilter.UserData(comment: "weft")
}
