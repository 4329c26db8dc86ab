import Planning
import Reconcile
import Topology

/// A topology as a file declares it, checked.
struct Declaration {
    /// The file.
    let file: TopologyFile
    /// What it declares.
    let topology: Topology

    /// Reads the file that `operand` names, or else the one of a usual name in the current folder.
    init(operand: String?, for command: Command) throws(Failure) {
        file = try TopologyFile(operand: operand, for: command)
        topology = try file.topology()
    }
}

extension Invocation {
    /// What would have to be done for `declaration`.
    func proposal(
        for declaration: Declaration, firewall: FirewallKind? = nil, in session: Session
    ) throws(Failure) -> Proposal {
        try asking(about: declaration.file) { () throws(ReconcileError) in
            try session.propose(
                declaration.topology, file: declaration.file.absolutePath, firewall: firewall,
                host: arguments[.host])
        }
    }

    /// The firewall given with `--firewall`, if one is.
    func firewall() throws(Failure) -> FirewallKind? {
        try usage { () throws(UsageError) in try arguments.choice(.firewall, FirewallKind.self) }
    }

    /// What `body` reads from the command line.
    func usage<Value>(_ body: () throws(UsageError) -> Value) throws(Failure) -> Value {
        do throws(UsageError) { return try body() } catch { throw .usage(error, command: command) }
    }

    /// Tells people which keys of the file have no effect, and the notes.
    func tell(ignored: [String] = [], notes: [String]) {
        if !ignored.isEmpty { console.say("ignored: \(ignored.joined(separator: ", "))") }
        for note in notes { console.say("note: \(note)") }
    }
}
