extension Command {
    static let network = Command(
        name: "network", summary: "list, inspect and change networks", operands: [.optional("COMMAND")], options: [],
        details: """
            A network's name is Docker's, TOPOLOGY_NETWORK. Its key in the file will do where no other topology has the \
            same, and so will the beginning of its identifier.
            """,
        examples: ["sudo weft network ls", "weft network inspect --help"],
        subcommands: [networkLs, networkInspect, networkConnect, networkDisconnect]
    ) { call throws(Failure) in
        call.console.print(Help.of(call.command))
        return .done
    }
}
