/// A topology with every choice made: subnets, addresses, names and ports.
///
/// Drivers turn it into kernel objects.
public struct Layout: Hashable, Sendable, Codable {
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
}
