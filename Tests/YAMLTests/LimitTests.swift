import Testing
import YAML

@Suite struct LimitTests {
    private func error(in text: String, limits: Limits = .standard) -> Diagnostic? {
        #expect(throws: Diagnostic.self) { try Document.parse(Array(text.utf8), limits: limits) }
    }

    private func accepts(_ text: String, limits: Limits = .standard) -> Bool {
        (try? Document.parse(Array(text.utf8), limits: limits)) != nil
    }

    @Test("the limits are what the documentation says")
    func standard() {
        #expect(Limits.standard.maxBytes == 16 * 1_024 * 1_024)
        #expect(Limits.standard.maxDepth == 64)
        #expect(Limits.standard.maxNodes == 200_000)
        #expect(Limits.standard.maxKeyBytes == 1_024)
    }

    @Test("a file of the size of the limit is read, one byte more is not")
    func size() {
        let text = "a: " + String(repeating: "b", count: 997)
        #expect(accepts(text, limits: Limits(maxBytes: 1_000)))
        let error = error(in: text + "b", limits: Limits(maxBytes: 1_000))
        #expect(error?.message == "the file has 1001 bytes, more than the limit of 1000")
        #expect(error?.mark == nil)
    }

    @Test("more than 16 MiB are refused unread")
    func standardSize() {
        let bytes = [UInt8](repeating: 0xff, count: 16 << 20 | 1)
        let error = #expect(throws: Diagnostic.self) { try Document.parse(bytes) }
        #expect(error?.message == "the file has 16777217 bytes, more than the limit of 16777216")
    }

    @Test("the size of a file that is not loaded is checked alike")
    func sizeAlone() throws {
        try Limits.standard.check(byteCount: 16 << 20)
        let error = #expect(throws: Diagnostic.self) { try Limits.standard.check(byteCount: 100 << 20) }
        #expect(error?.message == "the file has 104857600 bytes, more than the limit of 16777216")
    }

    @Test(
        "64 levels are read, 65 are not",
        arguments: [
            { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) },
            { String(repeating: "{a: ", count: $0) + String(repeating: "}", count: $0) },
            { String(repeating: "- ", count: $0) + "a" },
            { levels in (0..<levels).map { String(repeating: " ", count: $0) + "a:\n" }.joined() },
            {
                String(repeating: "[a: ", count: $0 / 2) + ($0 % 2 == 1 ? "[]" : "")
                    + String(repeating: "]", count: $0 / 2)
            },
        ] as [@Sendable (Int) -> String])
    func depth(_ nested: @Sendable (Int) -> String) {
        #expect(accepts(nested(64)))
        #expect(error(in: nested(65))?.message == "collections are nested more than 64 deep, aliases expanded")
    }

    @Test("aliases count with the depth of what they name")
    func depthOfAliases() {
        let limits = Limits(maxDepth: 4)
        #expect(accepts("- &a [[b]]\n- [*a]\n", limits: limits))
        let error = error(in: "- &a [[b]]\n- [[*a]]\n", limits: limits)
        #expect(error?.message == "collections are nested more than 4 deep, aliases expanded")
        #expect(error?.mark == Mark(line: 2, column: 5))
    }

    @Test("the depth of an alias is that of its own anchor, not of what was read before")
    func depthOfShallowAliases() {
        #expect(accepts("- [[[[b]]]]\n- &a [c]\n- [[[*a]]]\n", limits: Limits(maxDepth: 5)))
        #expect(accepts("- &a [[[&b [c], [[d]]]]]\n- [[[[*b]]]]\n", limits: Limits(maxDepth: 6)))
    }

    @Test("200,000 nodes are read, one more is not")
    func nodes() {
        #expect(accepts(String(repeating: "-\n", count: 199_999)))
        let error = error(in: String(repeating: "-\n", count: 200_000))
        #expect(error?.message == "the document has more than 200000 nodes, aliases expanded")
        #expect(error?.mark == Mark(line: 200_000, column: 2))
    }

    @Test("aliases count with all that they name")
    func nodesOfAliases() {
        #expect(accepts("- &a [b, c]\n- *a\n", limits: Limits(maxNodes: 7)))
        #expect(error(in: "- &a [b, c]\n- *a\n", limits: Limits(maxNodes: 6))?.mark == Mark(line: 2, column: 3))
    }

    @Test("an alias bomb is refused before it is expanded", .timeLimit(.minutes(1)))
    func bomb() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...60 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        #expect(error(in: text)?.message == "the document has more than 200000 nodes, aliases expanded")
    }

    @Test("a bomb of merge keys grows no larger than the tree", .timeLimit(.minutes(1)))
    func mergeBomb() throws {
        var text = "a0: &a0 {x: 1, y: 2}\n"
        for level in 1...12 { text += "a\(level): &a\(level)\n  <<: [*a\(level - 1), *a\(level - 1)]\n" }
        let merged = try Document.parse(Array(text.utf8)).merged()
        guard case .mapping(let entries) = merged.content else { throw merged.unexpected }
        #expect(entries.allSatisfy { $0.value.json == #"{"x": "1", "y": "2"}"# })
    }

    @Test(
        "keys of 1,024 bytes up to the colon are read, longer ones are not",
        arguments: ["@: b", "{@: b}", "[@: b]", "- a: b\n  @: c"])
    func keyLength(_ template: String) {
        let key = String(repeating: "k", count: 1_024)
        #expect(accepts(template.replacing("@", with: key)))
        #expect(error(in: template.replacing("@", with: key + "k"))?.message == "the key is longer than 1024 bytes")
        #expect(accepts(template.replacing("@", with: "'\(key.dropLast(3))' ")))
        #expect(!accepts(template.replacing("@", with: "'\(key.dropLast(2))' ")))
    }
}
