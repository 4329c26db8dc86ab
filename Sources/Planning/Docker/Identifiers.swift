import Addressing
public import Topology

// Identifiers as long as Docker's, which are the same in every run because the names alone decide them.

extension Layout {
    /// Identifier of a network that the topology makes or uses, the same in each topology that it is in; its first 12 digits
    /// are those of a bridge that is named after it.
    public func identifier(of network: Network) -> String {
        switch network.maker {
        case .others: Self.identifier(ofBridge: network.bridge)
        case .topology(let name, let key): StableHash.identifier("\(name)/\(key)")
        case nil:
            network.declaration.isPredefinedBridge
                ? DockerNetwork.identifier(ofPredefined: network.declaration.key)
                : StableHash.identifier("\(name)/\(network.declaration.key)")
        }
    }

    /// Identifier of a network that is a bridge of somebody else's.
    public static func identifier(ofBridge bridge: String) -> String { StableHash.identifier("bridge/\(bridge)") }

    /// Identifier of a container of the topology.
    public func identifier(of container: Container) -> String {
        Self.identifier(ofContainer: container.name, in: name)
    }

    /// Identifier of the container `name` of `topology`.
    public static func identifier(ofContainer name: String, in topology: String) -> String {
        StableHash.identifier(identity(ofContainer: name, in: topology))
    }

    /// What the identifier of a container stands for.
    fileprivate static func identity(ofContainer name: String, in topology: String) -> String {
        "\(topology)/container/\(name)"
    }

    /// Identifier of a container's network stack, the host's included; absent where it is another container's.
    func sandboxIdentifier(of container: Container) -> String? {
        switch container.sandbox {
        case .own, .joined: StableHash.identifier("\(name)/sandbox/\(container.name)")
        case .host: StableHash.identifier("\(name)/sandbox")
        case .shared, .outside: nil
        }
    }

    /// Identifier of the place that `container` has on the network `key`, which begins as the name of its link does.
    func endpointIdentifier(of container: Container, on key: String) -> String {
        StableHash.identifier("\(name)/\(container.name)/\(key)")
    }
}

extension Layout.Container {
    /// The beginning of the identifier that Docker shows, and knows the container by.
    func shortIdentifier(in topology: String) -> String {
        StableHash.hex(Layout.identity(ofContainer: name, in: topology), digits: 12)
    }
}

extension DockerNetwork {
    /// Identifier of one of the networks that are always there: `bridge`, `host` or `none`.
    static func identifier(ofPredefined name: String) -> String { StableHash.identifier(name) }
}
