/// The texts of `weft help` and `--help`, each on one screen of 80 columns and 24 lines.
enum Help {
    /// What the program is, its commands and its exit codes.
    static var overview: [String] {
        let commands = Command.all.map { ($0.synopsis, $0.summary) }
        return ["weft: virtual networks in the kernel, as a topology file declares them", ""]
            + ["usage: weft COMMAND [OPTIONS] …", ""]
            + columns(commands)
            + [
                "", "Without FILE: \(TopologyFile.usualNames.joined(separator: ", ")).",
                "Exit: 0 done, 1 refused or failed, 2 plan has changes, 64 usage, 65 bad file,",
                "      77 not permitted. `weft COMMAND --help` says more.",
                "", "  sudo weft apply topologies/bridge.yaml",
            ]
    }

    /// What `command` does and takes.
    static func of(_ command: Command) -> [String] {
        let options = (command.options + [.help]).map { ($0.synopsis, $0.summary) }
        return ["weft \(command.name): \(command.summary)", "", "usage: \(command.usage)", ""]
            + columns(options)
            + (command.details.isEmpty ? [] : [""] + command.details)
            + [""] + command.examples.map { "  \($0)" }
    }

    /// Terms and what they mean, side by side.
    private static func columns(_ rows: [(String, String)]) -> [String] {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { term, meaning in
            "  " + term + String(repeating: " ", count: width - term.count + 2) + meaning
        }
    }
}

extension Command {
    /// The name with the operands: `ping [FILE|NAME] [FROM] [TO]`.
    var synopsis: String { ([name] + operands.map(\.synopsis)).joined(separator: " ") }

    /// The whole command line: `weft plan [OPTIONS] [FILE]`.
    var usage: String {
        (["weft", name] + (options.isEmpty ? [] : ["[OPTIONS]"]) + operands.map(\.synopsis)).joined(separator: " ")
    }
}

extension Operand {
    fileprivate var synopsis: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .many: "\(name)…"
        case .rest: "-- \(name)…"
        }
    }
}
