import Addressing
import Planning
import Reconcile
import Topology
import YAML

/// A topology as a file declares it, checked.
struct Declaration {
    /// The file.
    let file: TopologyFile
    /// What it declares.
    let topology: Topology

    /// Reads the file that the first operand of `call` names, or else the one of a usual name in the current folder.
    init(for call: Invocation) throws(Failure) {
        file = try TopologyFile(operand: call.arguments[0], for: call.command)
        topology = try file.topology()
        try call.checkHost(of: topology, in: file.path)
    }

    /// What people should know of the file, which is not wrong all the same.
    var notes: [String] { topology.notes(path: file.path) }
}

extension Topology {
    /// What in the file at `path` cannot work, though it says nothing wrong.
    func notes(path: String) -> [String] {
        func open(_ has: (Network) -> Bool) -> Set<String> {
            Set(networks.filter { !$0.isInternal && has($0) }.map(\.key))
        }
        let (ipv4, ipv6) = (open(\.hasIPv4), open(\.hasIPv6))
        // Whoever has an IPv4 address is reached by that.
        let services = services.filter { $0.isAttached(to: ipv6) && !$0.isAttached(to: ipv4) }
        return services.flatMap(\.ports).compactMap { port in
            guard let address = port.hostAddress, address.family == .v6, address.isLoopback else { return nil }
            return "\(path):\(port.mark.line): nothing will reach the port on ::1: "
                + "Linux has no way from there to an IPv6 address of a container"
        }
    }
}

extension Topology.Service {
    /// Whether the service is on one of the networks with these keys.
    fileprivate func isAttached(to keys: Set<String>) -> Bool {
        guard case .attached(let attachments) = mode else { return false }
        return attachments.contains { keys.contains($0.network) }
    }
}

extension Invocation {
    /// Refuses a `--host` that `topology` of the file at `path` does not have.
    func checkHost(of topology: Topology, in path: String) throws(Failure) {
        let known = topology.hosts.map(\.name)
        guard let host = arguments[.host], !known.contains(host) else { return }
        throw .usage(.unknownHost(host, file: path, known: known), command: command)
    }

    /// What would have to be done for `declaration`.
    func proposal(
        for declaration: Declaration, firewall: FirewallKind? = nil, in session: Session
    ) throws(Failure) -> Proposal {
        var proposal = try asking(about: declaration.file) { () throws(ReconcileError) in
            try session.propose(
                declaration.topology, file: declaration.file.absolutePath, firewall: firewall,
                host: arguments[.host])
        }
        proposal.notes = declaration.notes + proposal.notes
        return proposal
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
