import Glibc
import Linux
import Reconcile
import YAML

extension Failure {
    /// What to tell the caller: what is wrong, and what to do about it.
    func lines(for caller: Caller, color: Bool) -> [String] {
        switch self {
        case .invalid(let file, let diagnostics), .missing(let file, let diagnostics):
            return [diagnostics.rendered(file: file.path, source: SourceText(file.bytes), color: color)]
        default: break
        }
        let remedy = isLackOfPrivilege ? caller.remedy(for: missingCapabilities) : nil
        return explanation.map { $0 + [remedy].compactMap(\.self) }?.lines ?? []
    }

    private var missingCapabilities: Set<Capability> {
        if case .notPermitted(let missing) = self { missing } else { [] }
    }

    /// The failure in words; absent where the file's diagnostics say it.
    var explanation: Explanation? {
        switch self {
        case .invalid, .missing: nil
        case .usage(let error, let command): Self.explain(error, command)
        case .unreadable(let path, let error): Self.explain(unreadable: path, error)
        case .nameless(let file): Self.explain(nameless: file.path)
        case .notPermitted(let missing): Self.explain(missing)
        case .machine(let error): error.explanation
        case .interrupted(let interruption, let error): Self.explain(interruption, error)
        case .unfinished(let interruption, let names):
            Explanation("\(interruption.text): not removed: \(names.joined(separator: ", "))")
        case .unknownContainer(let name, let suggestion): Self.explain(unknown: name, suggestion)
        case .ambiguousContainer(let name, let candidates):
            Explanation("\(name.inQuotes) could be any of \(candidates.joined(separator: ", "))")
        case .unknownNetwork(let name, let suggestion):
            Explanation(
                "no network \(name.inQuotes) is on the machine",
                ["hint: " + (suggestion.map { "did you mean `\($0)`?" } ?? "`weft network ls` lists them")])
        case .ambiguousNetwork(let name, let candidates):
            Explanation("\(name.inQuotes) could be any of \(candidates.joined(separator: ", "))")
        case .unpublishedPort(let port, let container):
            Explanation(
                "port \(port) of \(container) is not published", ["hint: `weft port \(container)` lists its ports"])
        case .unnamedTopology(let names): Self.explain(unnamedAmong: names)
        case .notApplied(let name, let file):
            Explanation("nothing of \(name) is on the machine", ["hint: `weft apply \(file)` makes it"])
        case .unrecorded(let name):
            Explanation("nothing is on record of \(name)", ["hint: name its file instead, or apply that again"])
        case .system(let error): Explanation("\(error)")
        case .probe(let error): Explanation("\(error)")
        case .unstartable(let program, let errno): Explanation("\(program): \(errno.text)")
        case .unwritable(let error): Explanation("standard output: \(error.errno.text)")
        case .unencodable(let reason): Explanation("the result has no JSON: \(reason)")
        }
    }

    private static func explain(_ error: UsageError, _ command: Command?) -> Explanation {
        let hint = error.hint.map { ["hint: \($0)"] } ?? []
        guard let command else { return Explanation(error.message, hint + ["`weft help` lists the commands"]) }
        return Explanation(
            "\(command.name): \(error.message)",
            hint + ["usage: \(command.usage)", "`weft help \(command.name)` says more"])
    }

    private static func explain(unreadable path: String, _ error: SystemCallError) -> Explanation {
        switch error.errno {
        case Errno(rawValue: EISDIR):
            Explanation("\(path): a directory, not a file", ["hint: name the file in it: \(path)/topology.yaml"])
        case .fileTooLarge:
            Explanation("\(path): larger than \(Limits.standard.maxBytes >> 20) MiB, the most a topology may have")
        case .noEntry:
            Explanation(
                "\(path): no such file",
                TopologyFile.neighbour(of: path).map { ["hint: did you mean `\($0)`?"] } ?? [])
        default: Explanation("\(path): \(error.errno.text)")
        }
    }

    private static func explain(nameless path: String) -> Explanation {
        Explanation(
            "\(path): the topology's name cannot be read",
            ["hint: `weft ls` lists the names, and `weft down NAME` does without the file"])
    }

    private static func explain(_ missing: Set<Capability>) -> Explanation {
        let names = missing.map(\.rawValue).sorted().joined(separator: " and ")
        return Explanation("not permitted: \(names) \(missing.count == 1 ? "is" : "are") missing")
    }

    private static func explain(_ interruption: Interruption, _ error: ReconcileError) -> Explanation {
        switch error {
        case .rolledBack: Explanation("\(interruption.text): the machine is as it was before")
        case .notRolledBack(_, let then, let remains):
            ReconcileError.explain(Explanation(interruption.text), then, remains)
        default: Explanation("\(interruption.text): nothing was changed")
        }
    }

    private static func explain(unknown container: String, _ suggestion: String?) -> Explanation {
        Explanation(
            "no container \(container.inQuotes) is on the machine",
            ["hint: " + (suggestion.map { "did you mean `\($0)`?" } ?? "`weft ps` lists them")])
    }

    private static func explain(unnamedAmong names: [String]) -> Explanation {
        names.isEmpty
            ? Explanation("no topology is on the machine", ["hint: `weft apply FILE` makes one"])
            : Explanation("several topologies are on the machine; name one of \(names.joined(separator: ", "))")
    }
}
