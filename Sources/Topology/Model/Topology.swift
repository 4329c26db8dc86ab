public import YAML

/// What a topology file says, typed and checked, before any address is chosen.
public struct Topology: Hashable, Sendable {
    /// The topology's name: `name:` of the file, or its folder's name.
    public var name: String
    /// Networks in file order, with the implicit `default` and the predefined `bridge` where a service uses them.
    public var networks: [Network]
    /// Services in file order.
    public var services: [Service]
    /// Cables of `links:`, in file order.
    public var cables: [Cable]
    /// Keys of the file that do not concern networking, such as `services.web.image`, in file order.
    public var ignoredKeys: [String]
    /// Where `name:` says the name; `nil` where the file leaves it to its folder.
    public var nameMark: Mark?

    /// A topology with these parts.
    public init(
        name: String, networks: [Network] = [], services: [Service] = [], cables: [Cable] = [],
        ignoredKeys: [String] = []
    ) {
        self.name = name
        self.networks = networks
        self.services = services
        self.cables = cables
        self.ignoredKeys = ignoredKeys
    }
}
