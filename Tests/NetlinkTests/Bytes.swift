@testable import Netlink

/// A message as text, four bytes to a line, so that a failed comparison shows where two differ.
func lines(_ bytes: [UInt8]) -> [String] {
    stride(from: 0, to: bytes.count, by: 4).map { start in
        bytes[start..<min(start + 4, bytes.count)].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined(separator: " ")
    }
}

/// A request as it goes over the wire.
func lines(_ request: Request) throws -> [String] { lines(try request.encoded()) }

/// An annotated message: a row of bytes per meaning.
func lines(_ rows: [[UInt8]]) -> [String] { lines(rows.flatMap { $0 }) }

/// The bytes of text.
func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Lends `bytes` to a parser.
func read<Value>(
    _ bytes: [UInt8], _ parse: (RawSpan) throws(NetlinkError) -> Value
) throws(NetlinkError) -> Value {
    let span = bytes.span.bytes
    return try parse(span)
}
