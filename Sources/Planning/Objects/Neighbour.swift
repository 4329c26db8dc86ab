public import Addressing

/// A permanent entry of a namespace's neighbour table: the Ethernet address that an address on a link belongs to.
public struct Neighbour: Hashable, Sendable {
    /// Where the link is.
    public var namespace: Namespace
    /// The link that the neighbour is on.
    public var link: String
    /// The neighbour's address.
    public var address: IPAddress
    /// The Ethernet address that packets for it are sent to.
    public var mac: MACAddress
    /// Whether it stays as it is (`NUD_PERMANENT`), as all that are desired do.
    public var isPermanent: Bool

    /// `address` is at `mac` on `link`.
    public init(namespace: Namespace, link: String, address: IPAddress, mac: MACAddress, isPermanent: Bool = true) {
        self.namespace = namespace
        self.link = link
        self.address = address
        self.mac = mac
        self.isPermanent = isPermanent
    }
}

extension Neighbour: Reconcilable {
    /// Link and address.
    public var id: ObjectID { ObjectID(.neighbour, namespace, "\(link) \(address)") }
    /// The link's being up.
    public var requires: [ObjectID] { [Link.id(namespace, link), LinkUp.id(namespace, link)] }
    /// The link, its being up, and its own Ethernet address: the kernel forgets the neighbours of a link that goes down or gets
    /// another address (`neigh_changeaddr`, net/core/neighbour.c).
    public var owners: [ObjectID] { requires + [Link.addressID(namespace, link)] }
    /// An entry is replaced in one message (`NLM_F_REPLACE`).
    public func canBecome(_ other: Neighbour) -> Bool { true }
}
