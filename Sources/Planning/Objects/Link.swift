public import Addressing

/// A network interface, or the two of a veth pair.
public struct Link: Hashable, Sendable {
    /// What kind of link it is, with what only that kind has.
    public enum Kind: Hashable, Sendable {
        /// An Ethernet bridge.
        case bridge
        /// A pair of interfaces joined by a cable; deleting either deletes both.
        case veth(peer: Peer)
    }

    /// The second end of a veth pair.
    public struct Peer: Hashable, Sendable {
        /// Where the end is.
        public var namespace: Namespace
        /// What it is called there.
        public var name: String
        /// Its Ethernet address; the kernel's choice if absent.
        public var mac: MACAddress?

        /// An end called `name` in `namespace`.
        public init(namespace: Namespace, name: String, mac: MACAddress? = nil) {
            self.namespace = namespace
            self.name = name
            self.mac = mac
        }
    }

    /// Where the link, or a pair's first end, is.
    public var namespace: Namespace
    /// What it is called there: at most 15 bytes.
    public var name: String
    /// What kind of link it is.
    public var kind: Kind
    /// Its Ethernet address; the kernel's choice if absent.
    public var mac: MACAddress?
    /// Largest layer-3 packet of each end, in bytes.
    public var mtu: UInt32
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
        namespace: Namespace, name: String, kind: Kind, mac: MACAddress? = nil, mtu: UInt32 = 1500, alias: String,
        alternativeName: String? = nil, group: UInt32 = 0, hasNeighbours: Bool = true
    ) {
        self.namespace = namespace
        self.name = name
        self.kind = kind
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

    /// The identity of the link `name` in `namespace`, whichever end of a pair it is.
    public static func id(_ namespace: Namespace, _ name: String) -> ObjectID { ObjectID(.link, namespace, name) }
}

extension Link: Reconcilable {
    /// The first end's place and name.
    public var id: ObjectID { Self.id(namespace, name) }
    /// Both ends' places and names.
    public var identities: [ObjectID] {
        guard let peer else { return [id] }
        return [id, Self.id(peer.namespace, peer.name)]
    }
    /// The namespaces that it touches.
    public var requires: [ObjectID] {
        [NamespaceObject.id(namespace)] + (peer.map { [NamespaceObject.id($0.namespace)] } ?? [])
    }
    /// The namespaces that it touches.
    public var owners: [ObjectID] { requires }
    /// The kernel empties a deleted namespace later, on a thread of its own, and the name stays taken until then.
    public var outlivesOwners: Bool { true }
    /// Everything but the kind and a pair's other end changes in place.
    public func canBecome(_ other: Link) -> Bool {
        switch (kind, other.kind) {
        case (.bridge, .bridge): true
        case (.veth(let old), .veth(let new)): old.namespace == new.namespace && old.name == new.name
        default: false
        }
    }

    /// The link without what `desired` leaves to the kernel.
    func normalised(to desired: Link) -> Link {
        var copy = self
        if desired.mac == nil { copy.mac = nil }
        if desired.alternativeName == nil { copy.alternativeName = nil }
        if case .veth(var end) = kind, case .veth(let wanted) = desired.kind, wanted.mac == nil {
            end.mac = nil
            copy.kind = .veth(peer: end)
        }
        return copy
    }
}
