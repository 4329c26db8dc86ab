extension Command {
    static let ping = Command(
        name: "ping", summary: "check that who should talk does, and nobody else",
        operands: [.optional("FILE|NAME"), .pair("FROM TO")], options: [.timeout, .json],
        details: "",
        examples: ["sudo weft ping topologies/bridge.yaml", "sudo weft ping web db"]
    ) { call throws(Failure) in
        throw .unencodable("")
    }
}
