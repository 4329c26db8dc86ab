import Linux
import Planning
import Reconcile
import Topology

extension Command {
    static let apply = Command(
        name: "apply", summary: "make the machine as the file says", operands: [.optional("FILE")],
        options: [.verboseRun, .host, .firewall, .timeout, .json],
        details: """
            What is as it should be is left alone. An apply that fails or is interrupted takes back what it \
            did. `weft plan FILE` says beforehand what would be done.
            """,
        examples: ["sudo weft apply topologies/bridge.yaml"]
    ) { call throws(Failure) in
        let start = monotonicNanoseconds()
        let firewall = try call.firewall()
        let timeout = try call.timeout()
        let declaration = try Declaration(for: call)
        let ignored = declaration.topology.ignoredKeys
        let session = try call.takeHold(timeout: timeout)
        let proposal = try call.proposal(for: declaration, firewall: firewall, in: session)
        if !call.arguments.has(.json) { call.tell(ignored: ignored, notes: proposal.notes) }
        let summary = try call.run(proposal, in: session) { Interruption.received != nil }
        let elapsed = monotonicNanoseconds() - start
        if call.arguments.has(.json) {
            try call.console.print(
                json: SummaryDocument(proposal, summary, nanoseconds: elapsed, ignored: ignored))
        } else {
            call.console.print(["\(summary.text) in \(duration(nanoseconds: elapsed))"])
        }
        return .done
    }
}

extension Summary {
    /// `12 created, 0 changed, 0 removed`.
    var text: String { "\(created) created, \(changed) changed, \(removed) removed" }
}

extension SummaryDocument {
    init(_ proposal: Proposal, _ summary: Summary, nanoseconds: UInt64, ignored: [String] = []) {
        self.init(
            topology: proposal.name, created: summary.created, changed: summary.changed, removed: summary.removed,
            milliseconds: Double(nanoseconds / 100_000) / 10, notes: proposal.notes + summary.notes, ignored: ignored)
    }
}
