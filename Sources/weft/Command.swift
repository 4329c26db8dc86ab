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
    /// Commands within this one, each under its full name, such as `network ls`.
    var subcommands: [Command] = []
    /// Does it.
    let run: @Sendable (Invocation) throws(Failure) -> ExitCode
}

extension Command {
    /// Every command, in the order of the help.
    static let all: [Command] = [
        apply, plan, ping, down, validate, ls, ps, inspect, port, network, exec, version, helpCommand,
    ]

    /// What Docker's and Compose's words are here, where that is another.
    private static let synonyms = [
        "up": "apply", "create": "apply", "start": "apply", "restart": "apply", "rm": "down", "stop": "down",
        "kill": "down", "config": "validate", "run": "exec", "list": "ls", "network list": "network ls",
        "network create": "apply", "network rm": "down", "network remove": "down",
    ]

    /// The command of that name.
    static func named(_ name: String) throws(UsageError) -> Command {
        if let command = all.first(where: { $0.name == name }) { return command }
        let near = synonyms[name] ?? closest(to: name, among: all.map(\.name))
        throw .unknownCommand(name, suggestion: near.map { "weft \($0)" })
    }

    /// The command that `words` begin with, and the words after its name.
    static func leading(_ words: [String]) throws(UsageError) -> (command: Command, rest: [String]) {
        guard let first = words.first else { throw .noCommand }
        let command = try named(first)
        guard !command.subcommands.isEmpty, words.count > 1, !words[1].hasPrefix("-") else {
            return (command, Array(words.dropFirst()))
        }
        let name = "\(first) \(words[1])"
        guard let subcommand = command.subcommands.first(where: { $0.name == name }) else {
            let near = closest(
                to: words[1], among: command.subcommands.map { String($0.name.dropFirst(first.count + 1)) })
            throw .unknownCommand(
                name, suggestion: (synonyms[name] ?? near.map { "\(first) \($0)" }).map { "weft \($0)" })
        }
        return (subcommand, Array(words.dropFirst(2)))
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
