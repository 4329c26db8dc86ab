import Reconcile

extension Command {
    static let ls = Command(
        name: "ls", summary: "list the topologies that are on the machine", operands: [],
        options: [.json, .formatAsJSON],
        details: "", examples: ["sudo weft ls"]
    ) { call throws(Failure) in
        let isJSON = try call.isFormatJSON(.formatAsJSON) || call.arguments.has(.json)
        let session = try call.look()
        let inventory = try call.inventory(of: session)
        if isJSON {
            try call.console.print(json: inventory.entries.map(TopologyDocument.init))
        } else {
            call.console.print(Table(topologiesOf: inventory).lines)
            for entry in inventory.entries where !entry.topology.isComplete {
                call.console.say(entry.topology.incompleteness)
            }
        }
        return .done
    }
}

extension Table {
    /// A row per topology.
    init(topologiesOf inventory: Inventory) {
        self.init("NAME", "NETWORKS", "CONTAINERS", "FILE")
        for entry in inventory.entries {
            add(
                entry.topology.name, entry.topology.networks.joined(separator: ", "), "\(entry.containers.count)",
                entry.topology.file ?? "-")
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
    init(_ entry: Inventory.Entry) {
        self.init(
            name: entry.topology.name, file: entry.topology.file, networks: entry.topology.networks,
            containers: entry.containers.map(\.name), complete: entry.topology.isComplete)
    }
}
