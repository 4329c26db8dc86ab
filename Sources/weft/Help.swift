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
        var lines = ["weft \(command.name): \(command.summary)", "", "usage: \(command.usage)", ""]
        if !command.subcommands.isEmpty {
            lines += columns(command.subcommands.map { ($0.synopsis, $0.summary) }) + [""]
        }
        lines += columns((command.options + [.help]).map { ($0.synopsis, $0.summary) })
        if !command.details.isEmpty { lines += [""] + wrapped(command.details) }
        return lines + [""] + command.examples.map { "  \($0)" }
    }

    /// `text` in lines of at most 80 characters.
    private static func wrapped(_ text: String) -> [String] {
        text.split(separator: " ").reduce(into: []) { lines, word in
            if let last = lines.last, last.count + word.count < 80 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
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
        case .optional, .pair: "[\(name)]"
        case .many, .some: "\(name)…"
        case .rest: "-- \(name)…"
        }
    }
}
