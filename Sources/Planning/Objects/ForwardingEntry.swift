public import Addressing

/// Where frames for an Ethernet address are sent: an entry of the FDB of a VXLAN or of a bridge (`bridge-fdb(8)`).
public struct ForwardingEntry: Hashable, Sendable {
    /// Whose table the entry is in.
    public enum Holder: Hashable, Sendable {
        /// The link's own, as a VXLAN's (`NTF_SELF`).
        case link
        /// That of the bridge that the link is a port of (`NTF_MASTER`).
        case bridge
    }

    /// Where the link is.
    public var namespace: Namespace
    /// The VXLAN, or the port of a bridge.
    public var link: String
    /// The Ethernet address; all zeros stands for every one that has no entry of its own.
    public var mac: MACAddress
    /// Whose table the entry is in.
    public var holder: Holder
    /// The tunnel endpoint that frames are sent to.
    public var destination: IPAddress?
    /// The VXLAN's number at the other end, where it is another one.
    public var vni: UInt32?
    /// The UDP port of the other end, where it is another one.
    public var port: UInt16?

    /// An entry of the VXLAN `link` itself: frames for `mac` go to the tunnel endpoint `destination`.
    public init(
        namespace: Namespace, link: String, mac: MACAddress, destination: IPAddress, vni: UInt32? = nil,
        port: UInt16? = nil
    ) {
        self.init(namespace: namespace, link: link, mac: mac, holder: .link)
        self.destination = destination
        self.vni = vni
        self.port = port
    }

    /// An entry of `holder`: frames for `mac` leave by `link`.
    public init(namespace: Namespace, link: String, mac: MACAddress, holder: Holder) {
        self.namespace = namespace
        self.link = link
        self.mac = mac
        self.holder = holder
    }

    /// Whether it is one of several for all addresses that have no entry of their own.
    public var isDefault: Bool { mac == MACAddress(bits: 0) }
}

extension ForwardingEntry: Reconcilable {
    /// Link and Ethernet address; of those for all others, which may be several, also the destination.
    public var id: ObjectID {
        let destination = isDefault ? destination.map { " \($0)" } ?? "" : ""
        let suffix = holder == .bridge ? " master" : ""
        return ObjectID(.forwarding, namespace, "\(link) \(mac)\(destination)\(suffix)")
    }
    /// The link; in a bridge's table, its being a port.
    public var requires: [ObjectID] {
        [holder == .bridge ? ObjectID(.port, namespace, link) : Link.id(namespace, link)]
    }
    /// The link, and in a bridge's table its being a port.
    public var owners: [ObjectID] { requires + (holder == .bridge ? [Link.id(namespace, link)] : []) }
    /// The kernel replaces the entry of one address, but only adds to those for all (`vxlan_fdb_update`, drivers/net/vxlan).
    public func canBecome(_ other: ForwardingEntry) -> Bool { !isDefault }
}
