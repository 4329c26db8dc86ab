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
            /// `network_mode: container:NAME`: the sandbox of the container of that name, in this topology or on the machine.
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
            /// The key by which the file names the network, where that is not the network's own.
            var keyInFile: String?
            /// `priority`: networks of a higher one are connected first.
            public var priority: Int
            /// `gw_priority`: the default route goes through the network of the highest one.
            public var gatewayPriority: Int
            /// `interface_name`; the prefix and a number if absent.
            public var interfaceName: String?
            /// What the network calls interfaces, before their number (`container_iface_prefix`).
            public var interfacePrefix = "eth"
            /// `link_local_ips`, which the interface has besides the network's addresses.
            public var linkLocalAddresses: [IPAddress]
            /// `com.docker.network.endpoint.sysctls`, with `IFNAME` where the interface's name belongs.
            public var settings: [Setting] = []
            /// `driver_opts` as the file has them, and `interface_name` as Docker knows it, kept for `inspect`.
            public var driverOptions: [String: String] = [:]
            /// Where the attachment begins in the file.
            public var mark: Mark
            /// Where the values of its keys begin, by key.
            public var marks: [String: Mark]

            /// An attachment with everything left to the defaults.
            public init(network: String, mark: Mark = Mark(line: 0, column: 0)) {
                self.network = network
                aliases = []
                priority = 0
                gatewayPriority = 0
                linkLocalAddresses = []
                self.mark = mark
                marks = [:]
            }
        }

        /// A line that `extra_hosts` adds to the hosts file.
        public struct ExtraHost: Hashable, Sendable {
            /// The name.
            public var name: String
            /// What it leads to; the bridge's address, as the containers' way to the host, if absent (`host-gateway`).
            public var address: IPAddress?

            /// `name` for `address`.
            public init(name: String, address: IPAddress?) {
                self.name = name
                self.address = address
            }
        }

        /// A name of this service's own for another one.
        public struct Link: Hashable, Sendable {
            /// The other service.
            public var service: String
            /// What it is called here.
            public var alias: String
            /// Where the link stands in the file.
            public var mark: Mark

            /// `alias` for `service`.
            public init(service: String, alias: String, mark: Mark = Mark(line: 0, column: 0)) {
                self.service = service
                self.alias = alias
                self.mark = mark
            }
        }

        /// The key under `services:`.
        public var name: String
        /// How many containers: at least 0.
        public var scale: Int
        /// `container_name`, the name of the namespace; `<topology>-<service>` if absent.
        public var containerName: String?
        /// `host`: the host that its containers run on; `nil` in a file without `hosts`.
        public var host: String?
        /// How the service is connected.
        public var mode: Mode
        /// `x-weft: {namespace: …}`: the namespace that takes the place of a sandbox of the service's own.
        public var namespace: NamespaceReference?
        /// Published ports, ranges already spread.
        public var ports: [PortMapping]
        /// `expose`.
        public var exposed: [ExposedPorts] = []
        /// `hostname`; the container's name if absent.
        public var hostname: String?
        /// `domainname`.
        public var domainName: String?
        /// `extra_hosts`, in file order.
        public var extraHosts: [ExtraHost]
        /// `links`, in file order: names that this service's containers alone know.
        public var links: [Link] = []
        /// `dns`, `dns_search` and `dns_opt`; what the host has if absent.
        public var resolver: Resolver?
        /// `sysctls` of the sandbox, by name.
        public var settings: [Setting] = []
        /// Where the service begins in the file.
        public var mark: Mark
        /// Where the values of its keys begin, by key.
        public var marks: [String: Mark]

        /// One container in a sandbox of its own, on the networks of `mode`.
        public init(name: String, mode: Mode, mark: Mark = Mark(line: 0, column: 0)) {
            self.name = name
            scale = 1
            self.mode = mode
            ports = []
            extraHosts = []
            self.mark = mark
            marks = [:]
        }
    }
}
