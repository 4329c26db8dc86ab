public import Addressing

extension Topology {
    /// Entries of the kernel's tables that belong to an interface of a link.
    public struct InterfaceTables: Hashable, Sendable {
        /// Routes that lead out by the interface.
        public var routes: [Route] = []
        /// Rules that choose the table by which packets are routed.
        public var rules: [Rule] = []
        /// Ethernet addresses of neighbours that are not asked for.
        public var neighbours: [Neighbour] = []
        /// Where a tunnel sends the frames for Ethernet addresses.
        public var forwarding: [Forwarding] = []

        /// No entries.
        public init() {}
    }

    /// A route that leads out by an interface.
    public struct Route: Hashable, Sendable, Codable {
        /// What it leads to; a prefix of length 0 for a default route.
        public var destination: Subnet
        /// The next hop; on link if absent.
        public var gateway: IPAddress?
        /// Which of several routes comes first, the lowest; the kernel's default if absent.
        public var metric: UInt32?
        /// The table that it is in; the main one if absent.
        public var table: UInt32?
        /// The address that packets of the container itself are sent from; the kernel's choice if absent.
        public var source: IPAddress?
    }

    /// A rule that chooses the table by which packets are routed.
    public struct Rule: Hashable, Sendable, Codable {
        /// Whose packets.
        public var family: IPFamily
        /// Which of several rules comes first, the lowest.
        public var priority: UInt32
        /// The senders; all if absent.
        public var source: Subnet?
        /// The receivers; all if absent.
        public var destination: Subnet?
        /// The interface that packets come in by; any if absent.
        public var inputInterface: String?
        /// The mark of the packets; any if absent.
        public var mark: UInt32?
        /// The table.
        public var table: UInt32
    }

    /// The Ethernet address of a neighbour.
    public struct Neighbour: Hashable, Sendable, Codable {
        /// The neighbour's address.
        public var address: IPAddress
        /// Its Ethernet address.
        public var mac: MACAddress
    }

    /// Where a tunnel sends the frames for an Ethernet address.
    public struct Forwarding: Hashable, Sendable, Codable {
        /// The Ethernet address; all zeros for those without an entry.
        public var mac: MACAddress
        /// The other end of the tunnel.
        public var destination: IPAddress
    }
}
