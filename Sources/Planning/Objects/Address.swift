public import Addressing

/// An address of an interface.
public struct Address: Hashable, Sendable {
    /// Where the link is.
    public var namespace: Namespace
    /// The link.
    public var link: String
    /// The address and the length of its subnet's prefix.
    public var address: InterfaceAddress
    /// Whether it is there before the link comes up, so that the kernel announces it then.
    public var isBeforeUp: Bool

    /// `address` on `link`.
    public init(namespace: Namespace, link: String, address: InterfaceAddress, isBeforeUp: Bool = false) {
        self.namespace = namespace
        self.link = link
        self.address = address
        self.isBeforeUp = isBeforeUp
    }

    /// Order is not state: two are equal whatever they came before.
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
    public var id: ObjectID { ObjectID(.address, namespace, "\(link) \(address)") }
    /// The link; for IPv6 also its being up, unless it comes before.
    public var requires: [ObjectID] { isBeforeUp ? [Link.id(namespace, link)] : owners }
    /// The link; for IPv6, which the kernel takes away from a link that goes down, also its being up.
    public var owners: [ObjectID] {
        [Link.id(namespace, link)] + (address.address.family == .v6 ? [LinkUp.id(namespace, link)] : [])
    }
    /// An address has nothing that could change.
    public func canBecome(_ other: Address) -> Bool { false }
}
