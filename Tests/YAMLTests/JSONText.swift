import YAML

extension Node {
    /// The tree as Python's `json.dumps` writes it, all texts quoted, so that two readers compare character by character.
    var json: String {
        switch content {
        case .scalar(let text, _): Self.json(text)
        case .sequence(let items): "[" + items.map(\.json).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { Self.json($0.key) + ": " + $0.value.json }.joined(separator: ", ") + "}"
        }
    }

    private static func json(_ text: String) -> String {
        var json = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: json += "\\\""
            case 0x5c: json += "\\\\"
            case 0x08: json += "\\b"
            case 0x09: json += "\\t"
            case 0x0a: json += "\\n"
            case 0x0c: json += "\\f"
            case 0x0d: json += "\\r"
            case 0x20...0x7e: json += String(UnicodeScalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return json + "\""
    }
}

/// The document's tree as JSON text, or the place and message of the diagnostic where it is refused.
func read(_ bytes: [UInt8]) -> String {
    do throws(Diagnostic) {
        return try Document.parse(bytes).json
    } catch {
        return "\(error.mark.map { "\($0.line):\($0.column): " } ?? "")\(error.message)"
    }
}

func read(_ text: String) -> String { read(Array(text.utf8)) }
