public import Addressing

/// Which packets of a namespace are routed by which table (`ip-rule(8)`).
///
/// It is always a sandbox's: a link ends in no network stack that is not the topology's own, so that every rule with our
/// protocol number in a namespace belongs to the topology that the namespace does.
public struct RoutingRule: Hashable, Sendable {
    /// Where the rule is.
    public var namespace: Namespace
    /// Whose packets.
    public var family: IPFamily
    /// Which of several rules comes first, the lowest.
    public var priority: UInt32
    /// The senders; all if absent.
    public var source: Subnet?
    /// The receivers; all if absent.
    public var destination: Subnet?
    /// The link that a packet came in by; any if absent.
    public var inputLink: String?
    /// The link that the packet's socket is bound to; any if absent.
    public var outputLink: String?
    /// The mark of the packet; any if absent.
    public var mark: UInt32?
    /// The table to look a packet's route up in.
    public var table: UInt32

    /// A rule that sends all packets of `family` to `table`.
    public init(namespace: Namespace, _ family: IPFamily, priority: UInt32, table: UInt32) {
        self.namespace = namespace
        self.family = family
        self.priority = priority
        self.table = table
    }
}

extension RoutingRule: Reconcilable {
    /// All that it says: the kernel tells rules apart by all of it.
    public var id: ObjectID { ObjectID(.routingRule, namespace, "\(family.rawValue) \(words)") }
    /// The namespace: a rule may name links that are not there.
    public var requires: [ObjectID] { [NamespaceObject.id(namespace)] }
    /// The namespace.
    public var owners: [ObjectID] { requires }
    /// There is nothing that is not its identity.
    public func canBecome(_ other: RoutingRule) -> Bool { false }

    /// As `ip rule add` takes it.
    var words: String {
        "pref \(priority)" + (source.map { " from \($0)" } ?? "") + (destination.map { " to \($0)" } ?? "")
            + (inputLink.map { " iif \($0)" } ?? "") + (outputLink.map { " oif \($0)" } ?? "")
            + (mark.map { " fwmark \($0)" } ?? "") + " lookup \(table)"
    }
}
