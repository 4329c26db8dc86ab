/// A value under `/proc/sys`.
public struct Sysctl: Hashable, Sendable {
    /// Whose value it is.
    public var namespace: Namespace
    /// Path below `/proc/sys`, its parts in order, because an interface's name may hold a dot.
    public var path: [String]
    /// The value, as it is written.
    public var value: String
    /// The link that the value belongs to, for a value under `conf/<link>`.
    public var link: String?

    /// `value` at `path`.
    public init(namespace: Namespace, path: [String], value: String, link: String? = nil) {
        self.namespace = namespace
        self.path = path
        self.value = value
        self.link = link
    }

    /// A value of one interface: `net.<family>.conf.<link>.<key>`.
    public static func interface(
        _ namespace: Namespace, _ link: String, family: String, _ key: String, _ value: String
    ) -> Sysctl {
        Sysctl(namespace: namespace, path: ["net", family, "conf", link, key], value: value, link: link)
    }

    /// The identity of `net.<family>.conf.<link>.<key>`.
    static func interfaceID(_ namespace: Namespace, _ link: String, family: String, _ key: String) -> ObjectID {
        interface(namespace, link, family: family, key, "").id
    }
}

extension Sysctl: Reconcilable {
    /// The path.
    public var id: ObjectID { ObjectID(.sysctl, namespace, path.joined(separator: "/")) }
    /// The link whose value it is, or the namespace.
    public var requires: [ObjectID] { [link.map { Link.id(namespace, $0) } ?? NamespaceObject.id(namespace)] }
    /// The same.
    public var owners: [ObjectID] { requires }
    /// The value is overwritten.
    public func canBecome(_ other: Sysctl) -> Bool { true }
}
