import Linux
import Planning
import Reconcile
import Topology

extension Command {
    static let apply = Command(
        name: "apply", summary: "make the machine as the file says", operands: [.optional("FILE")],
        options: [.verboseRun, .firewall, .timeout, .json],
        details: """
            What is as it should be is left alone. An apply that fails or is interrupted takes back what it \
            did. `weft plan FILE` says beforehand what would be done.
            """,
        examples: ["sudo weft apply topologies/bridge.yaml"]
    ) { call throws(Failure) in
        let start = monotonicNanoseconds()
        let firewall = try call.firewall()
        let timeout = try call.timeout()
        let declaration = try Declaration(operand: call.arguments[0], for: call.command)
        let ignored = declaration.topology.ignoredKeys
        let session = try call.takeHold(timeout: timeout)
        let proposal = try call.proposal(for: declaration, firewall: firewall, in: session)
        if !call.arguments.has(.json) { call.tell(ignored: ignored, notes: proposal.notes) }
        let summary = try call.run(proposal, in: session)
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

extension Option {
    static let verboseRun = Option("verbose", letter: "v", "print what is done, line by line")
    static let timeout = Option("timeout", value: "SECONDS", "give up after this time, as after Ctrl-C")
}

extension Invocation {
    /// The time given with `--timeout`, in seconds.
    func timeout() throws(Failure) -> Double? {
        try usage { () throws(UsageError) in try arguments.seconds(.timeout) }
    }

    /// Does what is proposed, and shows how far it is.
    func run(_ proposal: Proposal, in session: Session) throws(Failure) -> Summary {
        let bar = ProgressBar(on: console.errors)
        defer { bar.remove() }
        var log = StageLog(proposal.plan)
        let isVerbose = arguments.has(.verboseRun) && !arguments.has(.json)
        return try asking { () throws(ReconcileError) in
            try session.apply(
                proposal,
                progress: { progress in
                    if isVerbose {
                        bar.remove()
                        console.print(log.advance(to: progress.done).map { $0.line(color: console.output.hasColor) })
                    }
                    bar.show(done: progress.done, of: progress.total, progress.activity)
                }, isCancelled: { Interruption.received != nil })
        }
    }
}

/// The operations of a plan in the order of their stages, told stage by stage as they are done.
struct StageLog {
    private let stages: [[Operation<KernelObject>]]
    private var next = 0
    private var told = 0

    init(_ plan: Plan<KernelObject>) {
        var place: [ObjectID: Int] = [:]
        for (index, operation) in plan.operations.enumerated() { place[operation.object.id] = index }
        stages = plan.stages.map { stage in
            stage.operations.values.joined().sorted { (place[$0.object.id] ?? 0) < (place[$1.object.id] ?? 0) }
        }
    }

    /// What has been done since the last time, now that `done` operations are done.
    mutating func advance(to done: Int) -> [Operation<KernelObject>] {
        var fresh: [Operation<KernelObject>] = []
        while next < stages.count, told + stages[next].count <= done {
            fresh += stages[next]
            told += stages[next].count
            next += 1
        }
        return fresh
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
            milliseconds: Double(nanoseconds / 100_000) / 10, notes: proposal.notes, ignored: ignored)
    }
}
