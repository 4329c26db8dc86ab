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
    /// The file refers to something that is not on the machine.
    case missing(TopologyFile, Diagnostics)
    /// The file is so damaged that not even the topology's name can be read.
    case nameless(TopologyFile)
    /// These privileges are missing.
    case notPermitted(Set<Capability>)
    /// The machine could not be observed or changed.
    case machine(ReconcileError)
    /// The program was asked to end.
    case interrupted(Interruption, ReconcileError)
    /// The program was asked to end, and these topologies are still there.
    case unfinished(Interruption, remaining: [String])
    /// No container has this name; one that is near does.
    case unknownContainer(String, suggestion: String?)
    /// Several containers have this short name.
    case ambiguousContainer(String, [String])
    /// No network has this name; one that is near does.
    case unknownNetwork(String, suggestion: String?)
    /// Several networks have this short name or beginning of an identifier.
    case ambiguousNetwork(String, [String])
    /// The container does not publish this port.
    case unpublishedPort(String, container: String)
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
    func exitCode(for caller: Caller) -> ExitCode {
        switch self {
        case .usage: .usage
        case .unreadable, .invalid, .nameless, .machine(.layout): .badFile
        case .notPermitted: .notPermitted
        case .machine, .system, .probe: isLackOfPrivilege && caller.standing != .root ? .notPermitted : .refused
        case .unstartable(_, let errno): errno == .noEntry ? .noProgram : .notExecutable
        case .missing, .interrupted, .unfinished, .unknownContainer, .ambiguousContainer, .unknownNetwork,
            .ambiguousNetwork,
            .unpublishedPort, .unnamedTopology, .notApplied, .unrecorded, .unwritable, .unencodable:
            .refused
        }
    }

    /// Whether somebody with more privileges would not have failed.
    var isLackOfPrivilege: Bool {
        switch self {
        case .notPermitted: true
        case .machine(let error): error.isLackOfPrivilege
        case .system(let error), .probe(.system(let error)): error.isLackOfPrivilege
        default: false
        }
    }
}

extension ReconcileError {
    fileprivate var isLackOfPrivilege: Bool {
        switch self {
        case .system(let error): error.isLackOfPrivilege
        case .rolledBack(let cause), .notRolledBack(let cause, _, _): cause.isLackOfPrivilege
        default: false
        }
    }
}

extension SystemCallError {
    fileprivate var isLackOfPrivilege: Bool {
        (errno == .notPermitted || errno == .accessDenied) && !isAboutPlantedFolder
    }

    /// Whether the folder of the records is somebody else's, which is refused whoever asks.
    var isAboutPlantedFolder: Bool {
        errno == .notPermitted && call == "open" && object?.hasPrefix("/run/weft") ?? false
    }
}
