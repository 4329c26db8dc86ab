/// One run of the program: from the command line to an exit code.
struct Program {
    /// Who asks, and by which command line.
    let caller: Caller
    /// Where to answer.
    let console: Console

    /// Does what the command line asks for; says why where that fails.
    func run() -> ExitCode {
        do throws(Failure) {
            let code = try dispatch()
            if let reason = console.output.failure { throw .unwritable(reason) }
            return code
        } catch {
            console.say(error, to: caller)
            return error.exitCode(for: caller)
        }
    }

    private func dispatch() throws(Failure) -> ExitCode {
        let rest = caller.words.dropFirst()
        switch rest.first {
        case nil:
            throw .usage(.noCommand, command: nil)
        case "-h", "--help":
            console.print(Help.overview)
            return .done
        case "--version":
            return try run(.version, [])
        case let option? where option.hasPrefix("-"):
            throw .usage(.unknownOption(option, suggestion: nil), command: nil)
        default:
            let (command, words): (Command, [String])
            do throws(UsageError) { (command, words) = try Command.leading(Array(rest)) } catch {
                throw .usage(error, command: nil)
            }
            return try run(command, words)
        }
    }

    private func run(_ command: Command, _ words: [String]) throws(Failure) -> ExitCode {
        let arguments: Arguments
        do throws(UsageError) {
            arguments = try Arguments(words, options: command.options + [.help], operands: command.operands)
        } catch {
            throw .usage(error, command: command)
        }
        if arguments.has(.help) {
            console.print(Help.of(command))
            return .done
        }
        return try command.run(
            Invocation(command: command, arguments: arguments, console: console, caller: caller))
    }
}
