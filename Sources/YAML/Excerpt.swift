/// A source line with a caret under one of its characters, cropped where it is long.
struct Excerpt {
    /// Columns of a terminal that the line takes at most, and those of them before the caret.
    private static let width = (all: 120, before: 72)

    /// The line as shown.
    let line: String
    /// What moves the caret below its character: as many columns as the line before it, tabs being kept.
    let indentation: String

    /// The line at `mark`; `nil` where there is none or it is blank.
    init?(of source: SourceText, at mark: Mark) {
        guard let offset = source.offset(of: mark) else { return nil }
        let bytes = source.bytes
        let lineEnd = Self.lineEnd(from: offset, in: bytes)
        var start = offset
        var width = 0
        while start > 0, bytes[start - 1] != "\n", width < Self.width.before {
            start -= 1
            while start > 0, bytes[start] & 0xc0 == 0x80, bytes[start - 1] != "\n" { start -= 1 }
            width += Cell(at: start, in: bytes).width
        }
        let isCropped = start > 0 && bytes[start - 1] != "\n"
        if !isCropped, bytes[start...].starts(with: [0xef, 0xbb, 0xbf]) { start += 3 }

        var line = isCropped ? "…" : ""
        var indentation = isCropped ? " " : ""
        width = 0
        while start < lineEnd, width < Self.width.all || start < offset {
            let cell = Cell(at: start, in: bytes)
            line += cell.text
            width += cell.width
            if start < offset { indentation += cell.text == "\t" ? "\t" : String(repeating: " ", count: cell.width) }
            start += cell.length
        }
        guard line.contains(where: { $0 != " " && $0 != "\t" }) else { return nil }
        self.line = start < lineEnd ? line + "…" : line
        self.indentation = indentation
    }

    /// Where the line that goes through `offset` ends, or a place too far to be shown.
    private static func lineEnd(from offset: Int, in bytes: [UInt8]) -> Int {
        let end = bytes[offset...].prefix(4 * width.all + 2).firstIndex { $0 == "\n" }
        guard let end else { return bytes.count }
        return end > offset && bytes[end - 1] == "\r" ? end - 1 : end
    }

    /// A character as shown.
    private struct Cell {
        let text: String
        /// Columns of a terminal.
        let width: Int
        /// Bytes of the source.
        let length: Int

        init(at offset: Int, in bytes: [UInt8]) {
            let (scalar, length) = SourceText.character(at: offset, in: bytes)
            self.length = length
            guard let scalar else {
                text = "\\x" + String(bytes[offset], radix: 16)
                width = text.count
                return
            }
            text = scalar == "\t" ? "\t" : scalar.shown
            width = scalar == "\t" ? 8 : scalar.isShownAsIs ? scalar.terminalWidth : text.count
        }
    }
}
