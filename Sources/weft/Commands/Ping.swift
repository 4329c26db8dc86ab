import Linux
import Planning
import Probe
import Reconcile
import Topology

extension Command {
    static let ping = Command(
        name: "ping", summary: "check that who should talk does, and nobody else",
        operands: [.optional("FILE|NAME"), .pair("FROM TO")], options: [.host, .patience, .json],
        details: """
            Tries every pair of containers, with a packet as large as the MTU too, published ports, ways out \
            and names, all at once, and compares with what the file promises. FROM and TO are containers, or host: only what one has to do with \
            the other is tried. Without FILE or NAME it is the one topology that is on the machine. Exit: 0 \
            all is as promised, 1 not all.
            """,
        examples: ["sudo weft ping topologies/bridge.yaml", "sudo weft ping web db"]
    ) { call throws(Failure) in
        let prober = try call.prober()
        try call.require([.netAdmin, .netRaw, .sysAdmin])
        let (layout, firewall) = try PingTarget(call).layout(for: call)
        let promises = try call.promises(of: layout, firewall: firewall)
        if promises.isEmpty, !call.arguments.has(.json) {
            call.console.print(["the file promises nothing of this"])
            return .done
        }
        let start = monotonicNanoseconds()
        let bar = ProgressBar(on: call.console.errors)
        let outcomes: [Outcome]
        do throws(ProbeError) {
            defer { bar.remove() }
            outcomes = try prober.run(promises, progress: { bar.show(done: $0, of: $1, "checks") })
        } catch {
            throw .probe(error)
        }
        let report = PingReport(on: outcomes, of: layout, nanoseconds: monotonicNanoseconds() - start)
        if call.arguments.has(.json) {
            try call.console.print(json: PingDocument(of: outcomes, in: layout))
        } else {
            let output = call.console.output
            call.console.print(report.lines(width: output.columns, color: output.hasColor))
        }
        return report.isGood ? .done : .refused
    }
}

extension Option {
    fileprivate static let patience = Option(
        "timeout", value: "SECONDS", "how long silence must last to be believed: 1")
}

extension Invocation {
    fileprivate func prober() throws(Failure) -> Prober {
        let seconds = try usage { () throws(UsageError) in try arguments.seconds(.patience) }
        return seconds.map { Prober(timeout: UInt64($0 * 1e9)) } ?? Prober()
    }

    /// What is to be tried: everything, or what FROM and TO have to do with each other.
    fileprivate func promises(of layout: Layout, firewall: FirewallKind) throws(Failure) -> [Promise] {
        let all = layout.promises(firewall: firewall)
        guard arguments.operands.count >= 2 else { return all }
        let containers = layout.containerEntries
        var ends: [Namespace] = []
        for word in arguments.operands.suffix(2) {
            ends.append(word == "\(Namespace.host)" ? .host : try containers.named(word).namespace)
        }
        let isDistant = layout.isElsewhere(ends[1])
        return all.compactMap { $0.restricted(from: ends[0], to: ends[1], isDistant: isDistant) }
    }
}

/// Whose promises `weft ping` tries.
private enum PingTarget {
    /// Those of the file.
    case file(Declaration)
    /// Those that the topology of that name was applied with.
    case name(String)
    /// Those of the only topology that is on the machine.
    case only

    init(_ call: Invocation) throws(Failure) {
        let isNamed = call.arguments.operands.count % 2 == 1
        guard isNamed, let operand = call.arguments[0] else {
            self = .only
            return
        }
        self = TopologyFile.isPath(operand) ? .file(try Declaration(for: call)) : .name(operand)
    }

    /// What the topology is laid out as, and the firewall that it was applied with.
    func layout(for call: Invocation) throws(Failure) -> (Layout, FirewallKind) {
        let session = try call.look()
        switch self {
        case .file(let declaration):
            let name = declaration.topology.name
            guard try names(call, session).contains(name) else {
                throw .notApplied(name, file: declaration.file.path)
            }
            let proposal = try call.proposal(for: declaration, in: session)
            return (proposal.layout, proposal.firewall)
        case .name(let name): return try recorded(name, call, session)
        case .only:
            let names = try names(call, session)
            guard names.count == 1 else { throw .unnamedTopology(names) }
            return try recorded(names[0], call, session)
        }
    }

    /// The topologies that are on the machine.
    private func names(_ call: Invocation, _ session: Session) throws(Failure) -> [String] {
        try call.asking { () throws(ReconcileError) in try session.presentTopologies() }.map(\.name)
    }

    private func recorded(
        _ name: String, _ call: Invocation, _ session: Session
    ) throws(Failure) -> (Layout, FirewallKind) {
        do throws(Failure) {
            return try call.asking { () throws(ReconcileError) in
                try session.checkHost(call.arguments[.host], of: name)
                return (try session.layout(of: name), try session.firewall(of: name))
            }
        } catch {
            guard case .machine(.noSuchTopology) = error, try names(call, session).contains(name) else {
                throw error
            }
            throw .unrecorded(name)
        }
    }
}
