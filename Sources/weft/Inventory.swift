import Planning
import Reconcile
import Topology
import YAML

/// The topologies that are on the machine, with all their containers.
struct Inventory {
    /// A container, be its network stack its own or another's.
    struct Container: Hashable {
        /// Its name.
        var name: String
        /// The service that it is an instance of.
        var service: String
        /// The topology that it belongs to.
        var topology: String
        /// Whose network stack it uses, where that is another's.
        var sandbox: Layout.Container.Sandbox?
        /// The namespace that it is in.
        var namespace: Namespace
        /// Folders below `/etc/netns` whose files it has in its `/etc`, the later ones' over the earlier ones'.
        var files: [String] = []
        /// Its interfaces; none where the network stack is another's.
        var endpoints: [ContainerStatus.Endpoint] = []
        /// Its published ports as Docker writes them.
        var ports: [String] = []
    }

    /// A topology and its containers, in the order of its file as far as that is on record.
    struct Entry {
        /// The topology.
        let topology: TopologyStatus
        /// All its containers.
        let containers: [Container]
    }

    /// The topologies, by name.
    let entries: [Entry]

    /// What there is of `topologies`, given the layouts on record.
    init(_ topologies: [TopologyStatus], layouts: [String: Layout]) {
        entries = topologies.map { topology in
            let recorded = layouts[topology.name]?.containerEntries ?? []
            return Entry(topology: topology, containers: Self.containers(of: topology, recorded: recorded))
        }
    }

    /// The containers of all topologies.
    var containers: [Container] { entries.flatMap(\.containers) }

    private static func containers(of topology: TopologyStatus, recorded: [Container]) -> [Container] {
        let own = topology.containers.map { container in
            Container(
                name: container.name, service: container.service, topology: topology.name, sandbox: nil,
                namespace: container.namespace, files: container.namespace.files, endpoints: container.endpoints,
                ports: container.ports)
        }
        let existing = topology.guests.union(own.map(\.namespace) + [.host])
        let guests = recorded.filter { $0.sandbox != nil && existing.contains($0.namespace) }
        let place = Dictionary(recorded.enumerated().map { ($1.name, $0) }) { first, _ in first }
        return (own + guests).sorted { left, right in
            (place[left.name] ?? .max, left.name) < (place[right.name] ?? .max, right.name)
        }
    }
}

extension Namespace {
    /// Where its files are below `/etc/netns`.
    fileprivate var files: [String] { if case .named(let name) = self { [name] } else { [] } }
}

extension Layout {
    /// The containers as they are on record.
    var containerEntries: [Inventory.Container] {
        containers.compactMap { container in
            namespace(ofContainer: container.name).map {
                Inventory.Container(
                    name: container.name, service: container.service, topology: name,
                    sandbox: container.hasInterfaces ? nil : container.sandbox, namespace: $0,
                    files: files(ofContainer: container.name))
            }
        }
    }
}

extension Invocation {
    /// What is on the machine.
    func inventory(of session: Session) throws(Failure) -> Inventory {
        try asking { () throws(ReconcileError) in
            let topologies = try session.topologies()
            var layouts: [String: Layout] = [:]
            for topology in topologies {
                do throws(ReconcileError) {
                    layouts[topology.name] = try session.layout(of: topology.name)
                } catch .noSuchTopology {
                    // What is there without a record is told by its marks alone.
                }
            }
            return Inventory(topologies, layouts: layouts)
        }
    }
}

/// What a container is found by.
protocol NamedContainer {
    /// Its name.
    var name: String { get }
    /// The service that it is an instance of.
    var service: String { get }
    /// The topology that it belongs to.
    var topology: String { get }
}

extension Inventory.Container: NamedContainer {}

extension NamedContainer {
    /// Docker's identifier of the container, 64 digits, as `weft inspect` and `weft network inspect` show it.
    var identifier: String { Layout.identifier(ofContainer: name, in: topology) }
}

extension Array where Element: NamedContainer {
    /// The container that `word` means: its full name or identifier, or, where no other has it too, its name without the
    /// topology's, its service's name, or the beginning of its identifier.
    func named(_ word: String) throws(Failure) -> Element {
        if let container = first(where: { $0.name == word || $0.identifier == word }) { return container }
        for rule: (Element) -> Bool in [
            { $0.service == word || $0.name == "\($0.topology)-\(word)" },
            { !word.isEmpty && $0.identifier.hasPrefix(word) },
        ] {
            let matches = filter(rule)
            if matches.count > 1 { throw .ambiguousContainer(word, matches.map(\.name)) }
            if let match = matches.first { return match }
        }
        throw .unknownContainer(word, suggestion: closest(to: word, among: flatMap { [$0.name, $0.service] }))
    }
}
