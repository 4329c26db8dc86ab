// Literal (`|`) and folded (`>`) text, YAML 1.2 (8.1).
extension Cursor {
    /// What becomes of the line breaks at the end of block text.
    private enum Chomping {
        case strip, clip, keep
    }

    /// Reads block text whose lines are indented deeper than `indent`, to the line break before the line after it.
    mutating func blockText(deeperThan indent: Int) throws(Diagnostic) -> String {
        let isFolded = byte == ">"
        advance()
        let (chomping, indentation) = try blockHeader()
        let least = max(indent + 1, 1)
        let column = if let indentation { least + indentation - 1 } else { try blockIndentation(least: least) }

        var text: [UInt8] = []
        var blankLines = 0
        var hasText = false
        var mayFold = false
        while let start = blockLine(column: column) {
            if bytes[start] == "\n" {
                blankLines += 1
                advanceLine()
                position.index = start
                continue
            }
            guard bytes[start] != 0, start - index - 1 == column else { break }
            let isIndented = bytes[start] == " " || bytes[start] == "\t"
            if hasText {
                if !isFolded || !mayFold || isIndented {
                    text.append(UInt8(ascii: "\n"))
                } else if blankLines == 0 {
                    text.append(UInt8(ascii: " "))
                }
            }
            text.append(contentsOf: repeatElement(UInt8(ascii: "\n"), count: blankLines))
            (hasText, mayFold, blankLines) = (true, !isIndented, 0)
            advanceLine()
            position.index = start
            while byte != "\n", !isAtEnd { advance() }
            text += bytes[start..<index]
        }
        if hasText, chomping != .strip, !isAtEnd { text.append(UInt8(ascii: "\n")) }
        if chomping == .keep { text.append(contentsOf: repeatElement(UInt8(ascii: "\n"), count: blankLines)) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Where the next line goes on after at most `column` spaces; `nil` at the end.
    private func blockLine(column: Int) -> Int? {
        guard !isAtEnd else { return nil }
        var start = index + 1
        while start - index - 1 < column, bytes[start] == " " { start += 1 }
        return start
    }

    /// Reads the indicators after `|` or `>` and the rest of their line.
    private mutating func blockHeader() throws(Diagnostic) -> (Chomping, indentation: Int?) {
        var chomping: Chomping?
        var indentation: Int?
        while true {
            switch byte {
            case "-" where chomping == nil: chomping = .strip
            case "+" where chomping == nil: chomping = .keep
            case UInt8(ascii: "1")...UInt8(ascii: "9") where indentation == nil:
                indentation = Int(byte - UInt8(ascii: "0"))
            case 0, " ", "\n":
                try finishBlockHeader()
                return (chomping ?? .clip, indentation)
            default: throw unexpectedInBlockHeader()
            }
            advance()
        }
    }

    private mutating func finishBlockHeader() throws(Diagnostic) {
        skipSpaces()
        if byte == "#", bytes[index - 1] == " " {
            while byte != "\n", !isAtEnd { advance() }
        }
        guard byte == "\n" || isAtEnd else { throw unexpectedInBlockHeader() }
    }

    private mutating func unexpectedInBlockHeader() -> Diagnostic {
        byte == "\t"
            ? unexpectedTab()
            : Diagnostic(
                "unexpected `\(character())` after `|` or `>`", at: mark(),
                hint: "begin the text on the next line; text that begins with `|` or `>` needs quotes")
    }

    /// The column of the first line that is not empty.
    private mutating func blockIndentation(least: Int) throws(Diagnostic) -> Int {
        var deepestBlank = 0
        var lineStart = index + 1
        while lineStart < bytes.count {
            var start = lineStart
            while bytes[start] == " " { start += 1 }
            let column = start - lineStart
            if bytes[start] == "\n" || bytes[start] == 0 {
                deepestBlank = max(deepestBlank, column)
                lineStart = start + 1
                continue
            }
            guard column >= least else { break }
            guard bytes[start] != "\t" else {
                throw Diagnostic(
                    "block text begins with a tab", at: mark(), hint: "say its indentation after `|` or `>`")
            }
            guard deepestBlank <= column else {
                throw Diagnostic(
                    "an empty line is indented deeper than the block text after it", at: mark(),
                    hint: "remove its spaces, or say the indentation after `|` or `>`")
            }
            return column
        }
        return max(least, deepestBlank)
    }
}
