/// The network's part of a container as `docker inspect` shows it (moby `api/types/container/network_settings.go`).
public struct DockerContainer: Hashable, Sendable, Encodable {
    /// An address of the host that leads to a port of the container.
    public struct PortBinding: Hashable, Sendable, Encodable {
        /// The host's address; `0.0.0.0` or `::` for every one.
        public var address: String
        /// The host's port.
        public var port: String

        private enum CodingKeys: String, CodingKey {
            case address = "HostIp"
            case port = "HostPort"
        }
    }

    /// A place on a network.
    public struct Endpoint: Hashable, Sendable, Encodable {
        /// Addresses that the file asks for.
        struct Requested: Hashable, Sendable, Encodable {
            var ipv4: String?
            var ipv6: String?
            var linkLocal: [String]?

            private enum CodingKeys: String, CodingKey {
                case ipv4 = "IPv4Address"
                case ipv6 = "IPv6Address"
                case linkLocal = "LinkLocalIPs"
            }
        }

        @OrNull var requested: Requested?
        @OrNull var links: [String]?
        @OrNull var aliases: [String]?
        var mac = ""
        @OrNull var driverOptions: [String: String]?
        var gatewayPriority = 0
        var networkID: String
        var place: Place
        @OrNull var names: [String]?
    }

    /// What identifies an endpoint and how it is addressed.
    struct Place: Hashable, Sendable {
        var endpointID = ""
        var gateway = ""
        var address = ""
        var prefixLength = 0
        var gateway6 = ""
        var address6 = ""
        var prefixLength6 = 0
    }

    /// `NetworkSettings`.
    public struct Settings: Hashable, Sendable, Encodable {
        var sandboxID: String
        var sandboxKey: String
        /// Bindings by port of the container, such as `80/tcp`; none for one that is exposed, or reached at the container's
        /// address.
        public var ports: [String: [PortBinding]?]
        /// The endpoint on the network `bridge`, which Docker repeats here.
        var place = Place()
        var mac = ""
        /// Endpoints by the networks' names.
        public var networks: [String: Endpoint]
    }

    /// 64 hexadecimal digits.
    public var id: String
    /// The container's name after a slash.
    public var name: String
    /// Its network stack.
    public var settings: Settings

    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case settings = "NetworkSettings"
    }
}

extension DockerContainer.Place {
    fileprivate enum CodingKeys: String, CodingKey {
        case endpointID = "EndpointID"
        case gateway = "Gateway"
        case address = "IPAddress"
        case prefixLength = "IPPrefixLen"
        case gateway6 = "IPv6Gateway"
        case address6 = "GlobalIPv6Address"
        case prefixLength6 = "GlobalIPv6PrefixLen"
    }

    /// Writes the members into what `encoder` is writing already.
    fileprivate func encodeMembers(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(endpointID, forKey: .endpointID)
        try container.encode(gateway, forKey: .gateway)
        try container.encode(address, forKey: .address)
        try container.encode(prefixLength, forKey: .prefixLength)
        try container.encode(gateway6, forKey: .gateway6)
        try container.encode(address6, forKey: .address6)
        try container.encode(prefixLength6, forKey: .prefixLength6)
    }
}

extension DockerContainer.Endpoint {
    private enum CodingKeys: String, CodingKey {
        case requested = "IPAMConfig"
        case links = "Links"
        case aliases = "Aliases"
        case mac = "MacAddress"
        case driverOptions = "DriverOpts"
        case gatewayPriority = "GwPriority"
        case networkID = "NetworkID"
        case names = "DNSNames"
    }

    /// Writes the endpoint with its place among its own members.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(_requested, forKey: .requested)
        try container.encode(_links, forKey: .links)
        try container.encode(_aliases, forKey: .aliases)
        try container.encode(mac, forKey: .mac)
        try container.encode(_driverOptions, forKey: .driverOptions)
        try container.encode(gatewayPriority, forKey: .gatewayPriority)
        try container.encode(networkID, forKey: .networkID)
        try container.encode(_names, forKey: .names)
        try place.encodeMembers(to: encoder)
    }
}

extension DockerContainer.Settings {
    private enum CodingKeys: String, CodingKey {
        case bridge = "Bridge"
        case sandboxID = "SandboxID"
        case sandboxKey = "SandboxKey"
        case ports = "Ports"
        case hairpin = "HairpinMode"
        case linkLocal = "LinkLocalIPv6Address"
        case linkLocalPrefixLength = "LinkLocalIPv6PrefixLen"
        case secondary = "SecondaryIPAddresses"
        case secondary6 = "SecondaryIPv6Addresses"
        case mac = "MacAddress"
        case networks = "Networks"
    }

    /// Writes the settings, with the members that Docker keeps for old clients and always leaves empty.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("", forKey: .bridge)
        try container.encode(sandboxID, forKey: .sandboxID)
        try container.encode(sandboxKey, forKey: .sandboxKey)
        try container.encode(ports, forKey: .ports)
        try container.encode(false, forKey: .hairpin)
        try container.encode("", forKey: .linkLocal)
        try container.encode(0, forKey: .linkLocalPrefixLength)
        try container.encodeNil(forKey: .secondary)
        try container.encodeNil(forKey: .secondary6)
        try container.encode(mac, forKey: .mac)
        try container.encode(networks, forKey: .networks)
        try place.encodeMembers(to: encoder)
    }
}
