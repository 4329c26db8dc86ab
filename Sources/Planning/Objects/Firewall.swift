public import Addressing
public import Topology

/// A table of nf_tables, by namespace, family and name.
public struct Table: Hashable, Sendable, Comparable {
    /// Whose rule set it belongs to.
    public var namespace: Namespace
    /// `ip` or `ip6`.
    public var family: IPFamily
    /// Its name: for iptables `filter`, `nat` or `raw`.
    public var name: String

    /// The table `name` of `family`.
    public init(_ family: IPFamily, _ name: String, in namespace: Namespace = .host) {
        self.namespace = namespace
        self.family = family
        self.name = name
    }

    /// By namespace, then by family, then by name.
    public static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.family, left.name) < (right.namespace, right.family, right.name)
    }
}

extension Table: Reconcilable {
    var idName: String { "\(family == .v4 ? "ip" : "ip6") \(name)" }
    /// Namespace, family and name.
    public var id: ObjectID { ObjectID(.table, namespace, idName) }
    /// The namespace.
    public var requires: [ObjectID] { owners }
    /// The namespace: a simulated host's rule set goes with it, the machine's own never.
    public var owners: [ObjectID] { namespace == .host ? [] : [NamespaceObject.id(namespace)] }
    /// A table has nothing that could change.
    public func canBecome(_ other: Table) -> Bool { true }
}

/// A chain of rules: one of ours, or a built-in one of iptables that hooks into the path of packets.
public struct Chain: Hashable, Sendable {
    /// How a built-in chain hooks into the path of packets.
    public struct Hook: Hashable, Sendable {
        /// The chain's type: `filter` or `nat`.
        public var type: String
        /// The hook's number (`NF_INET_…`, linux/netfilter.h).
        public var number: UInt32
        /// Place among the hook's chains (`NF_IP_PRI_…`, linux/netfilter_ipv4.h).
        public var priority: Int32

        /// A hook with these values.
        public init(type: String, number: UInt32, priority: Int32) {
            self.type = type
            self.number = number
            self.priority = priority
        }
    }

    /// The table that holds the chain.
    public var table: Table
    /// Its name.
    public var name: String
    /// The hook of a built-in chain; absent for the others.
    public var hook: Hook?

    /// The chain `name` of `table`.
    public init(_ table: Table, _ name: String, hook: Hook? = nil) {
        self.table = table
        self.name = name
        self.hook = hook
    }

    /// The identity of the chain `name` of `table`.
    public static func id(_ table: Table, _ name: String) -> ObjectID {
        ObjectID(.chain, table.namespace, "\(table.idName) \(name)")
    }
}

extension Chain: Reconcilable {
    /// Table and name.
    public var id: ObjectID { Self.id(table, name) }
    /// The table.
    public var requires: [ObjectID] { [table.id] }
    /// The namespace alone: rules, chains and tables are deleted one by one, so that what others put there is not taken along.
    public var owners: [ObjectID] { table.owners }
    /// A chain has nothing that could change.
    public func canBecome(_ other: Chain) -> Bool { true }
}

/// A rule of iptables, in the terms of iptables.
public struct Rule: Hashable, Sendable {
    /// A match that can be inverted with `!`.
    public struct Match<Value: Hashable & Sendable>: Hashable, Sendable {
        /// What is compared with.
        public var value: Value
        /// Whether the match is inverted.
        public var isInverted: Bool

        /// Matches `value`.
        public static func equal(_ value: Value) -> Self { Self(value: value, isInverted: false) }
        /// Matches anything but `value`.
        public static func not(_ value: Value) -> Self { Self(value: value, isInverted: true) }
    }

    /// The protocols that rules match.
    public enum InternetProtocol: UInt8, Hashable, Sendable {
        case icmp = 1
        case tcp = 6
        case udp = 17
        case icmpv6 = 58
        case sctp = 132

        /// The protocol of `transport`.
        public init(_ transport: TransportProtocol) {
            self =
                switch transport {
                case .tcp: .tcp
                case .udp: .udp
                case .sctp: .sctp
                }
        }
    }

    /// States of a connection that `-m conntrack --ctstate` knows (`XT_CONNTRACK_STATE_…`).
    public struct ConnectionState: OptionSet, Hashable, Sendable {
        /// The bits of `linux/netfilter/xt_conntrack.h`.
        public let rawValue: UInt16
        /// The states with these bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        /// `ESTABLISHED`.
        public static let established = ConnectionState(rawValue: 1 << 1)
        /// `RELATED`.
        public static let related = ConnectionState(rawValue: 1 << 2)
        /// `DNAT`: the destination was rewritten.
        public static let destinationTranslated = ConnectionState(rawValue: 1 << 7)
    }

    /// What happens to a packet that matches.
    public enum Target: Hashable, Sendable {
        case accept, drop, `return`, masquerade
        case jump(String)
        case sourceNAT(IPAddress)
        case destinationNAT(IPAddress, UInt16)
    }

    /// The table that holds the rule.
    public var table: Table
    /// The chain that holds the rule.
    public var chain: String
    /// `-i`.
    public var input: Match<String>?
    /// `-o`.
    public var output: Match<String>?
    /// `-s`.
    public var source: Match<Subnet>?
    /// `-d`.
    public var destination: Match<Subnet>?
    /// `-p`.
    public var `protocol`: InternetProtocol?
    /// `--dport`; needs a protocol that has ports.
    public var destinationPort: UInt16?
    /// `-m addrtype --dst-type LOCAL`.
    public var isToLocalAddress: Bool
    /// `-m conntrack --ctstate`.
    public var connectionState: ConnectionState?
    /// `-m comment --comment`: the mark of ownership; absent on the jumps that all topologies share.
    public var comment: String?
    /// `-j`.
    public var target: Target
    /// How many rules that say the same come before it in the chain; 0 but for what somebody doubled.
    public var occurrence = 0
    /// Whether it stands on the wrong side of others of ours in its chain, where somebody moved it to.
    public var isMisplaced = false

    /// A rule of `chain` that matches all packets until a match is set.
    public init(_ table: Table, _ chain: String, comment: String? = nil, target: Target) {
        self.table = table
        self.chain = chain
        self.comment = comment
        self.target = target
        isToLocalAddress = false
    }
}

extension Rule: Reconcilable {
    /// Table, chain and the rule as iptables writes it, with the rank before it: plans list rules as they come in the chain.
    public var id: ObjectID {
        let double = occurrence > 0 ? " #\(occurrence)" : ""
        return ObjectID(
            .rule, table.namespace, "\(table.idName) \(chain) \(rank - Self.lowestRank) \(specification)\(double)")
    }
    /// Its chain, and the one it jumps to.
    public var requires: [ObjectID] {
        var chains = [Chain.id(table, chain)]
        if case .jump(let name) = target { chains.append(Chain.id(table, name)) }
        return chains
    }
    /// The namespace.
    public var owners: [ObjectID] { table.owners }
    /// The place in the chain is all that can differ between rules that say the same.
    public func canBecome(_ other: Rule) -> Bool { true }
}
