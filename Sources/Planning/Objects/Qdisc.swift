/// A link's hook for programs that see its packets (`clsact`, tc-bpf(8)).
public struct Qdisc: Hashable, Sendable {
    /// Where the link is.
    public var namespace: Namespace
    /// The link.
    public var link: String

    /// The hook of `link`.
    public init(namespace: Namespace, link: String) {
        self.namespace = namespace
        self.link = link
    }

    /// The identity of the hook of `link`.
    public static func id(_ namespace: Namespace, _ link: String) -> ObjectID { ObjectID(.qdisc, namespace, link) }
}

extension Qdisc: Reconcilable {
    /// The link.
    public var id: ObjectID { Self.id(namespace, link) }
    /// The link.
    public var requires: [ObjectID] { [Link.id(namespace, link)] }
    /// The link.
    public var owners: [ObjectID] { requires }
    /// There is nothing to change.
    public func canBecome(_ other: Qdisc) -> Bool { true }
}
