import TestSupport
import Testing
import YAML

@Suite struct RobustnessTests {
    /// Parses, merges and renders, as a command would.
    private func use(_ bytes: [UInt8]) -> String {
        do throws(Diagnostic) {
            return try Document.parse(bytes).merged().json
        } catch {
            return error.rendered(file: "f", source: SourceText(bytes), color: true)
        }
    }

    @Test("every prefix of a document is read or refused", arguments: Corpus.documents)
    func prefixes(_ document: String) {
        let bytes = Array(document.utf8)
        for end in bytes.indices { #expect(!use(Array(bytes[..<end])).isEmpty) }
    }

    @Test("every suffix of a document is read or refused", arguments: Corpus.documents)
    func suffixes(_ document: String) {
        let bytes = Array(document.utf8)
        for start in bytes.indices { #expect(!use(Array(bytes[start...])).isEmpty) }
    }

    @Test("a document with any byte changed is read or refused", arguments: Corpus.documents)
    func changedBytes(_ document: String) {
        var random = SeededGenerator(seed: 7)
        let bytes = Array(document.utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] = UInt8.random(in: .min ... .max, using: &random)
            #expect(!use(changed).isEmpty)
        }
    }

    @Test("random bytes are read or refused")
    func randomBytes() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...40, using: &random)
            let highest: UInt8 = Bool.random(using: &random) ? .max : 0x7f
            #expect(!use((0..<count).map { _ in UInt8.random(in: 0...highest, using: &random) }).isEmpty)
        }
    }

    @Test("random texts are read or refused, with the place inside of the text")
    func randomTexts() {
        var texts = RandomTexts(seed: 13)
        for _ in 0..<3_000 {
            let text = texts.next()
            #expect(!use(Array(text.utf8)).isEmpty)
            guard let mark = mark(ofRefused: text) else { continue }
            let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            #expect((1...lines.count).contains(mark.line), "\(text.debugDescription)")
            guard (1...lines.count).contains(mark.line) else { continue }
            #expect((1...lines[mark.line - 1].count + 1).contains(mark.column), "\(text.debugDescription)")
        }
    }

    private func mark(ofRefused text: String) -> Mark? {
        do throws(Diagnostic) {
            _ = try Document.parse(Array(text.utf8))
            return nil
        } catch {
            return error.mark
        }
    }

    @Test(
        "texts of one kind take time in proportion to their length", .timeLimit(.minutes(1)),
        arguments: [
            ("[", "a, ", "]"), ("[", "é: [日], ", "]"), ("", "- a\n", ""), ("a: |\n", "  b\n", ""),
            ("a: b\n", "  c\n", ""),
            ("a: \"", " b\n\n", " \""), ("a:\n", "\n", ""), ("a: b\n", "# c\n", ""), ("a: b", " ", ""),
            ("'", "''", "'"),
            ("a: \"", "\\n", "\""), ("- &a [b]\n", "- *a\n", ""), ("a: |+\n", "\n", ""), ("- [", "\n", "]"),
        ])
    func time(_ start: String, _ repeated: String, _ end: String) {
        let text = start + String(repeating: repeated, count: 60_000) + end
        #expect(throws: Never.self) { try Document.parse(Array(text.utf8)) }
    }

    @Test("ten thousand services are read", .timeLimit(.minutes(1)))
    func manyServices() throws {
        var text = "services:\n"
        for index in 0..<10_000 {
            text += "  service-\(index):\n    image: app:\(index)\n    networks: {front: {aliases: [a\(index)]}}\n"
        }
        let node = try Document.parse(Array(text.utf8))
        guard case .mapping(let entries) = node.content, case .mapping(let services) = entries[0].value.content
        else { throw node.unexpected }
        #expect(services.count == 10_000)
        #expect(services.last?.mark == Mark(line: 29_999, column: 3))
    }
}
