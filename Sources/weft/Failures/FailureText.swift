import Glibc
import Linux
import Reconcile
import YAML

extension Failure {
    /// What to tell people: what is wrong, and what to do about it.
    func lines(color: Bool) -> [String] {
        if case .invalid(let file, let diagnostics) = self {
            return [diagnostics.rendered(file: file.path, source: SourceText(file.bytes), color: color)]
        }
        return explanation?.lines ?? []
    }

    /// The failure in words, but for those that are in the file's diagnostics or have been printed.
    var explanation: Explanation? {
        switch self {
        case .invalid, .found: nil
        case .usage(let error, let command): Self.explain(error, command)
        case .unreadable(let path, let error): Self.explain(unreadable: path, error)
        case .nameless(let file): Self.explain(nameless: file.path)
        case .notPermitted(let missing, let words): Self.explain(missing, words)
        case .machine(let error, let words): error.explanation(words: words)
        case .interrupted(let interruption, let error): Self.explain(interruption, error)
        case .unknownContainer(let name, let suggestion): Self.explain(unknown: name, suggestion)
        case .ambiguousContainer(let name, let candidates):
            Explanation("\(name.inQuotes) could be any of \(candidates.joined(separator: ", "))")
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

    private static func explain(_ missing: Set<Capability>, _ words: [String]) -> Explanation {
        let names = missing.map(\.rawValue).sorted()
        return Explanation(
            "not permitted: \(names.joined(separator: " and ")) \(names.count == 1 ? "is" : "are") missing",
            [remedy(forLackOf: names, words)])
    }

    /// The one thing that gives the command line `words` the privileges it lacks.
    static func remedy(forLackOf capabilities: [String], _ words: [String]) -> String {
        guard geteuid() == 0 else { return "run: sudo \(words.map(\.shellWord).joined(separator: " "))" }
        return "hint: root is without them here, as in a container: start it with "
            + capabilities.map { "--cap-add=\($0)" }.joined(separator: " ")
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
