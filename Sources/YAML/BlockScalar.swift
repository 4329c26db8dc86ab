/// The lines of block text, put together, YAML 1.2 (8.1).
private struct BlockLines {
    /// What becomes of the line breaks at the end.
    enum Chomping {
        case strip, clip, keep
    }

    /// Whether line breaks between lines of text become spaces (`>`).
    let isFolded: Bool
    private var text: [UInt8] = []
    /// Empty lines since the last one that was not.
    private var blankLines = 0
    /// Whether the last line was indented deeper than the text, so that its line break stays; `nil` before the first.
    private var isIndented: Bool?

    init(isFolded: Bool) { self.isFolded = isFolded }

    mutating func appendBlankLine() { blankLines += 1 }

    mutating func append(_ line: ArraySlice<UInt8>) {
        let wasIndented = isIndented
        let isIndented = line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
        self.isIndented = isIndented
        if let wasIndented {
            if !isFolded || wasIndented || isIndented {
                text.append(UInt8(ascii: "\n"))
            } else if blankLines == 0 {
                text.append(UInt8(ascii: " "))
            }
        }
        appendBreaks(blankLines)
        blankLines = 0
        text += line
    }

    /// The text; `endsInBreak` says whether a line break came after the last line.
    consuming func finished(_ chomping: Chomping, endsInBreak: Bool) -> String {
        if isIndented != nil, chomping != .strip, endsInBreak { appendBreaks(1) }
        if chomping == .keep { appendBreaks(blankLines) }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func appendBreaks(_ count: Int) {
        text.append(contentsOf: repeatElement(UInt8(ascii: "\n"), count: count))
    }
}

// Literal (`|`) and folded (`>`) text.
extension Cursor {
    /// Reads block text whose lines are indented deeper than `indent`, to the line break before the line after it.
    mutating func blockText(deeperThan indent: Int) throws(Diagnostic) -> String {
        var lines = BlockLines(isFolded: byte == ">")
        advance()
        let (chomping, indentation) = try blockHeader()
        let least = max(indent + 1, 1)
        let column = if let indentation { least + indentation - 1 } else { try blockIndentation(least: least) }
        while let start = blockLine(column: column) {
            guard bytes[start] == "\n" || bytes[start] != 0 && start - index - 1 == column else { break }
            advanceLine()
            position.index = start
            if byte == "\n" {
                lines.appendBlankLine()
            } else {
                skipLine()
                lines.append(bytes[start..<index])
            }
        }
        return lines.finished(chomping, endsInBreak: !isAtEnd)
    }

    /// Where the next line goes on after at most `column` spaces; `nil` at the end.
    private func blockLine(column: Int) -> Int? {
        guard !isAtEnd else { return nil }
        var start = index + 1
        while start - index - 1 < column, bytes[start] == " " { start += 1 }
        return start
    }

    /// Reads the indicators after `|` or `>` and the rest of their line.
    private mutating func blockHeader() throws(Diagnostic) -> (BlockLines.Chomping, indentation: Int?) {
        var chomping: BlockLines.Chomping?
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
        if byte == "#", bytes[index - 1] == " " { skipLine() }
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
