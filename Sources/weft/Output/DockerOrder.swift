extension DockerJSON {
    /// The members of Docker's types in their order (moby `api/types/network`, `api/types/container`).
    private static let orders = [
        [
            "Name", "Id", "Created", "Scope", "Driver", "EnableIPv4", "EnableIPv6", "IPAM", "Internal", "Attachable",
            "Ingress", "ConfigFrom", "ConfigOnly", "Containers", "Options", "Labels", "Status",
        ],
        ["Driver", "Options", "Config"],
        ["Subnet", "IPRange", "Gateway", "AuxiliaryAddresses"],
        ["Name", "EndpointID", "MacAddress", "IPv4Address", "IPv6Address"],
        ["IPsInUse", "DynamicIPsAvailable"],
        ["Id", "Name", "NetworkSettings"],
        [
            "Bridge", "SandboxID", "SandboxKey", "Ports", "HairpinMode", "LinkLocalIPv6Address",
            "LinkLocalIPv6PrefixLen", "SecondaryIPAddresses", "SecondaryIPv6Addresses", "EndpointID", "Gateway",
            "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPAddress", "IPPrefixLen", "IPv6Gateway", "MacAddress",
            "Networks",
        ],
        [
            "IPAMConfig", "Links", "Aliases", "MacAddress", "DriverOpts", "GwPriority", "NetworkID", "EndpointID",
            "Gateway", "IPAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen",
            "DNSNames",
        ],
    ]

    /// The names of an object's members in the order of the type that has them all, or else by name.
    static func ordered(_ names: [String]) -> [String] {
        let order = orders.first { Set($0).isSuperset(of: names) } ?? []
        return names.sorted { left, right in
            guard let first = order.firstIndex(of: left), let second = order.firstIndex(of: right) else {
                return left < right
            }
            return first < second
        }
    }
}
