import FoundationEssentials
import Linux
import TestSupport
import Testing

/// A topology that comes with the project.
struct ShippedTopology: CustomTestStringConvertible {
    /// The folder of all of them.
    static let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/topologies"

    /// All of them.
    static func all() throws -> [Self] {
        try listDirectory(folder).filter { $0.hasSuffix(".yaml") }.sorted().map(Self.init)
    }

    /// Its name in the folder.
    let file: String

    /// Where it is.
    var path: String { "\(Self.folder)/\(file)" }

    var testDescription: String { file }

    /// Skips the test where the kernel lacks a kind of link that the file names.
    func requireFeatures() throws {
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        // To Unicode the last dot of `weft.overlay.encapsulation` ends no word.
        let kinds = /\b(?:type|driver|encapsulation): (\w+)/.wordBoundaryKind(.simple)
        for word in text.matches(of: kinds).map(\.1) {
            try KernelFeature(rawValue: String(word))?.require()
        }
        if text.contains("vlan_filtering: true") { try KernelFeature.bridgeVLANFiltering.require() }
    }
}
