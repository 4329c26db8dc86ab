/// A named network namespace with its loopback interface up.
public struct NamespaceObject: Hashable, Sendable {
    /// Its name below `/run/netns`.
    public var name: String
    /// The mark of ownership, on its loopback interface (`IFLA_IFALIAS`).
    public var alias: String
    /// Whether loopback is up.
    public var isLoopbackUp: Bool

    /// The namespace `name` with the mark `alias`.
    public init(name: String, alias: String, isLoopbackUp: Bool = true) {
        self.name = name
        self.alias = alias
        self.isLoopbackUp = isLoopbackUp
    }

    /// The identity of `namespace` as an object.
    public static func id(_ namespace: Namespace) -> ObjectID { ObjectID(.namespace, namespace) }
}

extension NamespaceObject: Reconcilable {
    /// Its name.
    public var id: ObjectID { Self.id(.named(name)) }
    /// Nothing.
    public var requires: [ObjectID] { [] }
    /// Nothing.
    public var owners: [ObjectID] { [] }
    /// Loopback can be brought up and the mark renewed.
    public func canBecome(_ other: NamespaceObject) -> Bool { true }
}
