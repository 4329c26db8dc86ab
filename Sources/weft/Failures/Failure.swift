import Linux
import Probe
import Reconcile
import Topology
import YAML

/// Why the program does not do what was asked for.
enum Failure: Error {
    /// The command line makes no sense; the command is absent where that is what is wrong.
    case usage(UsageError, command: Command?)
    /// The file at that path cannot be read.
    case unreadable(String, SystemCallError)
    /// The file's content is wrong.
    case invalid(TopologyFile, Diagnostics)
    /// The file is so damaged that not even the topology's name can be read.
    case nameless(TopologyFile)
    /// A check found something that has been printed already.
    case found(ExitCode)
    /// These privileges are missing for the command line `words`.
    case notPermitted(Set<Capability>, words: [String])
    /// The machine could not be observed or changed.
    case machine(ReconcileError, words: [String])
    /// The program was asked to end.
    case interrupted(Interruption, ReconcileError)
    /// No container has this name; one that is near does.
    case unknownContainer(String, suggestion: String?)
    /// Several containers have this short name.
    case ambiguousContainer(String, [String])
    /// A topology has to be named, for there are several, or none.
    case unnamedTopology([String])
    /// The topology that the file declares has not been applied.
    case notApplied(String, file: String)
    /// The topology is on the machine, but not on record, so that its file is needed.
    case unrecorded(String)
    /// The promises of a topology could not be tried.
    case probe(ProbeError)
    /// A system call for the command failed.
    case system(SystemCallError)
    /// The program `name` could not be started.
    case unstartable(String, Errno)
    /// Standard output cannot be written.
    case unwritable(SystemCallError)
    /// A result has no JSON.
    case unencodable(String)
}

extension Failure {
    /// What the caller gets to know.
    var exitCode: ExitCode {
        switch self {
        case .usage: .usage
        case .unreadable, .invalid, .nameless: .badFile
        case .found(let code): code
        case .notPermitted: .notPermitted
        case .machine(let error, _): error.exitCode
        case .system(let error), .probe(.system(let error)): error.isLackOfPrivilege ? .notPermitted : .refused
        case .unstartable(_, let errno): errno == .noEntry ? .noProgram : .notExecutable
        case .interrupted, .unknownContainer, .ambiguousContainer, .unnamedTopology, .notApplied, .unrecorded, .probe,
            .unwritable, .unencodable:
            .refused
        }
    }
}

extension ReconcileError {
    fileprivate var exitCode: ExitCode {
        switch self {
        case .layout: .badFile
        case .system(let error) where error.isLackOfPrivilege: .notPermitted
        case .rolledBack(let cause): cause.exitCode
        default: .refused
        }
    }
}

extension SystemCallError {
    /// Whether the kernel would have done it for somebody with more privileges.
    var isLackOfPrivilege: Bool { errno == .notPermitted || errno == .accessDenied }
}
