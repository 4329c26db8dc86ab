import Reconcile

extension Command {
    static let ls = Command(
        name: "ls", summary: "list the topologies that are on the machine", operands: [], options: [.json],
        details: "", examples: ["sudo weft ls"]
    ) { call throws(Failure) in
        let session = try call.look()
        let topologies = try call.asking { () throws(ReconcileError) in try session.topologies() }
        if call.arguments.has(.json) {
            try call.console.print(json: topologies.map(TopologyDocument.init))
        } else {
            call.console.print(Table(topologies: topologies).lines)
            for topology in topologies where !topology.isComplete { call.console.say(topology.incompleteness) }
        }
        return .done
    }
}

extension Table {
    /// A row per topology.
    init(topologies: [TopologyStatus]) {
        self.init("NAME", "NETWORKS", "CONTAINERS", "FILE")
        for topology in topologies {
            add(
                topology.name, topology.networks.joined(separator: ", "), "\(topology.containers.count)",
                topology.file ?? "-")
        }
    }
}

extension TopologyStatus {
    /// What to say of a topology whose last apply or removal was cut off.
    var incompleteness: String {
        "\(name) is not complete; `weft apply \(file ?? "FILE")` finishes it, `weft down \(name)` removes it"
    }
}

extension TopologyDocument {
    init(_ topology: TopologyStatus) {
        self.init(
            name: topology.name, file: topology.file, networks: topology.networks,
            containers: topology.containers.map(\.name), complete: topology.isComplete)
    }
}
