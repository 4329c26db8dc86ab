import Glibc
import Linux
import Reconcile
import YAML

extension Failure {
    /// What to tell people: what is wrong, and what to do about it.
    func lines(color: Bool) -> [String] {
        switch self {
        case .invalid(let file, let diagnostics):
            return [diagnostics.rendered(file: file.path, source: SourceText(file.bytes), color: color)]
        case .found: return []
        default: break
        }
        let (message, more) = text
        return ["weft: \(message)"] + more.map { "  \($0)" }
    }

    /// The message, and lines that go with it.
    private var text: (String, [String]) {
        switch self {
        case .usage(let error, let command): return Self.text(of: error, command)
        case .unreadable(let path, let error): return Self.text(unreadable: path, error)
        case .invalid, .found: return ("", [])
        case .nameless(let file):
            return (
                "\(file.path): the topology's name cannot be read",
                ["hint: `weft validate \(file.path)` says what is wrong; `weft ls` lists names for `weft down NAME`"]
            )
        case .notPermitted(let missing, let words, let hasUserNamespaces):
            return Self.text(missing: missing, words, hasUserNamespaces)
        case .machine(let error, let words): return error.text(words: words)
        case .interrupted(let interruption, let error): return Self.text(of: interruption, error)
        case .unknownContainer(let name, let suggestion):
            return (
                "no container \(name.inQuotes) is on the machine",
                ["hint: " + (suggestion.map { "did you mean `\($0)`?" } ?? "`weft ps` lists them")]
            )
        case .ambiguousContainer(let name, let candidates):
            return ("\(name.inQuotes) could be any of \(candidates.joined(separator: ", "))", [])
        case .unnamedTopology([]): return ("no topology is on the machine", ["hint: `weft apply FILE` makes one"])
        case .unnamedTopology(let names):
            return ("several topologies are on the machine; name one of \(names.joined(separator: ", "))", [])
        case .system(let error): return (error.description, [])
        case .unstartable(let program, let errno): return ("\(program): \(errno.text)", [])
        case .unwritable(let error): return ("standard output: \(error.errno.text)", [])
        case .unencodable(let reason): return ("the result has no JSON: \(reason)", [])
        }
    }

    private static func text(of error: UsageError, _ command: Command?) -> (String, [String]) {
        let hint = error.hint.map { ["hint: \($0)"] } ?? []
        guard let command else { return (error.message, hint + ["`weft help` lists the commands"]) }
        return (
            "\(command.name): \(error.message)",
            hint + ["usage: \(command.usage)", "`weft help \(command.name)` says more"]
        )
    }

    private static func text(unreadable path: String, _ error: SystemCallError) -> (String, [String]) {
        switch error.errno {
        case Errno(rawValue: EISDIR):
            ("\(path): a directory, not a file", ["hint: name the file in it, such as \(path)/topology.yaml"])
        case .fileTooLarge:
            ("\(path): larger than \(Limits.standard.maxBytes >> 20) MiB, the most a topology may have", [])
        case .noEntry:
            ("\(path): no such file", TopologyFile.neighbour(of: path).map { ["hint: did you mean `\($0)`?"] } ?? [])
        default: ("\(path): \(error.errno.text)", [])
        }
    }

    private static func text(
        missing: Set<Capability>, _ words: [String], _ hasUserNamespaces: Bool
    ) -> (String, [String]) {
        let names = missing.map(\.rawValue).sorted().joined(separator: " and ")
        let command = words.map(\.shellWord).joined(separator: " ")
        let sandbox = "unshare -rnm sh -c 'mount -t tmpfs tmpfs /run && exec sh'"
        return (
            "not permitted: \(names) \(missing.count == 1 ? "is" : "are") missing",
            ["run: sudo \(command)"]
                + (hasUserNamespaces ? ["or try it in namespaces of your own: \(sandbox)"] : [])
        )
    }

    private static func text(of interruption: Interruption, _ error: ReconcileError?) -> (String, [String]) {
        switch error {
        case .cancelled?, .rolledBack?: ("\(interruption.text): the machine is as it was before", [])
        case .notRolledBack(_, let then, let remains)?:
            ReconcileError.text(notRolledBack: interruption.text, then, remains)
        default: ("\(interruption.text) before anything was changed", [])
        }
    }
}

extension String {
    /// The word as a shell reads it back.
    var shellWord: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "_-./:=,@%+".utf8.contains(byte)
                }
            }
        return isPlain
            ? self : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
