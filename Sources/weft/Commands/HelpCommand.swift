extension Command {
    static let helpCommand = Command(
        name: "help", summary: "say what a command does and takes", operands: [.optional("COMMAND")], options: [],
        details: "", examples: ["weft help apply"]
    ) { call throws(Failure) in
        guard let name = call.arguments[0] else {
            call.console.print(Help.overview)
            return .done
        }
        do throws(UsageError) {
            call.console.print(Help.of(try Command.named(name)))
        } catch {
            throw .usage(error, command: nil)
        }
        return .done
    }
}
