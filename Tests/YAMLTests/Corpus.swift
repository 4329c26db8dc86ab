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
