/// A source line with a caret under one of its characters, cropped where it is long.
struct Excerpt {
    /// Columns of a terminal that the line takes at most, and those of them before the caret.
    private static let width = (all: 120, before: 72)
    /// Bytes of the source on either side of the caret at most, since characters may take no column at all.
    private static let reach = 512

    /// The line as shown.
    let line: String
    /// What moves the caret below its character: as many columns as the line before it, tabs being kept.
    let indentation: String

    /// The line at `mark`; `nil` where there is none or it is blank.
    init?(of source: SourceText, at mark: Mark) {
        guard let offset = source.offset(of: mark) else { return nil }
        let bytes = source.bytes
        var here = Self.start(before: offset, in: source)
        let isCropped = here > source.start && bytes[here - 1] != "\n"
        var line = isCropped ? "…" : ""
        var indentation = isCropped ? " " : ""
        var width = 0
        while here < offset || width < Self.width.all, here < offset + Self.reach, !source.isLineEnd(here) {
            let cell = Cell(at: here, in: bytes)
            line += cell.text
            width += cell.width
            if here < offset { indentation += cell.text == "\t" ? "\t" : String(repeating: " ", count: cell.width) }
            here += cell.length
        }
        guard line.contains(where: { $0 != " " && $0 != "\t" }) else { return nil }
        self.line = source.isLineEnd(here) ? line : line + "…"
        self.indentation = indentation
    }

    /// The first byte to show of the line that `offset` is on.
    private static func start(before offset: Int, in source: SourceText) -> Int {
        let bytes = source.bytes
        var start = offset
        var width = 0
        while start > source.start, bytes[start - 1] != "\n", width < Self.width.before, offset - start < reach {
            start -= 1
            while start > source.start, bytes[start] & 0xc0 == 0x80, bytes[start - 1] & 0x80 != 0 { start -= 1 }
            width += Cell(at: start, in: bytes).width
        }
        return start
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
