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
    func requireFeatures() throws { for feature in try features { try feature.require() } }

    /// Whether this kernel has every kind of link that the file names; also where no test could find out.
    var isForThisKernel: Bool { get throws { try !Sandbox.isAvailable || features.allSatisfy { try $0.isPresent } } }

    private var features: [KernelFeature] {
        get throws {
            let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            // To Unicode the last dot of `weft.overlay.encapsulation` ends no word.
            let kinds = /\b(?:type|driver|encapsulation|backend): (\w+)/.wordBoundaryKind(.simple)
            let filtering: [KernelFeature] = text.contains("vlan_filtering: true") ? [.bridgeVLANFiltering] : []
            return text.matches(of: kinds).compactMap { KernelFeature(rawValue: String($0.1)) } + filtering
        }
    }
}
