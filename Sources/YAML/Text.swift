/// The bytes of a document, checked to be text that every YAML reader splits into the same lines.
struct Text {
    /// Valid UTF-8 without byte order mark and carriage returns, ended by a NUL, which nothing before it can be.
    let bytes: [UInt8]
    /// Whether a column is a byte offset.
    let isASCII: Bool

    private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    init(_ source: [UInt8]) throws(Diagnostic) {
        if source.starts(with: [0xff, 0xfe]) || source.starts(with: [0xfe, 0xff]) {
            throw Diagnostic("the file is UTF-16", at: nil, hint: "save it as UTF-8")
        }
        let start = source.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
        var hasCarriageReturns = false
        var isASCII = true
        var index = start
        while index < source.count {
            let byte = source[index]
            if (0x20..<0x7f).contains(byte) || byte == "\n" || byte == "\t" {
                index += 1
            } else if byte == "\r", index + 1 < source.count, source[index + 1] == "\n" {
                hasCarriageReturns = true
                index += 1
            } else {
                isASCII = false
                index += try Self.length(ofCharacterAt: index, in: source)
            }
        }
        self.isASCII = isASCII
        var bytes = start == 0 ? source : Array(source[start...])
        if hasCarriageReturns { bytes.removeAll { $0 == "\r" } }
        bytes.append(0)
        self.bytes = bytes
    }

    /// The bytes that the character at `index` takes; refuses what YAML or one of its readers does not take for text.
    private static func length(ofCharacterAt index: Int, in source: [UInt8]) throws(Diagnostic) -> Int {
        var rest = source[index...].makeIterator()
        var decoder = Unicode.UTF8.ForwardParser()
        guard case .valid(let encoded) = decoder.parseScalar(from: &rest) else {
            throw Diagnostic(
                "the byte 0x\(String(source[index], radix: 16)) is not UTF-8", at: mark(of: index, in: source),
                hint: "save the file as UTF-8")
        }
        guard let (name, hint) = refusal(of: Unicode.UTF8.decode(encoded)) else { return encoded.count }
        throw Diagnostic("\(name) is not allowed here", at: mark(of: index, in: source), hint: hint)
    }

    /// What a character outside of printable ASCII is called and what to do about it where it is refused.
    ///
    /// YAML 1.2 (5.1) allows no others; NEL and the Unicode separators end a line in YAML 1.1 but not in 1.2.
    private static func refusal(of scalar: Unicode.Scalar) -> (name: String, hint: String)? {
        let escaped = "inside double quotes an escape such as `\\x07` or `\\u2028` stands for it"
        let code = "U+" + String(repeating: "0", count: max(0, 4 - hex(scalar).count)) + hex(scalar)
        switch scalar.value {
        case 0x00: return ("a NUL character", "a document is text")
        case 0x0d: return ("a carriage return without a line feed", "end each line with a line feed")
        case 0x01...0x1f, 0x7f...0x84, 0x86...0x9f: return ("the control character \(code)", escaped)
        case 0x85, 0x2028, 0x2029: return ("the line separator \(code)", escaped)
        case 0xfeff: return ("a byte order mark inside the text", "remove it")
        case 0xfffe, 0xffff: return ("the noncharacter \(code)", "remove it")
        default: return nil
        }
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String { String(scalar.value, radix: 16, uppercase: true) }

    /// The place of the byte at `index`, all of the source before it being valid UTF-8.
    private static func mark(of index: Int, in source: [UInt8]) -> Mark {
        let before = source[..<index]
        let lineStart = before.lastIndex { $0 == "\n" }.map { $0 + 1 } ?? 0
        let skipped = lineStart == 0 && source.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        let line = before[(lineStart + skipped)...]
        return Mark(line: before.count { $0 == "\n" } + 1, column: line.count { $0 & 0xc0 != 0x80 } + 1)
    }
}
