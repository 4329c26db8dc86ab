import FoundationEssentials

/// JSON as Docker prints it: the members of what it knows come in the order of its own types, those of maps by name.
indirect enum DockerJSON: Hashable {
    case object([String: DockerJSON])
    case array([DockerJSON])
    case string(String)
    /// A whole number, of those that `Int64` or `UInt64` holds.
    case number(Int128)
    case bool(Bool)
    case null

    /// What `document` encodes to.
    init(_ document: some Encodable) throws {
        self = try JSONDecoder().decode(DockerJSON.self, from: try JSONEncoder().encode(document))
    }

    /// The text in one line, as Go's `json.Marshal` writes it.
    var compact: String { text(newline: "", indent: "", colon: ":") }

    /// The text in lines that are indented by four blanks each.
    var indented: String { text(newline: "\n", indent: "    ", colon: ": ") }

    private func text(newline: String, indent: String, colon: String) -> String {
        func list(_ parts: [String], _ open: String, _ close: String) -> String {
            guard !parts.isEmpty else { return open + close }
            return open + newline + indent + parts.joined(separator: ",\(newline)\(indent)") + newline + close
        }
        // What is within is indented once more, line by line.
        func nested(_ value: DockerJSON) -> String {
            value.text(newline: newline + indent, indent: indent, colon: colon)
        }
        switch self {
        case .object(let members):
            let names = Self.ordered(Array(members.keys))
            return list(names.map { Self.quoted($0) + colon + nested(members[$0] ?? .null) }, "{", "}")
        case .array(let values): return list(values.map(nested), "[", "]")
        case .string(let text): return Self.quoted(text)
        case .number(let number): return "\(number)"
        case .bool(let bool): return "\(bool)"
        case .null: return "null"
        }
    }

    /// The string literal (RFC 8259 §7).
    private static func quoted(_ text: String) -> String {
        let parts = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case _ where scalar.value < 0x20:
                "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(parts.joined())\""
    }
}

extension DockerJSON: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        func value<Value: Decodable>(_ type: Value.Type) throws -> Value? {
            do { return try container.decode(type) } catch DecodingError.typeMismatch { return nil }
        }
        func number<Value: Decodable & BinaryInteger>(_ type: Value.Type) -> Int128? {
            // A number that the type does not hold is an error of a type that is not public.
            do { return Int128(try container.decode(type)) } catch { return nil }
        }
        if container.decodeNil() {
            self = .null
        } else if let bool = try value(Bool.self) {
            self = .bool(bool)
        } else if let number = number(Int64.self) ?? number(UInt64.self) {
            self = .number(number)
        } else if let text = try value(String.self) {
            self = .string(text)
        } else if let values = try value([DockerJSON].self) {
            self = .array(values)
        } else {
            self = .object(try container.decode([String: DockerJSON].self))
        }
    }
}
