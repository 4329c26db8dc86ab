/// A failure in words.
struct Explanation: Hashable {
    /// What is wrong, in a line.
    let message: String
    /// What goes with it and what to do about it, line by line.
    let details: [String]

    init(_ message: String, _ details: [String] = []) {
        self.message = message
        self.details = details
    }

    /// What to do about it, if that is known.
    var hint: String? {
        let mark = "hint: "
        return details.first { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }

    /// The explanation with more details.
    static func + (explanation: Explanation, details: [String]) -> Explanation {
        Explanation(explanation.message, explanation.details + details)
    }

    /// `weft: message`, and the details below.
    var lines: [String] { ["weft: \(message)"] + details.map { "  \($0)" } }
}

extension String {
    /// The text as a message quotes it, on one line and without what a terminal would act on.
    var inQuotes: String {
        let shown = unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: scalar.escaped(asASCII: true)
            default: String(scalar)
            }
        }
        return "'\(shown.joined())'"
    }

    /// The word as a shell reads it back.
    var shellWord: String {
        let isPlain = utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_-./:=,@%+".utf8.contains(byte)
            }
        }
        if isPlain, !isEmpty { return self }
        return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
