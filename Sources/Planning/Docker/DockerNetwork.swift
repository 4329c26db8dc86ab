/// A network as `docker network inspect` shows it (moby `api/types/network/inspect.go`).
public struct DockerNetwork: Hashable, Sendable, Encodable {
    /// Address management.
    public struct IPAM: Hashable, Sendable, Encodable {
        /// A subnet.
        public struct Pool: Hashable, Sendable, Encodable {
            var subnet: String
            var range: String?
            var gateway: String?
            var auxiliary: [String: String]?

            private enum CodingKeys: String, CodingKey {
                case subnet = "Subnet"
                case range = "IPRange"
                case gateway = "Gateway"
                case auxiliary = "AuxiliaryAddresses"
            }
        }

        var driver = "default"
        @OrNull var options: [String: String]?
        var pools: [Pool]

        private enum CodingKeys: String, CodingKey {
            case driver = "Driver"
            case options = "Options"
            case pools = "Config"
        }
    }

    /// A container's place on the network.
    public struct Endpoint: Hashable, Sendable, Encodable {
        var name: String
        var endpointID: String
        var mac = ""
        var ipv4 = ""
        var ipv6 = ""

        private enum CodingKeys: String, CodingKey {
            case name = "Name"
            case endpointID = "EndpointID"
            case mac = "MacAddress"
            case ipv4 = "IPv4Address"
            case ipv6 = "IPv6Address"
        }
    }

    /// How much of its subnets is given out; of networks that have some.
    public struct Status: Hashable, Sendable, Encodable {
        struct IPAM: Hashable, Sendable, Encodable {
            var subnets: [String: Subnet]

            private enum CodingKeys: String, CodingKey { case subnets = "Subnets" }
        }

        struct Subnet: Hashable, Sendable, Encodable {
            var used: UInt64
            var available: UInt64

            private enum CodingKeys: String, CodingKey {
                case used = "IPsInUse"
                case available = "DynamicIPsAvailable"
            }
        }

        var ipam: IPAM

        private enum CodingKeys: String, CodingKey { case ipam = "IPAM" }
    }

    struct Source: Hashable, Sendable, Encodable {
        var network = ""

        private enum CodingKeys: String, CodingKey { case network = "Network" }
    }

    /// Docker's name of the network: `<topology>_<key>`.
    public var name: String
    /// 64 hexadecimal digits.
    public var id: String
    /// When it was made (RFC 3339); the year 1 where that is not known.
    public var created = "0001-01-01T00:00:00Z"
    /// `local`: networks of one machine.
    public var scope = "local"
    /// `bridge`, `host` or `null`.
    public var driver: String
    /// Whether endpoints get IPv4 addresses.
    public var hasIPv4 = true
    /// Whether endpoints get IPv6 addresses.
    public var hasIPv6 = false
    var ipam: IPAM
    /// Whether there is no way out.
    public var isInternal = false
    var isAttachable = false
    var isIngress = false
    var source = Source()
    var isConfigurationOnly = false
    /// The endpoints by their containers' identifiers.
    public var containers: [String: Endpoint] = [:]
    var options: [String: String] = [:]
    /// Labels of the file.
    public var labels: [String: String] = [:]
    var status: Status?

    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case id = "Id"
        case created = "Created"
        case scope = "Scope"
        case driver = "Driver"
        case hasIPv4 = "EnableIPv4"
        case hasIPv6 = "EnableIPv6"
        case ipam = "IPAM"
        case isInternal = "Internal"
        case isAttachable = "Attachable"
        case isIngress = "Ingress"
        case source = "ConfigFrom"
        case isConfigurationOnly = "ConfigOnly"
        case containers = "Containers"
        case options = "Options"
        case labels = "Labels"
        case status = "Status"
    }
}
