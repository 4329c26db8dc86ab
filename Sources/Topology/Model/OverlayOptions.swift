extension Topology.Network {
    /// The `driver_opts` of an overlay: Docker's (moby `drivers/overlay`), and `weft.overlay.…`.
    public struct OverlayOptions: Hashable, Sendable, Codable {
        /// `com.docker.network.driver.overlay.vxlanid_list`: the identifiers of the subnets, in their order; chosen if
        /// absent.
        public var identifiers: [UInt32] = []
        /// `weft.overlay.vxlanid_start`: the lowest identifier that is chosen.
        public var firstIdentifier = Self.identifiersOfSwarm
        /// How frames are carried between hosts.
        public enum Encapsulation: String, Hashable, Sendable, Codable, CaseIterable {
            /// In UDP, to whichever host has the endpoint (RFC 7348): one tunnel for all.
            case vxlan
            /// In GRE, with a tunnel to each other host (RFC 2784), and the identifier as its key (RFC 2890).
            case gretap
        }

        /// `weft.overlay.encapsulation`: how frames are carried between hosts.
        public var encapsulation = Encapsulation.vxlan
        /// `weft.overlay.port`: the UDP port of VXLAN.
        public var port = Self.vxlanPort

        /// Where swarm begins (moby `cnmallocator`), and `weft`; the overlay on a key-value store (Docker 20.10) began at 256.
        public static let identifiersOfSwarm: UInt32 = 4096
        /// A VXLAN network identifier has 24 bits (RFC 7348 §5), of which 0 is none.
        public static let allowedIdentifiers: ClosedRange<UInt32> = 1...0xff_ffff
        /// VXLAN's registered port (RFC 7348 §5).
        public static let vxlanPort: UInt16 = 4789

        /// What is done without any option.
        public init() {}
    }
}
