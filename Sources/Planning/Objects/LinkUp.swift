/// A link's being up (`IFF_UP`); an object of its own because routes live and die with it, and a bridge should get it last.
public struct LinkUp: Hashable, Sendable {
    /// Where the link is.
    public var namespace: Namespace
    /// The link.
    public var link: String
    /// What must be in place before: a bridge's ports, an interface's sysctls.
    public var after: [ObjectID]

    /// `link` up, `after` these.
    public init(namespace: Namespace, link: String, after: [ObjectID] = []) {
        self.namespace = namespace
        self.link = link
        self.after = after
    }

    /// The identity of `link`'s being up.
    public static func id(_ namespace: Namespace, _ link: String) -> ObjectID { ObjectID(.up, namespace, link) }

    /// Order is not state: two are equal whatever they came after.
    public static func == (left: LinkUp, right: LinkUp) -> Bool {
        left.namespace == right.namespace && left.link == right.link
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(namespace)
        hasher.combine(link)
    }
}

extension LinkUp: Reconcilable {
    /// The link.
    public var id: ObjectID { Self.id(namespace, link) }
    /// The link, and what must come before.
    public var requires: [ObjectID] { [Link.id(namespace, link)] + after }
    /// The link.
    public var owners: [ObjectID] { [Link.id(namespace, link)] }
    /// There is nothing to change.
    public func canBecome(_ other: LinkUp) -> Bool { true }
}
