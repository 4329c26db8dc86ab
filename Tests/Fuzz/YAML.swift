// A libFuzzer target, built with the sources of YAML as one module:
//     swiftc -O -swift-version 6 -sanitize=fuzzer,address -parse-as-library -module-name YAML \
//         Sources/YAML/*.swift Tests/Fuzz/YAML.swift -o .build/fuzz-yaml
//     .build/fuzz-yaml -max_total_time=60 -max_len=2000 .build/fuzz-corpus Tests/YAMLTests/Fixtures

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
