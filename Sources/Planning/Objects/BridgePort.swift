/// A link's place on a bridge: it belongs to both, and goes with either.
public struct BridgePort: Hashable, Sendable {
    /// Where link and bridge are.
    public var namespace: Namespace
    /// The link that is a port.
    public var link: String
    /// The bridge that it is a port of.
    public var bridge: String
    /// Whether a frame may leave by the port that it came in by (`IFLA_BRPORT_MODE`).
    ///
    /// A container that is a client of its own published port needs it where bridged packets pass through the firewall.
    public var isHairpin: Bool

    /// `link` as a port of `bridge`.
    public init(namespace: Namespace, link: String, bridge: String, isHairpin: Bool = false) {
        self.namespace = namespace
        self.link = link
        self.bridge = bridge
        self.isHairpin = isHairpin
    }
}

extension BridgePort: Reconcilable {
    /// The link that is a port.
    public var id: ObjectID { ObjectID(.port, namespace, link) }
    /// Link and bridge.
    public var requires: [ObjectID] { [Link.id(namespace, link), Link.id(namespace, bridge)] }
    /// Link and bridge.
    public var owners: [ObjectID] { requires }
    /// A port can be moved to another bridge, and treated in another way.
    public func canBecome(_ other: BridgePort) -> Bool { true }
}
