public import Planning
public import Topology

/// What an apply would do: the layout it aims at and the operations that lead there.
public struct Proposal: Sendable {
    /// The topology's name.
    public var name: String
    /// The file that says what there should be, if there is one.
    public var file: String?
    /// The layout aimed at; empty for a removal.
    public var layout: Layout
    /// What there is of the topology.
    public var observed: State<KernelObject>
    /// What there should be.
    public var desired: State<KernelObject>
    /// The operations that lead from the one to the other.
    public var plan: Plan<KernelObject>
    /// The firewall that keeps the networks apart.
    public var firewall: FirewallKind
    /// Things that people should know, none of which stops the apply.
    public var notes: [String]
}

/// What an apply did.
public struct Summary: Hashable, Sendable, Codable {
    /// Objects made.
    public var created = 0
    /// Objects changed in place.
    public var changed = 0
    /// Objects deleted.
    public var removed = 0
    /// Things that did not go as they should, none of which matters to what was made.
    public var notes: [String] = []

    /// The sum of what `operations` do.
    public init(of operations: some Sequence<Operation<KernelObject>>) {
        for operation in operations {
            switch operation {
            case .create: created += 1
            case .update: changed += 1
            case .delete: removed += 1
            }
        }
    }
}

/// A topology of which something is on the machine.
public struct PresentTopology: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The file that it was last applied from, if that is on record.
    public var file: String?
}

/// A topology that is on the machine.
public struct TopologyStatus: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The file that it was last applied from, if that is on record.
    public var file: String?
    /// Its containers that have interfaces of their own.
    public var containers: [ContainerStatus]
    /// Its networks' keys.
    public var networks: [String]
    /// Namespaces outside of it that containers of it use as they are.
    public var guests: Set<Namespace>
    /// Whether the last apply or removal came to its end.
    public var isComplete: Bool
}

/// A container that is on the machine.
public struct ContainerStatus: Hashable, Sendable {
    /// Its name, and its namespace's unless it has joined one.
    public var name: String
    /// The service that it is an instance of.
    public var service: String
    /// The namespace that its interfaces are in.
    public var namespace: Namespace
    /// Its interfaces.
    public var endpoints: [Endpoint]
    /// Its published ports as Docker writes them: `0.0.0.0:8080->80/tcp`.
    public var ports: [String]

    /// An interface of a container.
    public struct Endpoint: Hashable, Sendable {
        /// Key of the network, or the name of the cable.
        public var network: String
        /// Name of the interface in the sandbox.
        public var interface: String
        /// Addresses with prefix lengths, IPv4 first.
        public var addresses: [String]
    }
}
