public import Addressing
public import Links

/// A network interface, or the two of a veth pair.
public struct Link: Hashable, Sendable {
    /// What kind of link it is, with what only that kind has.
    public enum Kind: Hashable, Sendable {
        /// A pair of interfaces joined by a cable; deleting either deletes both.
        case veth(peer: Peer)
        /// Any other kind.
        case device(Device)

        /// An Ethernet bridge with the kernel's settings.
        public static let bridge = Kind.bridge(Bridge())
        /// An Ethernet bridge.
        public static func bridge(_ settings: Bridge) -> Kind { .device(.bridge(settings)) }
        /// An Ethernet segment over IP.
        public static func vxlan(_ settings: VXLAN) -> Kind { .device(.vxlan(settings)) }
    }

    /// The second end of a veth pair.
    public struct Peer: Hashable, Sendable {
        /// Where the end is.
        public var namespace: Namespace
        /// What it is called there.
        public var name: String
        /// Its Ethernet address; the kernel's choice if absent.
        public var mac: MACAddress?
        /// Its largest layer-3 packet, in bytes, where somebody gave it another one than the first end has.
        public var mtu: UInt32?

        /// An end called `name` in `namespace`.
        public init(namespace: Namespace, name: String, mac: MACAddress? = nil) {
            self.namespace = namespace
            self.name = name
            self.mac = mac
        }
    }

    /// What a link is made upon: the link that it shares or sends by, or just the namespace that its packets travel in.
    ///
    /// The kernel remembers it wherever the link itself is: a tunnel's packets go through this namespace.
    public struct Lower: Hashable, Sendable {
        /// Where the link below is, or the underlay.
        public var namespace: Namespace
        /// The link below; a tunnel without one sends by route.
        public var link: String?

        /// `link` of `namespace`.
        public init(namespace: Namespace, link: String? = nil) {
            self.namespace = namespace
            self.link = link
        }
    }

    /// Where the link, or a pair's first end, is.
    public var namespace: Namespace
    /// What it is called there: at most 15 bytes.
    public var name: String
    /// What kind of link it is.
    public var kind: Kind
    /// What it is made upon; absent: nothing, or the namespace that it is in.
    public var lower: Lower?
    /// Its Ethernet address; the kernel's choice if absent.
    public var mac: MACAddress?
    /// Largest layer-3 packet of each end, in bytes; the kernel's choice if absent.
    public var mtu: UInt32?
    /// The mark of ownership (`IFLA_IFALIAS`).
    public var alias: String
    /// A longer name that tells people what the link is for (`IFLA_ALT_IFNAME`).
    public var alternativeName: String?
    /// Number by which a topology's links are deleted at one go (`IFLA_GROUP`).
    public var group: UInt32
    /// Whether it finds out others' Ethernet addresses; otherwise all packets go to its own (`IFF_NOARP`).
    public var hasNeighbours: Bool

    /// A link called `name` in `namespace`.
    public init(
        namespace: Namespace, name: String, kind: Kind, lower: Lower? = nil, mac: MACAddress? = nil,
        mtu: UInt32? = 1500, alias: String, alternativeName: String? = nil, group: UInt32 = 0,
        hasNeighbours: Bool = true
    ) {
        self.namespace = namespace
        self.name = name
        self.kind = kind
        self.lower = lower == Lower(namespace: namespace) ? nil : lower
        self.mac = mac
        self.mtu = mtu
        self.alias = alias
        self.alternativeName = alternativeName
        self.group = group
        self.hasNeighbours = hasNeighbours
    }

    /// The second end, if the link is a pair.
    public var peer: Peer? {
        guard case .veth(let peer) = kind else { return nil }
        return peer
    }

    /// The kind with its settings, unless the link is a pair.
    public var device: Device? {
        guard case .device(let device) = kind else { return nil }
        return device
    }

    /// Whether it is an Ethernet bridge.
    public var isBridge: Bool {
        if case .device(.bridge) = kind { true } else { false }
    }

    /// The name under which the kernel knows the kind.
    public var kindName: String {
        switch kind {
        case .veth: "veth"
        case .device(let device): device.kind
        }
    }

    /// The identity of the link `name` in `namespace`, whichever end of a pair it is.
    public static func id(_ namespace: Namespace, _ name: String) -> ObjectID { ObjectID(.link, namespace, name) }

    /// Stands for the Ethernet address of the link `name`, which is no object of its own, among what owns others.
    static func addressID(_ namespace: Namespace, _ name: String) -> ObjectID {
        ObjectID(.link, namespace, "\(name) address")
    }
}

extension Link: Reconcilable {
    /// The first end's place and name.
    public var id: ObjectID { Self.id(namespace, name) }
    /// Both ends' places and names.
    public var identities: [ObjectID] {
        guard let peer else { return [id] }
        return [id, Self.id(peer.namespace, peer.name)]
    }
    /// The namespaces that it touches, and the link below.
    public var requires: [ObjectID] {
        let namespaces = [namespace, peer?.namespace, lower?.namespace].compactMap(\.self)
        return namespaces.map { NamespaceObject.id($0) } + below
    }
    /// The same: what is left of a link whose lower one goes is of no use.
    public var owners: [ObjectID] { requires }
    /// The kernel empties a deleted namespace later, on a thread of its own, and the name stays taken until then.
    public var outlivesOwners: Bool { true }

    /// Everything changes in place but the kind, a pair's other end, what is below, and most kinds' own settings.
    ///
    /// What was made for another part of the topology is made anew: its alternative name may be what that part's link gets now.
    public func canBecome(_ other: Link) -> Bool {
        guard lower == other.lower, alias.isEmpty || alias == other.alias else { return false }
        switch (kind, other.kind) {
        case (.device(let old), .device(let new)): return old.canBecome(new)
        case (.veth(let old), .veth(let new)): return old.namespace == new.namespace && old.name == new.name
        default: return false
        }
    }

    /// Its Ethernet address, or that of its other end; neighbours go with it, and where it finds them out or no longer does.
    public func losses(becoming other: Link) -> [ObjectID] {
        var losses: [ObjectID] = []
        if mac != other.mac || hasNeighbours != other.hasNeighbours { losses.append(Self.addressID(namespace, name)) }
        if let peer, let wanted = other.peer, peer.mac != wanted.mac {
            losses.append(Self.addressID(peer.namespace, peer.name))
        }
        return losses
    }

    private var below: [ObjectID] {
        guard let lower, let link = lower.link else { return [] }
        return [Self.id(lower.namespace, link)]
    }

    /// The link without what `desired` leaves to the kernel.
    func normalised(to desired: Link) -> Link {
        var copy = self
        if desired.mac == nil { copy.mac = nil }
        if desired.mtu == nil { copy.mtu = nil }
        if desired.device.map({ !$0.isBornWithNeighbours }) ?? false { copy.hasNeighbours = desired.hasNeighbours }
        if desired.alternativeName == nil { copy.alternativeName = nil }
        switch (kind, desired.kind) {
        case (.veth(var end), .veth(let wanted)):
            if wanted.mac == nil { end.mac = nil }
            if desired.mtu == nil { end.mtu = nil }
            copy.kind = .veth(peer: end)
        case (.device(let device), .device(let wanted)): copy.kind = .device(device.normalised(to: wanted))
        default: break
        }
        return copy
    }
}

extension Device {
    /// Whether the kernel makes it so that it finds out others' Ethernet addresses, whatever it is made upon (no `IFF_NOARP`).
    fileprivate var isBornWithNeighbours: Bool {
        switch self {
        case .bridge, .geneve, .macvlan, .vxlan: true
        case .gre(let gre): gre.variant.isEthernet
        case .dummy, .ipTunnel, .ipvlan, .vlan, .vrf: false
        }
    }
}
