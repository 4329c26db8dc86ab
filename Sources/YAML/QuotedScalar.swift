// Text in quotes, YAML 1.2 (7.3.1, 7.3.2).
extension Cursor {
    /// Reads single- or double-quoted text whose further lines are indented deeper than `indent`.
    mutating func quotedText(deeperThan indent: Int) throws(Diagnostic) -> String {
        let open = mark()
        let quote = byte
        advance()
        var text: [UInt8] = []
        var run = index
        while byte != quote || quote == "'" && next == "'" {
            switch byte {
            case 0:
                throw Diagnostic(
                    "the quote is never closed", at: open, hint: "add the closing \(Character(Unicode.Scalar(quote)))")
            case "'" where quote == "'":
                text += bytes[run...index]
                advance(2)
                run = index
            case "\\" where quote == "\"":
                text += bytes[run..<index]
                try escape(into: &text, deeperThan: indent, from: open)
                run = index
            case "\n":
                text += bytes[run..<index].trimmingBlanks
                text.append(fold: try quotedBreaks(deeperThan: indent, from: open))
                run = index
            default: advance()
            }
        }
        text += bytes[run..<index]
        advance()
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads an escape of double-quoted text, YAML 1.2 (5.7).
    private mutating func escape(into text: inout [UInt8], deeperThan indent: Int, from open: Mark) throws(Diagnostic) {
        let start = mark()
        advance()
        let letter = byte
        if letter == "\n" {
            let blankLines = try quotedBreaks(deeperThan: indent, from: open)
            text.append(contentsOf: repeatElement(UInt8(ascii: "\n"), count: blankLines))
            return
        }
        if let value = Self.escapes[letter] {
            advance()
            text += value.utf8
            return
        }
        let digits: Int
        switch letter {
        case "x": digits = 2
        case "u": digits = 4
        case "U": digits = 8
        default:
            throw Diagnostic(
                letter == 0 ? "the escape is cut off" : "`\\\(character())` is no escape", at: start,
                hint: "write `\\\\` for a backslash, or use single quotes")
        }
        advance()
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = byte.hexadecimalValue else {
                throw Diagnostic(
                    "`\\\(Character(Unicode.Scalar(letter)))` takes \(digits) hexadecimal digits", at: start,
                    hint: "write `\\\\` for a backslash, or use single quotes")
            }
            value = value << 4 | digit
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw Diagnostic(
                "the escape names no character", at: start,
                hint: "write a character beyond U+FFFF itself, or as `\\U` and eight digits")
        }
        text += String(scalar).utf8
    }

    private static let escapes: [UInt8: String] = [
        UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{07}", UInt8(ascii: "b"): "\u{08}",
        UInt8(ascii: "t"): "\t", UInt8(ascii: "\t"): "\t", UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{0b}",
        UInt8(ascii: "f"): "\u{0c}", UInt8(ascii: "r"): "\r", UInt8(ascii: "e"): "\u{1b}", UInt8(ascii: " "): " ",
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "N"): "\u{85}",
        UInt8(ascii: "_"): "\u{a0}", UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
    ]

    /// Reads line breaks and the indentation after them; gives the number of empty lines.
    private mutating func quotedBreaks(deeperThan indent: Int, from open: Mark) throws(Diagnostic) -> Int {
        var lines = 0
        var spaces = 0
        while byte == "\n" {
            lines += 1
            advanceLine()
            if isAtDocumentMarker {
                throw Diagnostic(
                    "a document marker inside quotes", at: mark(),
                    hint: "close the quote opened at \(open), or indent this line")
            }
            skipSpaces()
            spaces = self.indent
            if byte == "\t", spaces <= indent { throw unexpectedTab() }
            while byte == " " || byte == "\t" { advance() }
        }
        guard spaces > indent || isAtEnd else {
            throw Diagnostic(
                "quoted text goes on with too little indentation", at: mark(),
                hint: "close the quote opened at \(open), or indent this line by \(indent + 1) or more")
        }
        return lines - 1
    }
}

extension ArraySlice<UInt8> {
    /// Without the blanks at its end.
    fileprivate var trimmingBlanks: Self {
        self[..<((lastIndex { $0 != " " && $0 != "\t" }).map { $0 + 1 } ?? startIndex)]
    }
}
