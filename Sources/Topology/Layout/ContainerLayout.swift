public import Addressing

extension Layout {
    /// A container: one instance of a service.
    public struct Container: Hashable, Sendable, Codable {
        /// Whose network stack the container uses.
        public enum Sandbox: Hashable, Sendable, Codable {
            /// A namespace named as the container.
            case own
            /// The host's.
            case host
            /// That of the container of this name.
            case shared(String)
            /// A namespace that exists already, in which the container has interfaces.
            case joined(JoinedNamespace)
            /// That of a container of another topology, or any namespace of that name, in which nothing is changed.
            case outside(String)
        }

        /// A namespace that is not weft's, with what layouts must know of it.
        public struct JoinedNamespace: Hashable, Sendable, Codable {
            /// How it is found.
            public var reference: NamespaceReference
            /// Families for which it has a default route of somebody else's, which stays.
            public var routed: Set<IPFamily>

            /// The namespace that `reference` leads to.
            public init(_ reference: NamespaceReference, routed: Set<IPFamily> = []) {
                self.reference = reference
                self.routed = routed
            }
        }

        /// Whether the container has interfaces of its own, be the namespace its own or one that it joins.
        public var hasInterfaces: Bool {
            switch sandbox {
            case .own, .joined: true
            case .host, .shared, .outside: false
            }
        }

        /// Name of the container and, if it has one of its own, of its namespace.
        public var name: String
        /// The service that it is an instance of.
        public var service: String
        /// Which instance, from 1.
        public var index: Int
        /// Name of the host that it runs on; absent where there are no hosts.
        public var host: String?
        /// Whose network stack the container uses.
        public var sandbox: Sandbox
        /// One per network, in the order of their interfaces.
        public var endpoints: [Endpoint]
        /// `none`, where the container is on that, and so on no other network; a container without endpoints may be on no
        /// network at all.
        public var privateNetwork: String?
        /// Published ports with the host's port chosen.
        public var ports: [Port]
        /// Published ports of networks whose gateway mode is `routed`, which lead from no port of the host.
        public var openPorts: [OpenPort] = []
        /// `expose`, of a container with networks.
        public var exposed: [Topology.ExposedPorts] = []
        /// `hostname`; the container's name if absent.
        public var hostname: String?
        /// `domainname`.
        public var domainName: String?
        /// Lines that the file adds to the hosts file, in order.
        public var extraHosts: [HostsEntry]
        /// `links`: names of the container's own for others, which lead to them on the networks that both are on.
        public var links: [ContainerLink] = []
        /// How names are looked up that the hosts file does not have; as on the host if absent.
        public var resolver: Topology.Resolver?
        /// Values of the kernel's that the sandbox gets.
        public var settings: [Topology.Setting] = []

        /// A container laid out.
        public init(
            name: String, service: String, index: Int, sandbox: Sandbox, endpoints: [Endpoint] = [], ports: [Port] = [],
            hostname: String? = nil, domainName: String? = nil, extraHosts: [HostsEntry] = []
        ) {
            self.name = name
            self.service = service
            self.index = index
            self.sandbox = sandbox
            self.endpoints = endpoints
            self.ports = ports
            self.hostname = hostname
            self.domainName = domainName
            self.extraHosts = extraHosts
        }
    }

    /// A name and the address that it leads to.
    public struct HostsEntry: Hashable, Sendable, Codable {
        /// The name.
        public var name: String
        /// Its address.
        public var address: IPAddress

        /// `name` for `address`.
        public init(name: String, address: IPAddress) {
            self.name = name
            self.address = address
        }
    }

    /// A name that a container has for another one.
    public struct ContainerLink: Hashable, Sendable, Codable {
        /// Name of the other container.
        public var container: String
        /// What it is called.
        public var alias: String
        /// The network that a live connection brought the link with; absent for one that holds on all networks of both.
        public var network: String?

        /// `alias` for `container`.
        public init(container: String, alias: String, network: String? = nil) {
            self.container = container
            self.alias = alias
            self.network = network
        }
    }

    /// A container's interface on a network.
    public struct Endpoint: Hashable, Sendable, Codable {
        /// Key of the network.
        public var network: String
        /// Name of the interface in the sandbox, such as `eth0`.
        public var interface: String
        /// Addresses, IPv4 first.
        public var addresses: [InterfaceAddress]
        /// `link_local_ips`, which have no name and no part in the network's addressing.
        public var linkLocalAddresses: [InterfaceAddress]
        /// Ethernet address of the interface.
        public var mac: MACAddress
        /// Names of the endpoint on its network, besides the container's and the service's.
        public var aliases: [String]
        /// Families for which the container's default route goes through this endpoint.
        public var defaultGatewayFor: Set<IPFamily>
        /// Those of the addresses that the file asks for by number.
        public var requestedAddresses: [IPAddress] = []
        /// `driver_opts` of the attachment, kept for `inspect`.
        public var driverOptions: [String: String] = [:]
        /// `gw_priority`.
        public var gatewayPriority = 0
        /// Values of the kernel's that the interface gets, its name in theirs.
        public var settings: [Topology.Setting] = []

        /// An endpoint laid out.
        public init(
            network: String, interface: String, addresses: [InterfaceAddress], mac: MACAddress, aliases: [String] = [],
            defaultGatewayFor: Set<IPFamily> = [], linkLocalAddresses: [InterfaceAddress] = []
        ) {
            self.network = network
            self.interface = interface
            self.addresses = addresses
            self.linkLocalAddresses = linkLocalAddresses
            self.mac = mac
            self.aliases = aliases
            self.defaultGatewayFor = defaultGatewayFor
        }
    }
}
