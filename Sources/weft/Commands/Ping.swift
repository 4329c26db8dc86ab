extension Command {
    static let ping = Command(
        name: "ping", summary: "check that all that should talk does, and nothing else",
        operands: [.optional("FILE|NAME"), .optional("FROM"), .optional("TO")], options: [.timeout, .json],
        details: [],
        examples: ["sudo weft ping topologies/bridge.yaml", "sudo weft ping web db"]
    ) { call throws(Failure) in
        throw .unencodable("")
    }
}
