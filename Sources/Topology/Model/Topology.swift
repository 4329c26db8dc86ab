public import YAML

/// What a topology file says, typed and checked, before any address is chosen.
///
/// The vocabulary is Compose's, with `hosts` and `links` added:
///
/// ```yaml
/// name: shop
/// networks:
///   front: {ipam: {config: [{subnet: 172.28.0.0/16}]}}
///   back: {internal: true, enable_ipv6: true}
/// services:
///   web: {networks: [front], ports: ["8080:80"]}
///   api: {scale: 3, networks: {front: {aliases: [gateway]}, back: {}}}
///   probe: {network_mode: "service:web"}
///   router: {network_mode: none}
/// links:
///   - {type: veth, endpoints: [{service: router, interface: eth1}, {service: web, interface: eth1}]}
/// ```
public struct Topology: Hashable, Sendable {
    /// The topology's name: `name:` of the file, or its folder's name.
    public var name: String
    /// Networks in file order, with the implicit `default` and the predefined `bridge` where a service uses them.
    public var networks: [Network]
    /// Services in file order.
    public var services: [Service]
    /// Services of the file that are left out, by name, with the profiles that would bring them in.
    public var dormantServices: [String: [String]] = [:]
    /// Hosts in file order; empty where every service runs on this machine.
    public var hosts: [Host]
    /// Cables of `links:`, in file order.
    public var cables: [Cable]
    /// Tunnels and single interfaces of `links:`, in file order.
    public var devices: [DeviceLink] = []
    /// Keys of the file that do not concern networking, such as `services.web.image`, in file order.
    public var ignoredKeys: [String]
    /// Where `name:` says the name; `nil` where the file leaves it to its folder.
    public var nameMark: Mark?

    /// A topology with these parts.
    public init(
        name: String, networks: [Network] = [], services: [Service] = [], cables: [Cable] = [],
        hosts: [Host] = [], ignoredKeys: [String] = []
    ) {
        self.name = name
        self.networks = networks
        self.services = services
        self.cables = cables
        self.hosts = hosts
        self.ignoredKeys = ignoredKeys
    }
}
