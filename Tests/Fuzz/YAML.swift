/// Parses, merges and renders what the fuzzer makes up; a trap is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzYAML(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(Diagnostic) {
        _ = try Document.parse(bytes).merged()
    } catch {
        _ = error.rendered(file: "fuzz.yaml", source: SourceText(bytes))
    }
    return 0
}
