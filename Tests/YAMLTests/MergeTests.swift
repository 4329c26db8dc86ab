import Testing
import YAML

@Suite struct MergeTests {
    static let merges = [
        Accepted("a: b\n", #"{"a": "b"}"#),
        Accepted(
            "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n", #"{"x": {"a": "1", "b": "2"}, "y": {"a": "1", "b": "3"}}"#),
        Accepted("y:\n  b: 3\n  <<: {a: 1, b: 2}\n  c: 4\n", #"{"y": {"b": "3", "a": "1", "c": "4"}}"#),
        Accepted("<<: [{a: 1, b: 2}, {b: 3, c: 4}]\n", #"{"a": "1", "b": "2", "c": "4"}"#),
        Accepted("<<: {a: 1, <<: {a: 2, b: 3, <<: {c: 4}}}\n", #"{"a": "1", "b": "3", "c": "4"}"#),
        Accepted("<<: {a: {b: c}}\na: {d: e}\n", #"{"a": {"d": "e"}}"#),
        Accepted("- <<: {}\n- [<<: {a: b}]\n", #"[{}, [{"a": "b"}]]"#),
        Accepted("<<: []\na: b\n", #"{"a": "b"}"#),
        Accepted("a: [<<, {b: <<}]\n", #"{"a": ["<<", {"b": "<<"}]}"#),
    ]

    @Test("merge keys take what the mapping has not got itself", arguments: merges)
    func resolvesMerges(_ example: Accepted) throws {
        #expect(try Document.parse(Array(example.text.utf8)).merged().json == example.json)
    }

    @Test("merged entries keep the place that they come from")
    func marks() throws {
        let node = try Document.parse(Array("x: &x {a: 1}\ny:\n  <<: *x\n".utf8)).merged()
        guard case .mapping(let entries) = node.content, case .mapping(let merged) = entries[1].value.content
        else { throw node.unexpected }
        #expect(merged.map(\.mark) == [Mark(line: 1, column: 8)])
    }

    @Test(
        "only mappings merge", arguments: ["a:\n  <<: b\n", "a:\n  <<:\n", "a:\n  <<: [{}, b]\n", "a:\n  <<: [[{}]]\n"])
    func refusals(_ text: String) throws {
        let node = try Document.parse(Array(text.utf8))
        let error = #expect(throws: Diagnostic.self) { try node.merged() }
        #expect(error?.mark == Mark(line: 2, column: 3))
        #expect(error?.message == "`<<` merges a mapping or a list of mappings only")
    }
}
