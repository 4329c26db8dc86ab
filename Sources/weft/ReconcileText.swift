import Addressing
import Linux
import Planning
import Reconcile
import Topology
import YAML

extension ReconcileError {
    /// What to tell people, and lines that go with it.
    func text(words: [String]) -> (String, [String]) {
        switch self {
        case .layout(let diagnostics):
            return ("the topology cannot be laid out here", diagnostics.all.flatMap(\.plainLines))
        case .system(let error) where error.isLackOfPrivilege:
            return ("\(error)", ["run: sudo \(words.map(\.shellWord).joined(separator: " "))"])
        case .system(let error): return ("\(error)", [])
        case .kernel(let reason, let object?): return ("\(object): \(reason)", [])
        case .kernel(let reason, nil): return (reason, [])
        case .collisions(let collisions):
            return (
                "names are taken by what is not weft's",
                collisions.map { "\($0.object): \($0.obstacle) is there" }
                    + ["hint: rename or delete what is there, or choose other names in the file"]
            )
        case .portsInUse(let conflicts):
            return (
                "ports are in use",
                conflicts.map { "\($0.port.text) of \($0.container): \($0.holder)" }
                    + ["hint: publish other ports, or end what has them"]
            )
        case .record(let path, let reason):
            return (
                "\(path): \(reason)", ["hint: delete the file; what is ours is found without it, by its marks"]
            )
        case .noSuchTopology(let name, let known):
            let near = closest(to: name, among: known).map { "did you mean `\($0)`?" }
            return ("no topology \(name.inQuotes) is on the machine", ["hint: " + (near ?? "`weft ls` lists them")])
        case .residue(let operations):
            return (
                "everything was done, and yet this is still to do",
                Self.listed(operations)
                    + ["hint: something else changes the same objects; apply again"]
            )
        case .cancelled: return ("cancelled", [])
        case .rolledBack(let cause):
            let (message, more) = cause.text(words: words)
            return (message, more + ["the machine is as it was before"])
        case .notRolledBack(let cause, let then, let remains):
            let (message, more) = cause.text(words: words)
            let (second, rest) = Self.text(notRolledBack: message, then, remains)
            return (second, more + rest)
        }
    }

    /// What to say after `message` where the way back failed too.
    static func text(
        notRolledBack message: String, _ then: ReconcileError, _ remains: [Operation<KernelObject>]
    ) -> (String, [String]) {
        let (reason, more) = then.text(words: [])
        return (
            message,
            ["then going back failed: \(reason)"] + more.map { "  \($0)" }
                + (remains.isEmpty ? [] : ["to be as before, this is still to do:"]) + listed(remains)
                + ["hint: `weft apply FILE` and `weft down NAME` both start from whatever there is"]
        )
    }

    private static func listed(_ operations: [Operation<KernelObject>]) -> [String] {
        let most = 20
        return operations.prefix(most).map { $0.line(color: false) }
            + (operations.count > most ? ["… and \(operations.count - most) more"] : [])
    }
}

extension Diagnostic {
    /// The finding without the line that it is about.
    fileprivate var plainLines: [String] {
        [mark.map { "line \($0.line), column \($0.column): \(message)" } ?? message]
            + (hint.map { ["hint: \($0)"] } ?? [])
    }
}

extension Layout.Port {
    /// The port as Docker writes it: `0.0.0.0:8080->80/tcp`.
    var text: String {
        let host = hostAddress ?? IPAddress(address.family, bits: 0)
        let shown = host.family == .v4 ? "\(host)" : "[\(host)]"
        return "\(shown):\(published)->\(target)/\(transport.rawValue)"
    }
}
