/// The version that this source is of.
let weftVersion = "0.1.0"

extension Command {
    static let version = Command(
        name: "version", summary: "print the version", operands: [], options: [.json], details: "",
        examples: ["weft version --json"]
    ) { call throws(Failure) in
        if call.arguments.has(.json) {
            try call.console.print(json: VersionDocument(version: weftVersion))
        } else {
            call.console.print(["weft \(weftVersion)"])
        }
        return .done
    }
}
