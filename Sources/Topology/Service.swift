public import Addressing
public import YAML

extension Topology {
    /// A service of the file: one container, or `scale` of them, that share a description.
    public struct Service: Hashable, Sendable {
        /// How a service is connected: `networks:` or `network_mode:`.
        public enum Mode: Hashable, Sendable {
            /// A sandbox of its own with one endpoint per attachment, in file order.
            case attached([Attachment])
            /// `network_mode: none`: a sandbox with loopback only.
            case none
            /// `network_mode: host`: the host's own namespace.
            case host
            /// `network_mode: service:NAME`: the sandbox of that service's first container.
            case service(String)
            /// `network_mode: container:NAME`: the sandbox of the container of that name in this topology.
            case container(String)
        }

        /// A service's place on a network.
        public struct Attachment: Hashable, Sendable {
            /// Key of the network.
            public var network: String
            /// `ipv4_address`.
            public var ipv4: IPAddress?
            /// `ipv6_address`.
            public var ipv6: IPAddress?
            /// `mac_address`; derived from the IPv4 address if absent.
            public var mac: MACAddress?
            /// `aliases`, in file order.
            public var aliases: [String]
            /// Where the attachment begins in the file.
            public var mark: Mark

            /// An attachment with everything left to the defaults.
            public init(network: String, mark: Mark = Mark(line: 0, column: 0)) {
                self.network = network
                aliases = []
                self.mark = mark
            }
        }

        /// The key under `services:`.
        public var name: String
        /// How many containers: at least 0.
        public var scale: Int
        /// `container_name`, the name of the namespace; `<topology>-<service>` if absent.
        public var containerName: String?
        /// How the service is connected.
        public var mode: Mode
        /// Published ports, ranges already spread.
        public var ports: [PortMapping]
        /// Where the service begins in the file.
        public var mark: Mark

        /// One container in a sandbox of its own, on the networks of `mode`.
        public init(name: String, mode: Mode, mark: Mark = Mark(line: 0, column: 0)) {
            self.name = name
            scale = 1
            self.mode = mode
            ports = []
            self.mark = mark
        }
    }
}
