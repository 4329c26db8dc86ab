extension Command {
    static let helpCommand = Command(
        name: "help", summary: "say what a command does and takes", operands: [.many("COMMAND")], options: [],
        details: "", examples: ["weft help apply"]
    ) { call throws(Failure) in
        guard !call.arguments.operands.isEmpty else {
            call.console.print(Help.overview)
            return .done
        }
        do throws(UsageError) {
            let (command, rest) = try Command.leading(call.arguments.operands)
            if let word = rest.first { throw .unexpectedOperand(word) }
            call.console.print(Help.of(command))
        } catch {
            throw .usage(error, command: nil)
        }
        return .done
    }
}
