import Planning
import Reconcile
import Topology

extension Command {
    static let inspect = Command(
        name: "inspect", summary: "print containers' networks in Docker's JSON",
        operands: [.some("CONTAINER")], options: [.format, .json],
        details: """
            CONTAINER is a name that `weft ps` lists, its service where that has one container, or the beginning \
            of its identifier. With `--format json` all is on one line.
            """,
        examples: ["sudo weft inspect web"]
    ) { call throws(Failure) in
        let isCompact = try call.isFormatJSON()
        let found = try call.foundContainers(of: try call.look())
        return try call.inspect(isCompact: isCompact) { word throws(Failure) in
            let container = try found.named(word)
            return DockerContainer(container.container, in: container.layout)
        }
    }
}

/// A container on the machine with the layout that it is part of.
struct FoundContainer: NamedContainer {
    /// The container.
    let container: Layout.Container
    /// What there is of its topology.
    let layout: Layout

    var name: String { container.name }
    var service: String { container.service }
    var topology: String { layout.name }
}

extension Invocation {
    /// The containers on the machine.
    func foundContainers(of session: Session) throws(Failure) -> [FoundContainer] {
        try asking { () throws(ReconcileError) in try session.foundTopologies() }.map(\.layout).flatMap { layout in
            layout.containers.map { FoundContainer(container: $0, layout: layout) }
        }
    }
}
