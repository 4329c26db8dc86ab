public import Addressing

extension Layout {
    /// A network with its subnets chosen.
    public struct Network: Hashable, Sendable, Codable {
        /// A subnet and the address that the bridge has in it.
        public struct Segment: Hashable, Sendable, Codable {
            /// Addresses of the network.
            public var subnet: Subnet
            /// The bridge's address in it, and the endpoints' default gateway unless the network is internal.
            public var gateway: IPAddress

            /// `subnet` with its `gateway`.
            public init(subnet: Subnet, gateway: IPAddress) {
                self.subnet = subnet
                self.gateway = gateway
            }
        }

        /// Who has made a network that the topology only uses.
        public enum Maker: Hashable, Sendable, Codable {
            /// Another topology, in whose file it is called `key`.
            case topology(String, key: String)
            /// Somebody else: a bridge that is not weft's, with these addresses of the host.
            case others(addresses: [IPAddress])
        }

        /// What the file says of the network.
        public var declaration: Topology.Network
        /// Docker's name of the network: `<topology>_<key>`, or `bridge`.
        public var name: String
        /// Name of the bridge in the kernel, at most 15 bytes.
        public var bridge: String
        /// Subnets, IPv4 first.
        public var segments: [Segment]
        /// What an overlay has besides; `nil` for other drivers.
        public var overlay: Overlay?
        /// What the endpoints of a macvlan or ipvlan network share; `nil` for other drivers.
        public var parent: Parent?
        /// What a routed network has besides; `nil` for other drivers.
        public var routed: Routed?
        /// Who made the network, where the topology uses one that it has not made.
        public var maker: Maker?
        /// Endpoints that other topologies have on such a network.
        public var neighbours: [Neighbour]?

        /// A network laid out.
        public init(declaration: Topology.Network, name: String, bridge: String, segments: [Segment]) {
            self.declaration = declaration
            self.name = name
            self.bridge = bridge
            self.segments = segments
        }
    }

    /// An address that another topology's endpoint has on a network that the topology uses as well.
    public struct Neighbour: Hashable, Sendable, Codable {
        /// Name of the container.
        public var container: String
        /// Its address.
        public var address: IPAddress
        /// The names by which it is known on the network.
        public var names: [String]

        /// `container` at `address`.
        public init(container: String, address: IPAddress, names: [String]) {
            self.container = container
            self.address = address
            self.names = names
        }
    }
}
