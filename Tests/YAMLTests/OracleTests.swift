import FoundationEssentials
import TestSupport
import Testing
import YAML

/// PyYAML, which says what a text means.
enum Oracle {
    static let isInstalled = (try? run(["python3", "-c", "import yaml"]))?.status == 0

    /// What the loader that `definition` makes reads from each text: JSON, or `!` and the error.
    static func read(_ texts: [[UInt8]], loader definition: String, sortsKeys: Bool = false) throws -> [String] {
        let program = """
            import json, re, sys, yaml
            \(definition)
            for line in sys.stdin:
                try:
                    data = yaml.load(bytes.fromhex(line), Loader=Loader)
                    print(json.dumps(data, sort_keys=\(sortsKeys ? "True" : "False")))
                except Exception as error:
                    print("!", " ".join(str(error).split()))
            """
        let input = texts.map { hexadecimal($0) + "\n" }.joined()
        let result = try run(["python3", "-c", program], input: input, timeout: 600)
        try #require(result.status == 0, "\(result.stderr)")
        return result.stdout.split(separator: "\n").map { String($0) }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

@Suite(.enabled(if: Oracle.isInstalled, "PyYAML is missing: `make deps` installs python3-yaml"))
struct OracleTests {
    /// Texts in a run; `WEFT_YAML_TEXTS` asks for more.
    private static let count = ProcessInfo.processInfo.environment["WEFT_YAML_TEXTS"].flatMap { Int($0) } ?? 6_000
    private static let seed = ProcessInfo.processInfo.environment["WEFT_YAML_SEED"].flatMap { UInt64($0) } ?? 1

    @Test("what the corpus holds and is accepted, BaseLoader reads to the same structure")
    func corpus() throws {
        let accepted = try compare(Corpus.texts.map { Array($0.utf8) } + RefusedTests.noText.map(\.0))
        #expect(accepted == Corpus.documents.count + AcceptedTests.all.count)
    }

    @Test("what is accepted of random texts, BaseLoader reads to the same structure")
    func randomTexts() throws {
        var texts = RandomTexts(seed: Self.seed)
        let accepted = try compare((0..<Self.count).map { _ in Array(texts.next().utf8) })
        #expect(accepted > Self.count / 10, "most texts are refused, so that little is compared")
    }

    @Test("merge keys merge as PyYAML merges them")
    func merges() throws {
        var texts = RandomTexts(seed: Self.seed + 1)
        var read: [(text: String, json: String)] = []
        let random = (0..<Self.count / 10).map { _ in texts.nextWithMerges() }
        for text in MergeTests.merges.map(\.text) + Corpus.documents + random {
            guard let node = try? Document.parse(Array(text.utf8)).merged() else { continue }
            read.append((text, node.sortedByKey.json))
        }
        let loader = """
            class Loader(yaml.SafeLoader):
                yaml_implicit_resolvers = {"<": [("tag:yaml.org,2002:merge", re.compile("<<$"))]}
            """
        let expected = try Oracle.read(read.map { Array($0.text.utf8) }, loader: loader, sortsKeys: true)
        try #require(expected.count == read.count)
        for (read, expected) in zip(read, expected) {
            // PyYAML takes the text `<<` for a merge key wherever a scalar stands; as a value it cannot construct it.
            guard !expected.contains("tag:yaml.org,2002:merge") else { continue }
            #expect(read.json == expected, "\(read.text.debugDescription)")
        }
        #expect(read.count >= random.count)
    }

    /// Compares with BaseLoader all that is accepted; gives the number of those.
    private func compare(_ texts: [[UInt8]]) throws -> Int {
        let expected = try Oracle.read(texts, loader: "Loader = yaml.BaseLoader")
        try #require(expected.count == texts.count)
        var accepted = 0
        for (text, expected) in zip(texts, expected) {
            guard let json = (try? Document.parse(text))?.json else { continue }
            accepted += 1
            #expect(json == expected, "\(String(decoding: text, as: UTF8.self).debugDescription)")
        }
        return accepted
    }
}

extension Node {
    /// The tree with the entries of every mapping in the order of Python's sorted keys.
    fileprivate var sortedByKey: Node {
        switch content {
        case .scalar: self
        case .sequence(let items): Node(.sequence(items.map(\.sortedByKey)), at: mark)
        case .mapping(let entries):
            Node(
                .mapping(
                    entries
                        .map { Entry(key: $0.key, mark: $0.mark, value: $0.value.sortedByKey) }
                        .sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }), at: mark)
        }
    }
}
