public import Addressing

/// A route.
public struct Route: Hashable, Sendable {
    /// Where the route is.
    public var namespace: Namespace
    /// What it leads to; a prefix of length 0 for a default route.
    public var destination: Subnet
    /// The next hop; on link if absent.
    public var gateway: IPAddress?
    /// The link that it goes out by.
    public var link: String
    /// The address of the link through which the gateway is on link.
    public var via: InterfaceAddress?
    /// Which of several routes to the destination comes first, the lowest; the kernel's default if absent.
    public var metric: UInt32?
    /// The table that it is in; the main one if absent.
    public var table: UInt32?
    /// The address that packets of the namespace itself are sent from; the kernel's choice if absent.
    public var source: IPAddress?

    /// What has that address, where it is another link than the route's.
    ///
    /// A route by a link that is not weft's is told by it, and goes with it.
    public var holder: Holder?

    /// An address of a link.
    public struct Holder: Hashable, Sendable {
        /// Name of the link.
        public var link: String
        /// The address.
        public var address: InterfaceAddress

        /// `address` of `link`.
        public init(link: String, address: InterfaceAddress) {
            self.link = link
            self.address = address
        }
    }

    /// A route to `destination`, out by `link`.
    public init(
        namespace: Namespace, destination: Subnet, gateway: IPAddress?, link: String, via: InterfaceAddress? = nil
    ) {
        self.namespace = namespace
        self.destination = destination
        self.gateway = gateway
        self.link = link
        self.via = via
    }

    /// How the address got there is not the route's state.
    public static func == (left: Route, right: Route) -> Bool {
        left.id == right.id && left.gateway == right.gateway && left.link == right.link && left.source == right.source
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(namespace)
        hasher.combine(destination)
    }
}

extension Route: Reconcilable {
    /// The destination, metric and table.
    public var id: ObjectID {
        ObjectID(
            .route, namespace,
            "\(destination)" + (metric.map { " metric \($0)" } ?? "") + (table.map { " table \($0)" } ?? ""))
    }
    /// The link, its being up, and the addresses that make the gateway reachable and that packets are sent from.
    public var requires: [ObjectID] {
        [Link.id(namespace, link), LinkUp.id(namespace, link)]
            + (via.map { [Address(namespace: namespace, link: link, address: $0).id] } ?? [])
            + (holder.map { [Address(namespace: namespace, link: $0.link, address: $0.address).id] } ?? [])
    }
    /// The same: the kernel takes routes away with the link's being up, with its last address, and with their source.
    public var owners: [ObjectID] { requires }
    /// A route of IPv6 only forgets its source (`rt6_remove_prefsrc`, net/ipv6/route.c), and stays if its link does.
    public var outlivesOwners: Bool { holder != nil && destination.family == .v6 }
    /// A route is replaced in one message (`NLM_F_REPLACE`).
    public func canBecome(_ other: Route) -> Bool { true }
}
