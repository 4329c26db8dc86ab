import Linux
import Reconcile
import Topology

extension Command {
    static let down = Command(
        name: "down", summary: "remove a topology and all that belongs to it",
        operands: [.optional("FILE|NAME")], options: [.all, .host, .verboseRun, .timeout, .json],
        details: """
            Of FILE only the topology's name matters; NAME does without the file. What is not there is no \
            error. What `ip netns` or iptables users have added stays. A removal that has begun comes to its \
            end, whatever signal arrives.
            """,
        examples: ["sudo weft down topologies/bridge.yaml", "sudo weft down --all"]
    ) { call throws(Failure) in
        if call.arguments.has(.all), call.arguments[0] != nil {
            throw .usage(.contradiction("--all and a name exclude each other"), command: call.command)
        }
        let target = call.arguments.has(.all) ? nil : try DownTarget(call)
        let session = try call.takeHold(timeout: try call.timeout())
        let topologies = try call.asking { () throws(ReconcileError) in try session.presentTopologies() }
        let names =
            try target.map { target throws(Failure) in [try target.name(among: topologies)] }
            ?? session.removalOrder(of: topologies.map(\.name))
        var documents: [SummaryDocument] = []
        for (index, name) in names.enumerated() {
            if let interruption = Interruption.received {
                throw .unfinished(interruption, remaining: Array(names[index...]))
            }
            if let document = try call.remove(name, alongWith: Set(names), in: session) { documents.append(document) }
        }
        if call.arguments.has(.json) {
            try call.console.print(json: documents)
        } else if documents.isEmpty {
            call.console.print([names.first.map { "nothing of \($0) is here" } ?? "no topology is here"])
        }
        return .done
    }
}

extension Invocation {
    /// Removes the topology and says so; `nil` where nothing of it is there.
    ///
    /// - Parameter others: Topologies that are being removed as well.
    fileprivate func remove(
        _ name: String, alongWith others: Set<String>, in session: Session
    ) throws(Failure) -> SummaryDocument? {
        let start = monotonicNanoseconds()
        let proposal: Proposal
        do throws(ReconcileError) {
            try session.checkHost(arguments[.host], of: name)
            proposal = try session.proposeRemoval(of: name, alongWith: others)
        } catch {
            if case .noSuchTopology = error { return nil }
            return try asking { () throws(ReconcileError) in throw error }
        }
        if !arguments.has(.json) { tell(notes: proposal.notes) }
        // Half a topology is of no use to anybody, and its connections would not come back with it.
        let summary = try run(proposal, in: session) { false }
        let elapsed = monotonicNanoseconds() - start
        if !arguments.has(.json) {
            console.print(["\(name): \(summary.removed) removed in \(duration(nanoseconds: elapsed))"])
        }
        return SummaryDocument(proposal, summary, nanoseconds: elapsed)
    }
}

/// What `weft down` is to remove.
enum DownTarget {
    /// The topology of that name.
    case name(String)
    /// The topology that a file declares.
    case file(TopologyFile)
    /// The topology that was applied from a file that is gone now.
    case lostFile(String, SystemCallError)

    /// What the operand of `call` means.
    init(_ call: Invocation) throws(Failure) {
        guard let operand = call.arguments[0] else {
            let file = try TopologyFile(operand: nil, for: call.command)
            try file.checkHost(of: call)
            self = .file(file)
            return
        }
        guard TopologyFile.isPath(operand) else {
            self = .name(operand)
            return
        }
        do throws(Failure) {
            let file = try TopologyFile(path: operand)
            try file.checkHost(of: call)
            self = .file(file)
        } catch .unreadable(let path, let reason) where reason.errno == .noEntry {
            self = .lostFile(path, reason)
        }
    }

    /// The name of the topology, given those that are on the machine.
    func name(among topologies: [PresentTopology]) throws(Failure) -> String {
        switch self {
        case .name(let name): return name
        case .file(let file):
            if let name = file.topologyName { return name }
            if let topology = topologies.first(where: { $0.file != nil && $0.file == file.absolutePath }) {
                return topology.name
            }
            throw .nameless(file)
        case .lostFile(let path, let reason):
            let place = TopologyFile.absolute(lost: path)
            guard let place, let topology = topologies.first(where: { $0.file == place }) else {
                throw .unreadable(path, reason)
            }
            return topology.name
        }
    }
}

extension TopologyFile {
    /// Refuses a `--host` that the file does not have; of a file with faults nothing but the name is looked at.
    fileprivate func checkHost(of call: Invocation) throws(Failure) {
        let topology: Topology
        do throws(Failure) { topology = try self.topology() } catch { return }
        try call.checkHost(of: topology, in: path)
    }
}
