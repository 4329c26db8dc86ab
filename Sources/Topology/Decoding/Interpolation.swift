/// Replaces the variables of a text as Compose does: `$NAME`, `${NAME}`, with `-`, `:-`, `?`, `:?`, `+` or `:+` and a
/// text of its own within the braces; `$$` is a dollar sign (compose-spec, 12-interpolation.md).
struct Interpolation {
    /// Why a text has no value.
    struct Problem: Error {
        var message: String
        var hint: String?
    }

    private let variables: [String: String]
    private var rest: Substring

    /// The value of `text`, given `variables`.
    static func value(of text: String, _ variables: [String: String]) throws(Problem) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var interpolation = Interpolation(variables: variables, rest: text[...])
        return try interpolation.text(endsAtBrace: false, depth: 0)
    }

    /// The text up to the end, or up to the brace that closes it.
    private mutating func text(endsAtBrace: Bool, depth: Int) throws(Problem) -> String {
        guard depth <= 16 else { throw Problem(message: "variables are nested too deeply") }
        var result = ""
        while let character = rest.popFirst() {
            if endsAtBrace, character == "}" { return result }
            result += character == "$" ? try variable(depth: depth) : String(character)
        }
        if endsAtBrace {
            throw Problem(message: "`${` is not closed", hint: "add `}`, or write `$$` for a dollar sign")
        }
        return result
    }

    /// What stands for the variable whose `$` has been read.
    private mutating func variable(depth: Int) throws(Problem) -> String {
        if rest.first == "$" {
            rest.removeFirst()
            return "$"
        }
        let isBraced = rest.first == "{"
        if isBraced { rest.removeFirst() }
        let name = name()
        guard !name.isEmpty else {
            throw Problem(message: "`$` is not followed by a variable's name", hint: "write `$$` for a dollar sign")
        }
        guard isBraced else { return try value(of: name) }
        return try braced(name, depth: depth)
    }

    private mutating func name() -> String {
        let isFirst: (Character) -> Bool = { $0 == "_" || $0.isASCII && $0.isLetter }
        guard let first = rest.first, isFirst(first) else { return "" }
        let name = rest.prefix { isFirst($0) || $0.isASCII && $0.isNumber }
        rest.removeFirst(name.count)
        return String(name)
    }

    private mutating func braced(_ name: String, depth: Int) throws(Problem) -> String {
        let isBlankUnset = rest.first == ":"
        if isBlankUnset { rest.removeFirst() }
        let operation = rest.popFirst()
        if operation == "}", !isBlankUnset { return try value(of: name) }
        guard let operation, "-?+".contains(operation) else {
            throw Problem(
                message: "`${\(name)` is followed by neither `}` nor one of -, :-, ?, :?, + and :+",
                hint: "write `$$` for a dollar sign")
        }
        let other = try text(endsAtBrace: true, depth: depth + 1)
        let set = variables[name].flatMap { isBlankUnset && $0.isEmpty ? nil : $0 }
        switch operation {
        case "-": return set ?? other
        case "+": return set == nil ? "" : other
        default:
            guard let set else { throw Problem(message: "the variable \(name) is not set: \(other)", hint: hint(name)) }
            return set
        }
    }

    private func value(of name: String) throws(Problem) -> String {
        guard let value = variables[name] else {
            throw Problem(message: "the variable \(name) is not set", hint: hint(name))
        }
        return value
    }

    private func hint(_ name: String) -> String {
        "set it in the environment (sudo keeps it with `sudo \(name)=… weft`), or write ${\(name):-default}"
    }
}
