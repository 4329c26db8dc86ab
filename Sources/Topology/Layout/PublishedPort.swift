public import Addressing

extension Layout {
    /// A port that is reached at the container's own address.
    public struct OpenPort: Hashable, Sendable, Codable {
        /// The container's address.
        public var address: IPAddress
        /// Port of the container.
        public var target: UInt16
        /// Transport protocol.
        public var transport: TransportProtocol

        /// The port `target` at `address`.
        public init(address: IPAddress, target: UInt16, transport: TransportProtocol) {
            self.address = address
            self.target = target
            self.transport = transport
        }
    }

    /// A published port with the host's port chosen.
    public struct Port: Hashable, Sendable, Codable {
        /// Address of the host; every address of the family if absent, and every IPv6 address if `::`.
        ///
        /// One of IPv6 with an `address` of IPv4 is for clients that have to be translated.
        public var hostAddress: IPAddress?
        /// Port of the host.
        public var published: UInt16
        /// The container's address and port.
        public var address: IPAddress
        /// Port of the container.
        public var target: UInt16
        /// Transport protocol.
        public var transport: TransportProtocol
        /// Key of the network whose endpoint has `address`.
        public var network: String

        /// A published port.
        public init(
            hostAddress: IPAddress?, published: UInt16, address: IPAddress, target: UInt16,
            transport: TransportProtocol, network: String
        ) {
            self.hostAddress = hostAddress
            self.published = published
            self.address = address
            self.target = target
            self.transport = transport
            self.network = network
        }
    }
}

extension Layout.Port {
    /// The family of the clients.
    public var clientFamily: IPFamily { hostAddress?.family ?? address.family }
}
