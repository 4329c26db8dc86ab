public import Addressing

/// A topology with every choice made: subnets, addresses, names and ports.
///
/// Drivers turn it into kernel objects.
public struct Layout: Hashable, Sendable, Codable {
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
        /// Published ports with the host's port chosen.
        public var ports: [Port]
        /// Published ports of networks whose gateway mode is `routed`, which lead from no port of the host.
        public var openPorts: [OpenPort] = []
        /// `hostname`; the container's name if absent.
        public var hostname: String?
        /// `domainname`.
        public var domainName: String?
        /// Lines that the file adds to the hosts file, in order.
        public var extraHosts: [HostsEntry]
        /// Names that `links` add to the hosts file.
        public var links: [HostsEntry] = []
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

    /// Name of the topology.
    public var name: String
    /// Networks that have an endpoint or are declared, in file order.
    public var networks: [Network]
    /// Containers in file order.
    public var containers: [Container]
    /// Cables with both ends' containers known, in file order.
    public var cables: [Cable]
    /// Tunnels' ends and single interfaces, in file order.
    public var devices: [DeviceLink] = []
    /// The hosts that it is spread over; absent where everything is on this machine.
    public var fabric: Fabric?
    /// What to record, so that the next layout makes the same choices.
    public var leases: Leases

    /// A layout of these parts.
    public init(
        name: String, networks: [Network] = [], containers: [Container] = [], cables: [Cable] = [],
        leases: Leases = Leases()
    ) {
        self.name = name
        self.networks = networks
        self.containers = containers
        self.cables = cables
        self.leases = leases
    }

    /// A cable between two sandboxes.
    public struct Cable: Hashable, Sendable, Codable {
        /// One end.
        public struct End: Hashable, Sendable, Codable {
            /// Name of the namespace that holds the interface.
            public var container: String
            /// Name of the interface.
            public var interface: String
            /// Addresses of the interface.
            public var addresses: [InterfaceAddress]
            /// Ethernet address of the interface.
            public var mac: MACAddress
            /// Routes that lead out by it.
            public var routes: [Topology.Route] = []
            /// Rules that choose the table by which packets are routed.
            public var rules: [Topology.Rule] = []

            /// An end in the namespace `container`.
            public init(container: String, interface: String, addresses: [InterfaceAddress], mac: MACAddress) {
                self.container = container
                self.interface = interface
                self.addresses = addresses
                self.mac = mac
            }
        }

        /// The end named first in the file.
        public var first: End
        /// The other end.
        public var second: End
        /// Largest layer-3 packet, in bytes.
        public var mtu: UInt32

        /// A cable from `first` to `second`.
        public init(first: End, second: End, mtu: UInt32) {
            self.first = first
            self.second = second
            self.mtu = mtu
        }
    }
}

extension Layout.Port {
    /// The family of the clients.
    public var clientFamily: IPFamily { hostAddress?.family ?? address.family }
}
