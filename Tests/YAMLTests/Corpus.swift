import FoundationEssentials

/// Texts to start from: what other tests accept and refuse, and the documents in `Fixtures`.
enum Corpus {
    /// Whole documents, all of them accepted.
    static let documents: [String] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return ["cables.yaml", "shop.yaml", "texts.yaml"].map { name in
            do {
                return String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
            } catch {
                fatalError("\(name): \(error)")
            }
        }
    }()

    static let texts = documents + AcceptedTests.all.map(\.text) + RefusedTests.all.map(\.text)
}

/// The generator of Steele, Lea and Flood's "Fast Splittable Pseudorandom Number Generators".
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
