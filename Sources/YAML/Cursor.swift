/// A place in a text from which it is read forward.
struct Cursor {
    /// A place to come back to.
    struct Position {
        var index = 0
        var line = 1
        var lineStart = 0
    }

    let bytes: [UInt8]
    var position = Position()
    private let isASCII: Bool
    /// The column of a byte on the current line, from which the next one is counted.
    private var counted = (index: 0, column: 1)

    init(_ text: Text) {
        bytes = text.bytes
        isASCII = text.isASCII
    }

    var index: Int { position.index }
    var line: Int { position.line }
    /// The byte here; 0 at the end.
    var byte: UInt8 { bytes[position.index] }
    /// The byte after this one; 0 at the end.
    var next: UInt8 { byte == 0 ? 0 : bytes[position.index + 1] }
    var isAtEnd: Bool { byte == 0 }
    /// Bytes of the line before this one, which is the column from 0 wherever indentation matters.
    var indent: Int { position.index - position.lineStart }

    /// The place here as people count it.
    ///
    /// Counts on from the mark before, so that many marks on one long line stay linear.
    mutating func mark() -> Mark {
        guard !isASCII else { return Mark(line: line, column: indent + 1) }
        if counted.index < position.lineStart || counted.index > index { counted = (position.lineStart, 1) }
        counted.column += bytes[counted.index..<index].count { $0 & 0xc0 != 0x80 }
        counted.index = index
        return Mark(line: line, column: counted.column)
    }

    mutating func advance(_ count: Int = 1) { position.index += count }

    /// Goes from a line break to the start of the next line.
    mutating func advanceLine() {
        position = Position(index: index + 1, line: line + 1, lineStart: index + 1)
    }

    mutating func skipSpaces() {
        while byte == " " { advance() }
    }

    /// Goes to the end of the line.
    mutating func skipLine() {
        while byte != "\n", !isAtEnd { advance() }
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

// What separates tokens.
extension Cursor {
    /// Whether a `- ` is here.
    var isAtEntry: Bool { byte == "-" && next.isBlankOrEnd }

    /// Whether `---` or `...` stands alone at the start of this line.
    var isAtDocumentMarker: Bool { isAt(marker: "-") || isAt(marker: ".") }

    /// Whether the line here begins with three of `character` and a blank, a break or the end.
    func isAt(marker character: Unicode.Scalar) -> Bool {
        guard indent == 0, index + 3 < bytes.count else { return false }
        return bytes[index..<index + 3].allSatisfy { $0 == character } && bytes[index + 3].isBlankOrEnd
    }

    /// Skips spaces, comments and line breaks.
    mutating func skipToContent() throws(Diagnostic) {
        while true {
            switch byte {
            case " ": advance()
            case "\n": advanceLine()
            case "#": try skipComment()
            case "\t": throw unexpectedTab()
            default: return
            }
        }
    }

    /// Reads to the next line that holds something, nothing but a comment being allowed before it.
    mutating func finishLine() throws(Diagnostic) {
        let line = line
        try skipToContent()
        guard self.line == line, !isAtEnd else { return }
        let (message, hint) =
            switch byte {
            case ":" where !isAtValueIndicator: ("a `:` with no space after it", "put a space after the `:`")
            case ":": ("a key must be plain or quoted text", "lists, mappings and aliases cannot be keys")
            case "]", "}": ("`\(character())` closes nothing", "remove it, or put the whole text in quotes")
            default: ("unexpected text after the value", "a value ends its line; put text that goes on in quotes")
            }
        throw Diagnostic(message, at: mark(), hint: hint)
    }

    private mutating func skipComment() throws(Diagnostic) {
        guard indent == 0 || bytes[index - 1] == " " else {
            throw Diagnostic(
                "`#` directly after a value", at: mark(),
                hint: "put a space before a comment, or the text in quotes")
        }
        skipLine()
    }

    mutating func unexpectedTab() -> Diagnostic {
        let isIndentation = bytes[position.lineStart..<index].allSatisfy { $0 == " " }
        return Diagnostic(
            isIndentation ? "a tab indents this line" : "a tab outside of quotes", at: mark(),
            hint: "YAML takes spaces only; replace the tab by spaces")
    }

    /// The character here, for a message.
    func character() -> String {
        String(String(decoding: bytes[index...].prefix(4), as: UTF8.self).unicodeScalars.prefix(1))
    }
}
