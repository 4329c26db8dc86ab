/// A network namespace, as plans name it.
public enum Namespace: Hashable, Sendable, Comparable {
    /// The namespace that the program runs in.
    case host
    /// `/run/netns/<name>`.
    case named(String)

    /// The host's first, then by name.
    public static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.host, .host), (.named, .host): false
        case (.host, .named): true
        case (.named(let left), .named(let right)): left < right
        }
    }
}

/// What makes an object the same one in two states: its kind, its namespace and its name there.
public struct ObjectID: Hashable, Sendable, Comparable {
    /// Kinds of objects, in the order in which a plan lists those that do not depend on one another.
    public enum Kind: Int, Hashable, Sendable, Comparable {
        case table, chain, set, rule, element, namespace, link, port, forwarding, sysctl, up, address, neighbour, route,
            routingRule, file

        /// By place in the list.
        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// What the object is.
    public var kind: Kind
    /// Where it is.
    public var namespace: Namespace
    /// What it is called among objects of its kind in its namespace.
    public var name: String

    /// The object of `kind` that is called `name` in `namespace`.
    public init(_ kind: Kind, _ namespace: Namespace, _ name: String = "") {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// By kind, namespace and name, so that plans come out the same each time.
    public static func < (left: Self, right: Self) -> Bool {
        if left.kind != right.kind { return left.kind < right.kind }
        if left.namespace != right.namespace { return left.namespace < right.namespace }
        return left.name < right.name
    }
}
