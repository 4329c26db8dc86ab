/// An option that a command takes, such as `--json` or `--timeout SECONDS`.
struct Option: Hashable, Sendable {
    /// The name after the two dashes.
    let name: String
    /// The letter after one dash.
    let letter: Character?
    /// What stands for the value in help; absent for a switch.
    let value: String?
    /// What the option does, in a line.
    let summary: String

    init(_ name: String, letter: Character? = nil, value: String? = nil, _ summary: String) {
        self.name = name
        self.letter = letter
        self.value = value
        self.summary = summary
    }

    /// The option as people type it: `-v, --verbose` or `--timeout SECONDS`.
    var synopsis: String {
        (letter.map { "-\($0), " } ?? "    ") + "--\(name)" + (value.map { " \($0)" } ?? "")
    }
}

extension Option {
    static let help = Option("help", letter: "h", "print this")
    static let json = Option("json", "print JSON")
    static let all = Option("all", "every topology that is on the machine")
    static let host = Option(
        "host", value: "NAME", "the host that this machine is; else as last time")
    static let firewall = Option(
        "firewall", value: "KIND",
        "iptables (default), nftables, none; else as last time")
}

/// A word of the command line that is no option, such as `FILE`.
struct Operand: Hashable, Sendable {
    /// How many words it stands for.
    enum Count: Hashable, Sendable {
        case one, optional, many
        /// One or more.
        case some
        /// None or two.
        case pair
        /// This one and all after it, options or not, left as they are.
        case rest
    }

    /// What stands for it in help.
    let name: String
    /// How many words it stands for.
    let count: Count

    static func one(_ name: String) -> Operand { Operand(name: name, count: .one) }
    static func optional(_ name: String) -> Operand { Operand(name: name, count: .optional) }
    static func some(_ name: String) -> Operand { Operand(name: name, count: .some) }
    static func many(_ name: String) -> Operand { Operand(name: name, count: .many) }
    static func pair(_ names: String) -> Operand { Operand(name: names, count: .pair) }
    static func rest(_ name: String) -> Operand { Operand(name: name, count: .rest) }

    /// Whether there must be a word for it.
    var isRequired: Bool { count == .one || count == .some || count == .rest }

    /// How many operands it can take; the words of a ``Count/rest`` are none.
    var most: Int {
        switch count {
        case .one, .optional: 1
        case .pair: 2
        case .many, .some: 1_000_000
        case .rest: 0
        }
    }
}
