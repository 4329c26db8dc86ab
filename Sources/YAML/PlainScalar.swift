// Text without quotes, YAML 1.2 (7.3.3).
extension Cursor {
    /// Reads plain text up to the end of the line, a comment, a `: ` or, in flow, an indicator.
    mutating func plainLine(inFlow: Bool) throws(Diagnostic) -> Range<Int> {
        let start = index
        var end = start
        scan: while true {
            switch byte {
            case 0, "\n": break scan
            case " ":
                advance()
                continue scan
            case "\t": throw unexpectedTab()
            case "#" where index > end: break scan
            case ":" where isAtValueIndicator: break scan
            case ":" where inFlow && next.isFlowIndicator:
                throw Diagnostic(
                    "a `:` with no space after it", at: mark(),
                    hint: "put a space after the `:`, or text that ends in `:` in quotes")
            case "?" where inFlow:
                throw Diagnostic("`?` in plain text between brackets", at: mark(), hint: "put the text in quotes")
            case let byte where inFlow && byte.isFlowIndicator: break scan
            default: break
            }
            advance()
            end = index
        }
        position.index = end
        return start..<end
    }

    /// Whether the `:` here ends a key rather than being part of plain text.
    var isAtValueIndicator: Bool { byte == ":" && next.isBlankOrEnd }

    /// Reads the lines with which plain text that began with `first` goes on, all of them indented deeper than `indent`.
    mutating func plainText(_ first: Range<Int>, deeperThan indent: Int, inFlow: Bool) throws(Diagnostic) -> String {
        var folded: [UInt8]?
        while true {
            let end = position
            let blankLines = skipBreaks()
            guard let blankLines, self.indent > indent, continuesPlainText(inFlow: inFlow) else {
                position = end
                return folded.map { String(decoding: $0, as: UTF8.self) } ?? text(first)
            }
            var text = folded ?? Array(bytes[first])
            folded = nil
            text.append(fold: blankLines)
            text += bytes[try plainLine(inFlow: inFlow)]
            folded = text
        }
    }

    private func continuesPlainText(inFlow: Bool) -> Bool {
        switch byte {
        case 0, "#", "\t": false
        case ":": !isAtValueIndicator
        default: !isAtDocumentMarker && !(inFlow && byte.isFlowIndicator)
        }
    }

    /// Skips spaces and line breaks; gives the number of empty lines, `nil` where the line goes on.
    private mutating func skipBreaks() -> Int? {
        skipSpaces()
        guard byte == "\n" else { return nil }
        var lines = 0
        while byte == "\n" {
            lines += 1
            advanceLine()
            skipSpaces()
        }
        return lines - 1
    }
}

extension [UInt8] {
    /// Appends what a line break and `blankLines` empty lines after it fold to.
    mutating func append(fold blankLines: Int) {
        if blankLines == 0 {
            append(UInt8(ascii: " "))
        } else {
            append(contentsOf: repeatElement(UInt8(ascii: "\n"), count: blankLines))
        }
    }
}
