public import Links

/// A link's place on a bridge, or on another master such as a VRF: it belongs to both, and goes with either.
///
/// Where `link` is the bridge itself, it is the port by which the host takes part, of which only the VLANs can be chosen.
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
    /// Whether it reaches only ports that are not isolated (`IFLA_BRPORT_ISOLATED`).
    public var isIsolated = false
    /// Whether the bridge learns hardware addresses from it (`IFLA_BRPORT_LEARNING`).
    public var isLearning = true
    /// Whether frames to addresses that the bridge has not learned go out there (`IFLA_BRPORT_UNICAST_FLOOD`).
    public var isFlooded = true
    /// Whether the bridge answers questions for the neighbours behind it that it knows, and does not ask there for itself
    /// (`IFLA_BRPORT_NEIGH_SUPPRESS`).
    public var suppressesNeighbours = false
    /// Whether the master is a VRF and no bridge.
    public var entersVRF = false
    /// Its VLANs, where the bridge filters by VLAN; as the bridge has it for new ports if absent.
    public var vlans: PortVLANs?

    /// `link` as a port of `bridge`.
    public init(namespace: Namespace, link: String, bridge: String, isHairpin: Bool = false) {
        self.namespace = namespace
        self.link = link
        self.bridge = bridge
        self.isHairpin = isHairpin
    }
}

extension BridgePort {
    /// Whether it is the bridge itself.
    public var isBridge: Bool { link == bridge }

    /// The port without what `desired` leaves to the bridge, and with what it says of that.
    func normalised(to desired: BridgePort) -> BridgePort {
        var copy = self
        if desired.vlans == nil { copy.vlans = nil }
        copy.entersVRF = desired.entersVRF
        return copy
    }
}

extension BridgePort: Reconcilable {
    /// The link that is a port.
    public var id: ObjectID { ObjectID(.port, namespace, link) }
    /// Link and bridge.
    public var requires: [ObjectID] { [Link.id(namespace, link), Link.id(namespace, bridge)] }
    /// Link and bridge.
    public var owners: [ObjectID] { requires }
    /// A VRF takes a link down and up again that comes or goes (`cycle_netdev`, drivers/net/vrf.c).
    public var displaces: [ObjectID] { entersVRF ? [LinkUp.id(namespace, link)] : [] }
    /// A port can be moved to another bridge, and treated in another way.
    public func canBecome(_ other: BridgePort) -> Bool { true }
}
