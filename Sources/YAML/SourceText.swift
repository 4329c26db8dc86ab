/// The bytes of a file, to show the lines that diagnostics are about.
public struct SourceText: Sendable {
    /// A place every so often, so that one far down a long line is found without reading all before it.
    private struct Milestone {
        var offset: Int
        var mark: Mark
    }

    private static let distance = 4_096

    let bytes: [UInt8]
    /// Where the text begins, after a byte order mark.
    let start: Int
    private let milestones: [Milestone]

    /// The text of a file, which need not be valid UTF-8.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        var here = Milestone(offset: start, mark: Mark(line: 1, column: 1))
        var milestones = [here]
        while here.offset < bytes.count {
            let stop = here.offset + Self.distance
            while here.offset < min(stop, bytes.count) { Self.step(&here, in: bytes) }
            milestones.append(here)
        }
        self.milestones = milestones
    }

    /// The offset of the character at `mark`, or of the end of the line where that is shorter; `nil` past the end.
    func offset(of mark: Mark) -> Int? {
        let isBefore = { (other: Mark) in (other.line, other.column) <= (mark.line, mark.column) }
        var (low, high) = (0, milestones.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if isBefore(milestones[middle].mark) { low = middle } else { high = middle }
        }
        var here = milestones[low]
        while (here.mark.line, here.mark.column) < (mark.line, mark.column) {
            if here.mark.line == mark.line, isLineEnd(here.offset) { break }
            guard here.offset < bytes.count else { return nil }
            Self.step(&here, in: bytes)
        }
        return here.offset
    }

    /// Whether a line break or the end is at `offset`.
    func isLineEnd(_ offset: Int) -> Bool {
        guard offset < bytes.count, bytes[offset] != "\n" else { return true }
        return bytes[offset] == "\r" && offset + 1 < bytes.count && bytes[offset + 1] == "\n"
    }

    /// The character at `offset` and the bytes it takes; `nil` for a byte that is not UTF-8.
    static func character(at offset: Int, in bytes: [UInt8]) -> (scalar: Unicode.Scalar?, length: Int) {
        guard bytes[offset] >= 0x80 else { return (Unicode.Scalar(bytes[offset]), 1) }
        var rest = bytes[offset...].makeIterator()
        var decoder = Unicode.UTF8.ForwardParser()
        guard case .valid(let encoded) = decoder.parseScalar(from: &rest) else { return (nil, 1) }
        return (Unicode.UTF8.decode(encoded), encoded.count)
    }

    private static func step(_ here: inout Milestone, in bytes: [UInt8]) {
        if bytes[here.offset] == "\n" {
            here = Milestone(offset: here.offset + 1, mark: Mark(line: here.mark.line + 1, column: 1))
        } else {
            here.offset += character(at: here.offset, in: bytes).length
            here.mark.column += 1
        }
    }
}
