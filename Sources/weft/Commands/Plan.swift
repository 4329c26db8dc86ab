import Planning
import Reconcile
import Topology

extension Command {
    static let plan = Command(
        name: "plan", summary: "say what apply would do, and do nothing", operands: [.optional("FILE")],
        options: [.verbosePlan, .host, .firewall, .json],
        details: """
            Lines begin with + for what would be made, ~ changed in place, - removed. Exit: 0 there is \
            nothing to do, 2 there is something to do.
            """,
        examples: ["sudo weft plan -v topologies/bridge.yaml"]
    ) { call throws(Failure) in
        let firewall = try call.firewall()
        let declaration = try Declaration(for: call)
        let proposal = try call.proposal(for: declaration, firewall: firewall, in: try call.look())
        let ignored = declaration.topology.ignoredKeys
        let operations = proposal.plan.operations
        if call.arguments.has(.json) {
            try call.console.print(json: PlanDocument(proposal, ignored: ignored))
        } else {
            call.tell(ignored: ignored, notes: proposal.notes)
            let color = call.console.output.hasColor
            let text = PlanText(
                operations: operations, hasEquivalents: call.arguments.has(.verbosePlan), color: color)
            call.console.print(text.lines + [proposal.outlook])
        }
        return operations.isEmpty ? .done : .pending
    }
}

extension Option {
    static let verbosePlan = Option(
        "verbose", letter: "v", "also ip, iptables and nft commands that would do the same")
}

extension Proposal {
    /// `3 to create, 1 to change, 0 to remove`, or that there is nothing to do.
    var outlook: String {
        guard !plan.isEmpty else { return "\(name) is as the file says: nothing to do" }
        let counts = Summary(of: plan.operations)
        return "\(counts.created) to create, \(counts.changed) to change, \(counts.removed) to remove"
    }
}

extension PlanDocument {
    init(_ proposal: Proposal, ignored: [String]) {
        let counts = Summary(of: proposal.plan.operations)
        self.init(
            topology: proposal.name, changes: proposal.plan.operations.map(Change.init), create: counts.created,
            change: counts.changed, remove: counts.removed, notes: proposal.notes, ignored: ignored)
    }
}

extension PlanDocument.Change {
    init(_ operation: Operation<KernelObject>) {
        let (action, differences): (String, [String]) =
            switch operation {
            case .create: ("create", [])
            case .update(let old, let new): ("change", old.changes(to: new))
            case .delete: ("remove", [])
            }
        self.init(
            action: action, kind: operation.object.noun, object: "\(operation.object)", differences: differences,
            equivalents: operation.equivalents)
    }
}
