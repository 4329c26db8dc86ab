import Addressing
public import YAML

extension Topology {
    /// All that is wrong with the topology as a whole, in no order; empty where it can be laid out.
    ///
    /// What a machine's surroundings make impossible is not among it.
    public var findings: [Diagnostic] {
        let sizeFindings = sizeFindings
        guard sizeFindings.isEmpty else { return sizeFindings }
        return nameFindings + referenceFindings + modeFindings + hostFindings + underlayFindings + poolFindings
            + overlayFindings + parentFindings + routedFindings + linkBridgeFindings + addressFindings + portFindings
            + cableFindings
    }

    /// More containers or published ports than any machine holds, which are not worth looking at one by one.
    private var sizeFindings: [Diagnostic] {
        var containers = 0
        var ports = 0
        for service in services {
            containers += min(service.scale, Self.limit + 1)
            ports += min(service.scale, Self.limit + 1) * service.ports.count
            guard containers > Self.limit || ports > Self.limit else { continue }
            let what = containers > Self.limit ? "containers" : "published ports"
            return [
                Diagnostic(
                    "the topology has more than \(Self.limit) \(what)", at: service.mark(of: "scale"),
                    hint: "split it into several files")
            ]
        }
        return []
    }

    /// Most containers of a topology, and most published ports: a port number has 16 bits, and a namespace takes memory
    /// that no machine has for as many.
    static let limit = 65_536
}

extension Topology {
    /// Names of the containers of `service`.
    func containerNames(of service: Service) -> [String] {
        if let name = service.containerName { return service.scale > 0 ? [name] : [] }
        let name = "\(name)-\(service.name)"
        if service.scale > 1 { return (1...service.scale).map { "\(name)-\($0)" } }
        return service.scale == 1 ? [name] : []
    }

    /// Names of all containers.
    public var allContainerNames: [String] { services.flatMap { containerNames(of: $0) } }

    /// Whether a service has a container of that name.
    public func hasContainer(_ name: String) -> Bool { allContainerNames.contains(name) }

    /// Name of the first container of `service`; `nil` where it has none.
    func firstContainerName(of service: Service) -> String? {
        guard service.scale > 0 else { return nil }
        return service.containerName ?? "\(name)-\(service.name)" + (service.scale > 1 ? "-1" : "")
    }

    /// Name of the namespace that stands for `host` in a lab.
    func namespaceName(of host: Host) -> String { "\(name)-\(host.name)" }

    /// Name of the namespace that holds what connects the hosts of a lab.
    var underlayName: String { "\(name)-underlay" }

    /// Name of the namespace that holds an overlay's bridges on `host`, or on this machine where the file has no hosts.
    func sandboxName(of network: Network, on host: String?) -> String {
        ([name] + [host].compactMap(\.self) + [network.key]).joined(separator: "-")
    }

    /// The services by name.
    var servicesByName: [String: Service] {
        Dictionary(services.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The networks by key.
    var networksByKey: [String: Network] {
        Dictionary(networks.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Docker's name of `network`.
    func dockerName(of network: Network) -> String {
        network.name ?? (network.isPredefinedBridge || network.isExternal ? network.key : "\(name)_\(network.key)")
    }

    /// Name of the bridge of `network`.
    func bridgeName(of network: Network) -> String {
        if let name = network.bridgeName { return name }
        if network.isPredefinedBridge { return Network.predefinedBridgeName }
        return "br-" + StableHash.hex("\(name)/\(network.key)", digits: 12)
    }
}

extension Topology.Host {
    /// The host in a message.
    var title: String { "host \(quoted(name))" }

    /// Where the value of `key` begins, or the host.
    func mark(of key: String) -> Mark { marks[key] ?? mark }
}

extension Topology.Service {
    /// The service in a message.
    var title: String { "service \(quoted(name))" }

    /// Where the value of `key` begins, or the service.
    func mark(of key: String) -> Mark { marks[key] ?? mark }
}

extension Topology.Service.Attachment {
    /// Where the value of `key` begins, or the attachment.
    func mark(of key: String) -> Mark { marks[key] ?? mark }
}

extension Topology.Network {
    /// The network in a message.
    var title: String { "network \(quoted(key))" }

    /// Where the value of `key` begins, or the network.
    func mark(of key: String) -> Mark { marks[key] ?? mark }
}

extension Topology.Network.Pool {
    /// Where the value of `key` begins, or the pool.
    func mark(of key: String) -> Mark { marks[key] ?? mark }

    /// Where the auxiliary address `name` stands, or the pool.
    func mark(ofAuxiliary name: String) -> Mark { mark(of: Self.auxiliaryKey(name)) }

    /// The key of the auxiliary address `name` among the marks.
    static func auxiliaryKey(_ name: String) -> String { "aux_addresses.\(name)" }
}

/// Tells of the second and later uses of what can be used once.
struct Uses<Key: Hashable> {
    private var first: [Key: String] = [:]

    /// What has been claimed.
    var keys: some Collection<Key> { first.keys }

    /// Who has `key`.
    func owner(of key: Key) -> String? { first[key] }

    /// Who has `key` already, unless it is new and now has `owner`.
    mutating func claim(_ key: Key, for owner: @autoclosure () -> String) -> String? {
        if let earlier = first[key] { return earlier }
        first[key] = owner()
        return nil
    }
}
