public import Addressing

/// What earlier runs gave out, so that a running endpoint keeps its addresses when the file changes around it.
public struct Leases: Hashable, Sendable, Codable {
    /// Subnets of a network by the network's key.
    public var subnets: [String: [Subnet]]
    /// Addresses of an endpoint, by container name, then by the network's key.
    public var addresses: [String: [String: [IPAddress]]]
    /// Host ports that were chosen, by container name and the mapping as Compose writes it, such as `80/tcp`.
    public var ports: [String: [String: UInt16]]

    /// Leases as recorded; none by default.
    public init(
        subnets: [String: [Subnet]] = [:], addresses: [String: [String: [IPAddress]]] = [:],
        ports: [String: [String: UInt16]] = [:]
    ) {
        self.subnets = subnets
        self.addresses = addresses
        self.ports = ports
    }
}

extension Leases {
    /// These leases without those of networks that span hosts.
    func local(to topology: Topology) -> Leases {
        let spanning = Set(topology.networks.filter(\.spansHosts).map(\.key))
        return Leases(
            subnets: subnets.filter { !spanning.contains($0.key) },
            addresses: addresses.mapValues { $0.filter { !spanning.contains($0.key) } }, ports: ports)
    }
}

/// What the machine around the topology already uses, as far as choices must avoid it.
public struct Surroundings: Hashable, Sendable {
    /// Subnets that must not be chosen: on-link routes, nameservers, other topologies' networks.
    public var reserved: [Subnet]
    /// Addresses that other topologies' endpoints have on networks of this one, by the network's key here.
    public var takenAddresses: [String: Set<IPAddress>]
    /// The networks that the file calls external, by key, as far as they were looked for and found.
    public var externalNetworks: [String: ExternalNetwork]
    /// Subnets that the predefined `bridge` has; empty where no topology has made it yet.
    public var predefinedBridgeSubnets: [Subnet]
    /// Families for which a namespace that a service joins has a default route of somebody else's, by the service's name.
    public var routedFamilies: [String: Set<IPFamily>]
    /// Range that random host ports come from (`net.ipv4.ip_local_port_range`).
    public var ephemeralPorts: ClosedRange<UInt16>
    /// Ports of that range that are kept for others (`net.ipv4.ip_local_reserved_ports`).
    public var reservedPorts: Set<UInt16> = []
    /// Host ports that others listen on, which are not chosen from a range or at random.
    public var busyPorts: [TransportProtocol: Set<UInt16>]
    /// How the host looks names up.
    public var resolver: Topology.Resolver
    /// Whether IPv6 clients can be led to published ports of containers that have only IPv4.
    public var translatesClients: Bool
    /// The host's interfaces that the topology has not made, with their MTU in bytes; `nil` where nobody has looked.
    public var interfaces: [String: UInt32]?

    /// Surroundings as found; a bare machine by default.
    public init(
        reserved: [Subnet] = [], takenAddresses: [String: Set<IPAddress>] = [:],
        externalNetworks: [String: ExternalNetwork] = [:], routedFamilies: [String: Set<IPFamily>] = [:],
        ephemeralPorts: ClosedRange<UInt16> = 32768...60999, predefinedBridgeSubnets: [Subnet] = [],
        busyPorts: [TransportProtocol: Set<UInt16>] = [:], resolver: Topology.Resolver = Topology.Resolver(),
        translatesClients: Bool = false, interfaces: [String: UInt32]? = nil
    ) {
        self.reserved = reserved
        self.takenAddresses = takenAddresses
        self.externalNetworks = externalNetworks
        self.routedFamilies = routedFamilies
        self.ephemeralPorts = ephemeralPorts
        self.predefinedBridgeSubnets = predefinedBridgeSubnets
        self.busyPorts = busyPorts
        self.resolver = resolver
        self.translatesClients = translatesClients
        self.interfaces = interfaces
    }
}
