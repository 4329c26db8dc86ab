/// Reads what the fuzzer makes up, its first byte says as what; an error is fine, a trap is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNetlink(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    // A copy of exactly that length, so that a step beyond its end is seen.
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    do throws(NetlinkError) {
        try parse(bytes.span.bytes, as: start[0] % 11)
    } catch {
        _ = "\(error)"
    }
    return 0
}

private func parse(_ body: RawSpan, as kind: UInt8) throws(NetlinkError) {
    switch kind {
    case 0: _ = try Link(parsing: body)
    case 1: _ = try Address(parsing: body)
    case 2: _ = try Route(parsing: body)
    case 3: _ = try Neighbour(parsing: body)
    case 4: _ = try ForwardingEntry(parsing: body)
    case 5: _ = try BoundSocket(parsing: body, .tcp)
    case 6: _ = try Netfilter.Table(parsing: body)
    case 7: _ = try Netfilter.Chain(parsing: body)
    case 8: _ = try Netfilter.Rule(parsing: body)
    case 9: _ = try Netfilter.NamedSet(parsing: body)
    default:
        try body.forEachMessage { header, body throws(NetlinkError) in
            _ = try Acknowledgement(error: header, body)
            _ = try Acknowledgement(done: header, body)
        }
    }
}
