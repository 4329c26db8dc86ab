import YAML

/// A subcommand: what the parser, the help and the dispatcher need to know of it.
struct Command: Sendable {
    /// The word that it is called by.
    let name: String
    /// What it does, in a line.
    let summary: String
    /// The words that it takes after the options.
    let operands: [Operand]
    /// The options that it takes besides `--help`.
    let options: [Option]
    /// What help says besides; empty if that is all.
    let details: String
    /// Command lines to try.
    let examples: [String]
    /// Does it.
    let run: @Sendable (Invocation) throws(Failure) -> ExitCode
}

extension Command {
    /// Every command, in the order of the help.
    static let all: [Command] = [
        apply, plan, ping, down, validate, ls, ps, exec, version, helpCommand,
    ]

    /// The command of that name.
    static func named(_ name: String) throws(UsageError) -> Command {
        if let command = all.first(where: { $0.name == name }) { return command }
        throw .unknownCommand(name, suggestion: closest(to: name, among: all.map(\.name)).map { "weft \($0)" })
    }
}

/// A command on its way: what was asked for, and where to answer.
struct Invocation {
    /// The command.
    let command: Command
    /// What was asked for.
    let arguments: Arguments
    /// Where to answer.
    let console: Console
    /// Who asks.
    let caller: Caller
}
