import FoundationEssentials
import Topology
import YAML

/// The folders of files that stand beside the tests: a new case is a file, and needs no code.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    static let topologies = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "topologies")

    /// The topology files in `folder`, by name.
    static func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }.sorted()
            .map { folder.appending(path: $0) }
    }

    /// The text that is expected of `file`, beside it.
    ///
    /// With `RECORD_FIXTURES` in the environment, `actual` is written there first, to be read and committed.
    static func expectation(of file: URL, suffix: String, actual: String) throws -> String {
        let expected = file.deletingPathExtension().appendingPathExtension(suffix)
        if ProcessInfo.processInfo.environment["RECORD_FIXTURES"] != nil {
            try Data(actual.utf8).write(to: expected)
        }
        return String(decoding: try Data(contentsOf: expected), as: UTF8.self)
    }
}

extension Topology {
    /// The topology of `text`, in a folder named `lab`.
    init(yaml text: String) throws { try self.init(bytes: Array(text.utf8)) }

    init(bytes: [UInt8]) throws {
        try self.init(decoding: try Document.parse(bytes), defaultName: "lab")
    }
}

extension Layout {
    /// The layout of `text` on a bare machine.
    init(yaml text: String, leases: Leases = Leases(), surroundings: Surroundings = Surroundings()) throws {
        try self.init(of: try Topology(yaml: text), leases: leases, surroundings: surroundings)
    }
}

/// What is wrong with `bytes`, as the command line shows it; `nil` where nothing is.
func complaint(about bytes: [UInt8], file: String) -> String? {
    let source = SourceText(bytes)
    do {
        _ = try Topology(bytes: bytes)
        return nil
    } catch let diagnostic as Diagnostic {
        return diagnostic.rendered(file: file, source: source)
    } catch let diagnostics as Diagnostics {
        return diagnostics.rendered(file: file, source: source)
    } catch {
        return "\(error)"
    }
}
