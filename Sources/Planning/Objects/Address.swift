public import Addressing

/// An address of an interface.
public struct Address: Hashable, Sendable {
    /// Where the link is.
    public var namespace: Namespace
    /// The link.
    public var link: String
    /// The address and the length of its subnet's prefix.
    public var address: InterfaceAddress
    /// Where it is there already, and another of its subnet was before it on the link: that one, with which the kernel takes it
    /// away (`__inet_del_ifa`, net/ipv4/devinet.c).
    public var primary: InterfaceAddress?

    /// `address` on `link`.
    public init(namespace: Namespace, link: String, address: InterfaceAddress) {
        self.namespace = namespace
        self.link = link
        self.address = address
    }

    /// Order is not state: two are equal whatever was before them.
    public static func == (left: Address, right: Address) -> Bool {
        left.namespace == right.namespace && left.link == right.link && left.address == right.address
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(namespace)
        hasher.combine(link)
        hasher.combine(address)
    }
}

extension Address: Reconcilable {
    /// Link and address.
    public var id: ObjectID { Self.id(namespace, link, address) }
    /// What it goes with; for IPv6 also that the link takes such addresses, and does not try them first.
    public var requires: [ObjectID] {
        guard address.address.family == .v6 else { return owners }
        return owners
            + ["disable_ipv6", "accept_dad"].map { Sysctl.interfaceID(namespace, link, family: "ipv6", $0) }
    }
    /// The link, and the address before it; for IPv6, which the kernel takes away from a link that goes down, also its being up.
    public var owners: [ObjectID] {
        [Link.id(namespace, link)] + (address.address.family == .v6 ? [LinkUp.id(namespace, link)] : [])
            + (primary.map { [Self.id(namespace, link, $0)] } ?? [])
    }
    /// A kernel may be set to keep an address whose primary one goes (`promote_secondaries`).
    public var outlivesOwners: Bool { primary != nil }
    /// An address has nothing that could change.
    public func canBecome(_ other: Address) -> Bool { false }

    private static func id(_ namespace: Namespace, _ link: String, _ address: InterfaceAddress) -> ObjectID {
        ObjectID(.address, namespace, "\(link) \(address)")
    }
}
