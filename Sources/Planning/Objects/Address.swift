public import Addressing

/// An address of an interface.
public struct Address: Hashable, Sendable {
    /// Where the link is.
    public var namespace: Namespace
    /// The link.
    public var link: String
    /// The address and the length of its subnet's prefix.
    public var address: InterfaceAddress

    /// `address` on `link`.
    public init(namespace: Namespace, link: String, address: InterfaceAddress) {
        self.namespace = namespace
        self.link = link
        self.address = address
    }
}

extension Address: Reconcilable {
    /// Link and address.
    public var id: ObjectID { ObjectID(.address, namespace, "\(link) \(address)") }
    /// The link; for IPv6 also its being up, and what makes the kernel take the address on a link that was up before.
    public var requires: [ObjectID] {
        guard address.address.family == .v6 else { return owners }
        return owners
            + ["disable_ipv6", "accept_dad"].map { Sysctl.id(namespace, ofInterface: link, family: "ipv6", $0) }
    }
    /// The link; for IPv6, which the kernel takes away from a link that goes down, also its being up.
    public var owners: [ObjectID] {
        [Link.id(namespace, link)] + (address.address.family == .v6 ? [LinkUp.id(namespace, link)] : [])
    }
    /// An address has nothing that could change.
    public func canBecome(_ other: Address) -> Bool { false }
}
