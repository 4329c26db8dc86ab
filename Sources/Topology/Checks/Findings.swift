import Addressing
public import YAML

extension Topology {
    /// All that is wrong with the topology as a whole, in no order; empty where it can be laid out.
    ///
    /// What a machine's surroundings make impossible is not among it.
    public var findings: [Diagnostic] {
        nameFindings + referenceFindings + modeFindings + poolFindings + addressFindings + portFindings + cableFindings
    }
}

extension Topology {
    /// Names of the containers of `service`.
    func containerNames(of service: Service) -> [String] {
        if let name = service.containerName { return service.scale > 0 ? [name] : [] }
        let name = "\(name)-\(service.name)"
        return service.scale > 1
            ? (1...service.scale).map { "\(name)-\($0)" } : Array(repeating: name, count: service.scale)
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
        network.name ?? (network.isPredefinedBridge ? network.key : "\(name)_\(network.key)")
    }

    /// Name of the bridge of `network`.
    func bridgeName(of network: Network) -> String {
        network.bridgeName
            ?? (network.isPredefinedBridge ? "weft0" : "br-" + StableHash.hex("\(name)/\(network.key)", digits: 12))
    }
}

extension Topology.Service {
    /// Where the value of `key` begins, or the service.
    func mark(of key: String) -> Mark { marks[key] ?? mark }
}

extension Topology.Service.Attachment {
    /// Where the value of `key` begins, or the attachment.
    func mark(of key: String) -> Mark { marks[key] ?? mark }
}

extension Topology.Network {
    /// Where the value of `key` begins, or the network.
    func mark(of key: String) -> Mark { marks[key] ?? mark }
}

/// Tells of the second and later uses of what can be used once.
struct Uses<Key: Hashable> {
    private var first: [Key: String] = [:]

    /// Who has `key` already, unless it is new and now has `owner`.
    mutating func claim(_ key: Key, for owner: @autoclosure () -> String) -> String? {
        if let earlier = first[key] { return earlier }
        first[key] = owner()
        return nil
    }
}
