import Glibc

/// What goes over the wire, on the standard error, where the environment asks for it.
///
/// `WEFT_NETLINK_TRACE=1` prints a line per request, `WEFT_NETLINK_TRACE=2` the bytes in both directions too.
enum Trace {
    private static let level = getenv("WEFT_NETLINK_TRACE").flatMap { Int(String(cString: $0)) } ?? 0

    static func log(_ family: NetlinkSocket.Family, _ sequence: UInt32, _ request: Request, in place: String?) {
        guard level > 0 else { return }
        let kind = request.type.modifies ? "modify" : "ask"
        let flags = String(request.flags.rawValue, radix: 16)
        let location = place.map { " in \($0)" } ?? ""
        write("netlink \(family) \(kind) #\(sequence) \(request) flags 0x\(flags)\(location)\n")
    }

    static func dump(_ direction: String, _ bytes: RawSpan) {
        guard level > 1 else { return }
        for line in hexadecimal(bytes) { write("netlink \(direction) \(line)\n") }
    }

    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Lines of an offset and sixteen bytes.
func hexadecimal(_ bytes: RawSpan) -> [String] {
    stride(from: 0, to: bytes.byteCount, by: 16).map { start in
        let line = bytes.extracting(start..<min(start + 16, bytes.byteCount))
        return padded(start, 4) + ":" + line.array().map { " " + padded(Int($0), 2) }.joined()
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
