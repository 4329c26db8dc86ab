import Planning
import Reconcile
import Topology

/// What `apply` and `plan` are asked for: a file, checked, and how to go about it.
struct ApplyRequest {
    private let call: Invocation
    private let file: TopologyFile
    /// What the file declares.
    let topology: Topology
    private let firewall: FirewallKind

    /// Reads the file that `call` names.
    init(_ call: Invocation) throws(Failure) {
        self.call = call
        do throws(UsageError) {
            firewall = try call.arguments.choice(.firewall, FirewallKind.self) ?? .iptables
        } catch {
            throw .usage(error, command: call.command)
        }
        file = try TopologyFile(operand: call.arguments[0], for: call.command)
        topology = try file.topology()
    }

    /// What would have to be done.
    func proposal(in session: Session) throws(Failure) -> Proposal {
        try call.asking(about: file) { () throws(ReconcileError) in
            try session.propose(topology, file: file.absolutePath, firewall: firewall)
        }
    }

    /// Tells people the notes and which keys of the file have no effect.
    func tell(_ notes: [String]) {
        if !topology.ignoredKeys.isEmpty {
            call.console.say("ignored: \(topology.ignoredKeys.joined(separator: ", "))")
        }
        for note in notes { call.console.say("note: \(note)") }
    }
}
