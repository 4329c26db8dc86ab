public import Topology

/// A network namespace, as plans name it.
public enum Namespace: Hashable, Sendable, Comparable {
    /// The namespace that the program runs in.
    case host
    /// `/run/netns/<name>`.
    case named(String)
    /// The namespace that a file stands for, such as `/proc/1/ns/net`; never one that weft has made.
    case path(String)

    /// The host's first, then by name, then by path.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: (Int, String) {
        switch self {
        case .host: (0, "")
        case .named(let name): (1, name)
        case .path(let path): (2, path)
        }
    }
}

extension Namespace {
    /// The namespace that `reference` leads to.
    public init(_ reference: NamespaceReference) {
        switch reference {
        case .name(let name): self = .named(name)
        case .path(let path): self = .path(path)
        case .process(let id): self = .path("/proc/\(id)/ns/net")
        }
    }
}

extension Layout.Container {
    /// The namespace that the container is in; `nil` where it is that of another container of the topology.
    public var namespace: Namespace? {
        switch sandbox {
        case .own, .outside: .named(sandboxName)
        case .host: .host
        case .joined(let namespace): Namespace(namespace.reference)
        case .shared: nil
        }
    }

    private var sandboxName: String { if case .outside(let name) = sandbox { name } else { name } }
}

/// What makes an object the same one in two states: its kind, its namespace and its name there.
public struct ObjectID: Hashable, Sendable, Comparable {
    /// Kinds of objects, in the order in which a plan lists those that do not depend on one another.
    public enum Kind: Int, Hashable, Sendable, Comparable {
        case table, chain, set, rule, element, namespace, link, port, qdisc, filter, forwarding, sysctl, up, address,
            neighbour, route, routingRule, file

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
