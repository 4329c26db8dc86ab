/// What the program's end tells the caller.
enum ExitCode: Int32 {
    /// What was asked for is so.
    case done = 0
    /// The machine refused, or a check failed.
    case refused = 1
    /// `weft plan`: there are changes to make.
    case pending = 2
    /// The command line makes no sense (`EX_USAGE`, sysexits.h).
    case usage = 64
    /// The topology file cannot be used (`EX_DATAERR`).
    case badFile = 65
    /// A privilege is missing (`EX_NOPERM`).
    case notPermitted = 77
    /// `weft exec`: there is such a program, but it cannot be run, as a shell says it.
    case notExecutable = 126
    /// `weft exec`: there is no such program, as a shell says it.
    case noProgram = 127
}
