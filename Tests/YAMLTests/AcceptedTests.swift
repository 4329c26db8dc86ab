import Testing
import YAML

/// Texts that are read, with their structure as JSON.
struct Accepted: CustomTestStringConvertible, Sendable {
    let text: String
    let json: String

    init(_ text: String, _ json: String) {
        self.text = text
        self.json = json
    }

    var testDescription: String { text.debugDescription }
}

@Suite struct AcceptedTests {
    @Test("block collections", arguments: blockCollections)
    func readsBlockCollections(_ example: Accepted) { #expect(read(example.text) == example.json) }

    @Test("flow collections", arguments: flowCollections)
    func readsFlowCollections(_ example: Accepted) { #expect(read(example.text) == example.json) }

    @Test("plain text", arguments: plainText)
    func readsPlainText(_ example: Accepted) { #expect(read(example.text) == example.json) }

    @Test("quoted text", arguments: quotedText)
    func readsQuotedText(_ example: Accepted) { #expect(read(example.text) == example.json) }

    @Test("block text", arguments: blockText)
    func readsBlockText(_ example: Accepted) { #expect(read(example.text) == example.json) }

    @Test("anchors and aliases", arguments: anchors)
    func readsAnchors(_ example: Accepted) { #expect(read(example.text) == example.json) }

    @Test("comments, markers, line ends", arguments: surroundings)
    func readsSurroundings(_ example: Accepted) { #expect(read(example.text) == example.json) }

    static let all = blockCollections + flowCollections + plainText + quotedText + blockText + anchors + surroundings

    static let blockCollections = [
        Accepted("a: b", #"{"a": "b"}"#),
        Accepted("a: b\nc: d\n", #"{"a": "b", "c": "d"}"#),
        Accepted("a:\n  b: c\n  d: e\nf: g\n", #"{"a": {"b": "c", "d": "e"}, "f": "g"}"#),
        Accepted("  a: b\n  c: d\n", #"{"a": "b", "c": "d"}"#),
        Accepted("a:\nb:\n", #"{"a": "", "b": ""}"#),
        Accepted("a:", #"{"a": ""}"#),
        Accepted("a : b\n", #"{"a": "b"}"#),
        Accepted("\"a\" : b\n'c': d\n", #"{"a": "b", "c": "d"}"#),
        Accepted("a b: c\n", #"{"a b": "c"}"#),
        Accepted("a:b: c\n", #"{"a:b": "c"}"#),
        Accepted("a:: c\n", #"{"a:": "c"}"#),
        Accepted("?a: b\n:c: d\n-e: f\n", #"{"?a": "b", ":c": "d", "-e": "f"}"#),
        Accepted("a:\n  b\n", #"{"a": "b"}"#),
        Accepted("a:\n\n  # c\n\n  b\n", #"{"a": "b"}"#),
        Accepted("- a\n- b\n", #"["a", "b"]"#),
        Accepted("-   a\n-\n  b\n", #"["a", "b"]"#),
        Accepted("-\n-\n", #"["", ""]"#),
        Accepted("- \n-", #"["", ""]"#),
        Accepted("- - a\n  - b\n- - - c\n", #"[["a", "b"], [["c"]]]"#),
        Accepted("- a: b\n  c: d\n-   e: f\n    g: h\n", #"[{"a": "b", "c": "d"}, {"e": "f", "g": "h"}]"#),
        Accepted("a:\n- b\n- c\nd:\n  - e\n", #"{"a": ["b", "c"], "d": ["e"]}"#),
        Accepted("- a:\n  - b\n  - c\n- d:\n- e\n", #"[{"a": ["b", "c"]}, {"d": ""}, "e"]"#),
        Accepted("a:\n  -\n    b: c\n  -\n", #"{"a": [{"b": "c"}, ""]}"#),
        Accepted("<<: x\na: <<\n", #"{"<<": "x", "a": "<<"}"#),
    ]

    static let flowCollections = [
        Accepted("[]", "[]"),
        Accepted("{}", "{}"),
        Accepted("[a, b]", #"["a", "b"]"#),
        Accepted("[a, b, ]", #"["a", "b"]"#),
        Accepted("[ a b , 'c', \"d\" ]", #"["a b", "c", "d"]"#),
        Accepted("{a: b, c: d,}", #"{"a": "b", "c": "d"}"#),
        Accepted("{a, b: c, d: , e: }", #"{"a": "", "b": "c", "d": "", "e": ""}"#),
        Accepted(#"{"a":1,'b':[2],"c" :{}}"#, #"{"a": "1", "b": ["2"], "c": {}}"#),
        Accepted(#"{"a":{"b":["c",null,true]}}"#, #"{"a": {"b": ["c", "null", "true"]}}"#),
        Accepted("[a: b, \"c\":d, e: ]", #"[{"a": "b"}, {"c": "d"}, {"e": ""}]"#),
        Accepted("[a: [b: c]]", #"[{"a": [{"b": "c"}]}]"#),
        Accepted("a: [b,\nc\n]\nd: {\n}\n", #"{"a": ["b", "c"], "d": {}}"#),
        Accepted("a: [ # c\n  b, # d\n  # e\n  c ]\n", #"{"a": ["b", "c"]}"#),
        Accepted("[a\n b,\n\n c\n\n d]", #"["a b", "c\nd"]"#),
        Accepted("{a:\n b, c: d\n e}", #"{"a": "b", "c": "d e"}"#),
        Accepted("[http://a:80/b, 22:22, a:b, 1.2.3.4]", #"["http://a:80/b", "22:22", "a:b", "1.2.3.4"]"#),
        Accepted("[-a, --, a-b, -1]", #"["-a", "--", "a-b", "-1"]"#),
        Accepted("[a\n- b]", #"["a - b"]"#),
        Accepted("[a#b, a'b, a\"b, a&b, a*b, a!b, a|b]", ##"["a#b", "a'b", "a\"b", "a&b", "a*b", "a!b", "a|b"]"##),
        Accepted("- [a, b]\n- {c: d}\n", #"[["a", "b"], {"c": "d"}]"#),
    ]

    static let plainText = [
        Accepted("a", #""a""#),
        Accepted("a b  c ", #""a b  c""#),
        Accepted("a\nb\n\nc\n\n\nd", #""a b\nc\n\nd""#),
        Accepted("a: b\n  c\n\n  d\ne: f", #"{"a": "b c\nd", "e": "f"}"#),
        Accepted("a: b\n - c\n", #"{"a": "b - c"}"#),
        Accepted("- a\n  - b\n - c\n", #"["a - b - c"]"#),
        Accepted("a: b\n  [c, 'd', &e *f !g |h\n", #"{"a": "b [c, 'd', &e *f !g |h"}"#),
        Accepted("a: b#c\nd: e #f\ng: #h\n", ##"{"a": "b#c", "d": "e", "g": ""}"##),
        Accepted("a: b # c\n# d\n  # e\nf: g\n", #"{"a": "b", "f": "g"}"#),
        Accepted("a: b,c]d}e\n", #"{"a": "b,c]d}e"}"#),
        Accepted("a: 22:22\nb: on\nc: ~\nd: 0x1f\n", #"{"a": "22:22", "b": "on", "c": "~", "d": "0x1f"}"#),
        Accepted("a: -b\nc: ?d\ne: :f\ng: --- h\n", #"{"a": "-b", "c": "?d", "e": ":f", "g": "--- h"}"#),
        Accepted("a: b%@`\n", #"{"a": "b%@`"}"#),
        Accepted("é: 日本\n😀: x\n", #"{"\u00e9": "\u65e5\u672c", "\ud83d\ude00": "x"}"#),
        Accepted("a: b\u{a0}c\u{200d}\n", #"{"a": "b\u00a0c\u200d"}"#),
        Accepted("a\n...b\n---c", #""a ...b ---c""#),
        Accepted("a\n%b", #""a %b""#),
    ]

    static let quotedText = [
        Accepted("''", #""""#),
        Accepted("'it''s'", #""it's""#),
        Accepted("'a \"b\" \\n'", #""a \"b\" \\n""#),
        Accepted("'a\tb'", #""a\tb""#),
        Accepted("'a  \n\t b\n\n\n c '", #""a b\n\nc ""#),
        Accepted("' \n '", #"" ""#),
        Accepted("a: 'b\n  c'\nd: 'e'", #"{"a": "b c", "d": "e"}"#),
        Accepted("a: 'b: c # d, [e]'", ##"{"a": "b: c # d, [e]"}"##),
        Accepted("''''", #""'""#),
        Accepted("\"\"", #""""#),
        Accepted(
            #""\0\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P""#,
            ##""\u0000\u0007\b\t\n\u000b\f\r\u001b \"/\\\u0085\u00a0\u2028\u2029""##),
        Accepted(#""\x41\u00e9\U0001F600""#, #""A\u00e9\ud83d\ude00""#),
        Accepted("\"a\\\tb\"", #""a\tb""#),
        Accepted("\"a\n  b\n\n  c\"", #""a b\nc""#),
        Accepted("\"a \\\n   b\\\n\n  c\"", #""a b\nc""#),
        Accepted("\"a\\n\n b\"", #""a\n b""#),
        Accepted("\"a\\x20 \n b\"", #""a  b""#),
        Accepted("\"a \t\n \t b\"", #""a b""#),
        Accepted("\"it's\": \"{a}\"", #"{"it's": "{a}"}"#),
        Accepted("['a\nb', \"c\\\n d\"]", #"["a b", "cd"]"#),
    ]

    static let blockText = [
        Accepted("a: |\n  b\n   c\n\n  d\n", #"{"a": "b\n c\n\nd\n"}"#),
        Accepted("a: |\n  b", #"{"a": "b"}"#),
        Accepted("a: |-\n  b\n\nc: |+\n  d\n\ne: |\n  f\n\n", #"{"a": "b", "c": "d\n\n", "e": "f\n"}"#),
        Accepted("a: >\n  b\n  c\n\n  d\n\n\n  e\n", #"{"a": "b c\nd\n\ne\n"}"#),
        Accepted("a: >\n  b\n    c\n  d\n\n    e\n\n  f\n", #"{"a": "b\n  c\nd\n\n  e\n\nf\n"}"#),
        Accepted("a: >-\n  b\n  \tc\n  d\n", #"{"a": "b\n\tc\nd"}"#),
        Accepted("a: |2\n    b\n  c\n", #"{"a": "  b\nc\n"}"#),
        Accepted("a: |1-\n  b\nc: >+1\n  d\n\n", #"{"a": " b", "c": " d\n\n"}"#),
        Accepted("a: |\n\n \n  b\n", #"{"a": "\n\nb\n"}"#),
        Accepted("a: |\nb: |-\nc: |+\n\nd: e\n", #"{"a": "", "b": "", "c": "\n", "d": "e"}"#),
        Accepted("a: |\n  # b\n  c: d\n  - 'e\n# f\n", ##"{"a": "# b\nc: d\n- 'e\n"}"##),
        Accepted("a: | # b\n  c\n", #"{"a": "c\n"}"#),
        Accepted("a: |\n  b  \n  \t\n     \n", #"{"a": "b  \n\t\n   \n"}"#),
        Accepted("- |\n a\n- >\n b\n c\n", #"["a\n", "b c\n"]"#),
        Accepted("a:\n- |\n b\n- |2\n   c\n", #"{"a": ["b\n", " c\n"]}"#),
        Accepted("- - |2\n     a\n", #"[[" a\n"]]"#),
        Accepted("|\n a\n", #""a\n""#),
        Accepted("a:\n  |\n b\n", #"{"a": "b\n"}"#),
        Accepted("a: |+\n", #"{"a": ""}"#),
        Accepted("a: |+\n\n\n", #"{"a": "\n\n"}"#),
        Accepted("a: |\n  b\n    ", #"{"a": "b\n  "}"#),
    ]

    static let anchors = [
        Accepted("a: &x b\nc: *x\n", #"{"a": "b", "c": "b"}"#),
        Accepted("a: &x\n  b: c\nd: *x\n", #"{"a": {"b": "c"}, "d": {"b": "c"}}"#),
        Accepted("a: &x # d\n- b\n- c\nd: [*x, *x]\n", #"{"a": ["b", "c"], "d": [["b", "c"], ["b", "c"]]}"#),
        Accepted("a:\n  &x\n  b: c\nd: *x\n", #"{"a": {"b": "c"}, "d": {"b": "c"}}"#),
        Accepted("- &x-1_y [a]\n- *x-1_y\n", #"[["a"], ["a"]]"#),
        Accepted("a: &x\nb: *x\n", #"{"a": "", "b": ""}"#),
        Accepted("&x\na: b\n", #"{"a": "b"}"#),
        Accepted("- &x |\n  a\n- *x\n", #"["a\n", "a\n"]"#),
        Accepted("[&x a, {b: *x}, &y {c: d}, *y]", #"["a", {"b": "a"}, {"c": "d"}, {"c": "d"}]"#),
        Accepted("a: &x {b: c}\nd:\n  <<: *x\n", #"{"a": {"b": "c"}, "d": {"<<": {"b": "c"}}}"#),
        Accepted("a: &x [1]\nb: &y [*x, 2]\nc: *y\n", #"{"a": ["1"], "b": [["1"], "2"], "c": [["1"], "2"]}"#),
    ]

    static let surroundings = [
        Accepted("# a\n\n   # b\nc: d # e\n# f", #"{"c": "d"}"#),
        Accepted("---\na: b\n", #"{"a": "b"}"#),
        Accepted("# a\n--- # b\nc: d\n... # e\n# f\n", #"{"c": "d"}"#),
        Accepted("\u{feff}a: b\n", #"{"a": "b"}"#),
        Accepted("a: b\r\nc: |\r\n  d\r\n  e\r\nf: 'g\r\n  h'\r\n", #"{"a": "b", "c": "d\ne\n", "f": "g h"}"#),
        Accepted("a: b   \nc:   \n  - d  \n", #"{"a": "b", "c": ["d"]}"#),
        Accepted("# a\tb\nc: d\n", #"{"c": "d"}"#),
    ]
}

@Suite struct NodeTests {
    @Test("only text without quotes is plain")
    func plainness() throws {
        let node = try Document.parse(Array("[a, 'b', \"c\", {d: }]\n".utf8))
        guard case .sequence(let items) = node.content else { throw node.unexpected }
        let plainness = items.map { item in
            if case .scalar(_, let isPlain) = item.content { isPlain } else { nil as Bool? }
        }
        #expect(plainness == [true, false, false, nil])
        guard case .mapping(let entries) = items[3].content else { throw node.unexpected }
        #expect(entries.map(\.value.content) == [.scalar("", isPlain: true)])
    }

    @Test("block text is not plain")
    func blockText() throws {
        #expect(try Document.parse(Array("|\n a\n".utf8)).content == .scalar("a\n", isPlain: false))
    }

    @Test("keys and values carry the place where they begin")
    func marks() throws {
        let node = try Document.parse(Array("é: [ü, '日本', w: v]\n".utf8))
        guard case .mapping(let entries) = node.content, case .sequence(let items) = entries[0].value.content,
            case .mapping(let pair) = items[2].content
        else { throw node.unexpected }
        #expect(node.mark == Mark(line: 1, column: 1))
        #expect(entries[0].mark == Mark(line: 1, column: 1))
        #expect(entries[0].value.mark == Mark(line: 1, column: 4))
        #expect(items.map(\.mark.column) == [5, 8, 14])
        #expect(pair[0].value.mark == Mark(line: 1, column: 17))
    }

    @Test("an absent value stands after its colon or dash")
    func absentValues() throws {
        let node = try Document.parse(Array("a:   # b\nc:\n  -\n".utf8))
        guard case .mapping(let entries) = node.content, case .sequence(let items) = entries[1].value.content
        else { throw node.unexpected }
        #expect(entries[0].value.mark == Mark(line: 1, column: 3))
        #expect(items[0].mark == Mark(line: 3, column: 4))
    }

    @Test("an alias's value has the place where it was anchored")
    func aliasMarks() throws {
        let node = try Document.parse(Array("a: &x b\nc: *x\n".utf8))
        guard case .mapping(let entries) = node.content else { throw node.unexpected }
        #expect(entries.map(\.value.mark) == [Mark(line: 1, column: 7), Mark(line: 1, column: 7)])
    }

    @Test("columns count on where a line's marks lie far apart")
    func columnsOfLongLines() throws {
        let node = try Document.parse(Array(("[" + String(repeating: "'é日😀', ", count: 1_000) + "end]").utf8))
        guard case .sequence(let items) = node.content else { throw node.unexpected }
        #expect(items.enumerated().allSatisfy { $1.mark == Mark(line: 1, column: 2 + 7 * $0) })
    }
}

extension Node {
    /// What a test throws where a tree has another shape than it takes for granted.
    var unexpected: Diagnostic { Diagnostic("unexpected \(json)", at: mark) }
}
