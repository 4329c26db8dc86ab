/// A link's place on a bridge: it belongs to both, and goes with either.
public struct BridgePort: Hashable, Sendable {
    /// Where link and bridge are.
    public var namespace: Namespace
    /// The link that is a port.
    public var link: String
    /// The bridge that it is a port of.
    public var bridge: String

    /// `link` as a port of `bridge`.
    public init(namespace: Namespace, link: String, bridge: String) {
        self.namespace = namespace
        self.link = link
        self.bridge = bridge
    }
}

extension BridgePort: Reconcilable {
    /// The link that is a port.
    public var id: ObjectID { ObjectID(.port, namespace, link) }
    /// Link and bridge.
    public var requires: [ObjectID] { [Link.id(namespace, link), Link.id(namespace, bridge)] }
    /// Link and bridge.
    public var owners: [ObjectID] { requires }
    /// A port can be moved to another bridge.
    public func canBecome(_ other: BridgePort) -> Bool { true }
}
