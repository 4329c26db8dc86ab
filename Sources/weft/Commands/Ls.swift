import Reconcile

extension Command {
    static let ls = Command(
        name: "ls", summary: "list the topologies that are on the machine", operands: [], options: [.json],
        details: "", examples: ["sudo weft ls"]
    ) { call throws(Failure) in
        let session = try call.look()
        let inventory = try call.inventory(of: session)
        if call.arguments.has(.json) {
            try call.console.print(json: inventory.topologies.map { TopologyDocument($0, in: inventory) })
        } else {
            call.console.print(Table(topologiesOf: inventory).lines)
            for topology in inventory.topologies where !topology.isComplete {
                call.console.say(topology.incompleteness)
            }
        }
        return .done
    }
}

extension Table {
    /// A row per topology.
    init(topologiesOf inventory: Inventory) {
        self.init("NAME", "NETWORKS", "CONTAINERS", "FILE")
        for topology in inventory.topologies {
            let containers = inventory.containers.count { $0.topology == topology.name }
            add(topology.name, topology.networks.joined(separator: ", "), "\(containers)", topology.file ?? "-")
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
    init(_ topology: TopologyStatus, in inventory: Inventory) {
        self.init(
            name: topology.name, file: topology.file, networks: topology.networks,
            containers: inventory.containers.filter { $0.topology == topology.name }.map(\.name),
            complete: topology.isComplete)
    }
}
