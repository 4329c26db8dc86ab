import FoundationEssentials

/// What a tool prints with `-j`; a key or index that is not there is `null`.
public enum JSON: Decodable, Equatable, Sendable {
    /// Nothing.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([JSON])
    /// Named values.
    case object([String: JSON])

    /// Reads any value.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSON].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    /// Reads a document; nothing at all is an empty list, as `ip -j` means it.
    public init(text: String) throws {
        self = text.allSatisfy(\.isWhitespace) ? .array([]) : try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    /// The value of a key of an object.
    public subscript(key: String) -> JSON {
        if case .object(let values) = self { values[key] ?? .null } else { .null }
    }

    /// The value at an index of a list.
    public subscript(index: Int) -> JSON { elements.indices.contains(index) ? elements[index] : .null }

    /// The values of a list; none for anything else.
    public var elements: [JSON] { if case .array(let values) = self { values } else { [] } }

    /// The values of an object by key, if it is one.
    public var fields: [String: JSON]? { if case .object(let fields) = self { fields } else { nil } }

    /// The text, if it is one.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The number, if it is a whole one.
    public var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }

    /// The truth value, if it is one.
    public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

    /// The first value of a list whose `key` is `text`.
    public func first(where key: String, is text: String) -> JSON {
        elements.first { $0[key].string == text } ?? .null
    }
}

/// Runs a program that prints JSON and must succeed.
public func json(of arguments: String...) throws -> JSON {
    let result = try run(arguments)
    guard result.status == 0 else {
        throw ProgramFailure(description: "\(arguments.joined(separator: " ")): \(result.status): \(result.stderr)")
    }
    return try JSON(text: result.stdout)
}
