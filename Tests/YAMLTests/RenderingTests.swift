import Testing
import YAML

@Suite struct RenderingTests {
    private func rendered(_ text: String, at mark: Mark?, hint: String? = nil, color: Bool = false) -> String {
        Diagnostic("bad", at: mark, hint: hint)
            .rendered(file: "shop.yaml", source: SourceText(Array(text.utf8)), color: color)
    }

    @Test("a diagnostic shows the place, the line, a caret and the hint")
    func whole() throws {
        let text = "networks:\n  front: {}\n  front: {driver: bridge}\n"
        let error = try #require(throws: Diagnostic.self) { try Document.parse(Array(text.utf8)) }
        #expect(
            error.rendered(file: "shop.yaml", source: SourceText(Array(text.utf8))) == """
                shop.yaml:3:3: error: the key `front` is there twice
                  front: {driver: bridge}
                  ^
                  hint: the first one is at line 2, column 3
                """)
    }

    @Test("one about the whole file shows no line")
    func wholeFile() {
        #expect(rendered("a", at: nil, hint: "mend it") == "shop.yaml: error: bad\n  hint: mend it")
    }

    @Test("the caret keeps tabs, so that it stands below its character whatever their width")
    func tabs() {
        #expect(
            rendered("a:\t b", at: Mark(line: 1, column: 5)) == "shop.yaml:1:5: error: bad\na:\t b\n  \t ^")
    }

    @Test(
        "the caret stands below its character after wide, combining and joined ones",
        arguments: [
            ("日本: x", 5, "日本: x\n      ^"), ("e\u{301}é: x", 6, "e\u{301}é: x\n    ^"), ("😀: x", 4, "😀: x\n    ^"),
            ("ｆ: x", 4, "ｆ: x\n    ^"), ("한: x", 4, "한: x\n    ^"), ("a\u{200d}b: x", 6, "a\u{200d}b: x\n    ^"),
        ])
    func widths(_ line: String, _ column: Int, _ excerpt: String) {
        #expect(
            rendered(line, at: Mark(line: 1, column: column)) == "shop.yaml:1:\(column): error: bad\n" + excerpt)
    }

    @Test("characters that a terminal acts on are shown as escapes, in the line and in the words")
    func escapes() {
        let diagnostic = Diagnostic("bad `\u{1b}[2J`", at: Mark(line: 1, column: 4), hint: "not \u{202e}\n")
        let source = SourceText(Array("\u{1b}\u{202e}a\u{7}b".utf8))
        #expect(
            diagnostic.rendered(file: "a\nb", source: source) == #"""
                a\x0ab:1:4: error: bad `\x1b[2J`
                \x1b\u202ea\x07b
                           ^
                  hint: not \u202e\x0a
                """#)
    }

    @Test("bytes that are not UTF-8 are shown as escapes")
    func invalidBytes() throws {
        let bytes: [UInt8] = Array("a: é".utf8) + [0xff, 0x80] + Array("b\n".utf8)
        let error = try #require(throws: Diagnostic.self) { try Document.parse(bytes) }
        #expect(
            error.rendered(file: "f", source: SourceText(bytes)) == #"""
                f:1:5: error: the byte 0xff is not UTF-8
                a: é\xff\x80b
                    ^
                  hint: save the file as UTF-8
                """#)
    }

    @Test("a long line is cropped around the column")
    func longLine() {
        let text = String(repeating: "abcdefghi ", count: 100)
        let lines = rendered(text, at: Mark(line: 1, column: 501)).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].count <= 122)
        #expect(lines[1].hasPrefix("…") && lines[1].hasSuffix("…"))
        let caret = lines[2].count - 1
        #expect(lines[1].dropFirst(caret).hasPrefix("abcdefghi"))
        #expect(caret > 40)
    }

    @Test("both ends of a long line are shown to the end")
    func longLineEnds() {
        let text = "start " + String(repeating: "é", count: 500) + " end"
        let first = rendered(text, at: Mark(line: 1, column: 1)).split(separator: "\n")
        #expect(first[1].hasPrefix("start é") && first[1].hasSuffix("é…"))
        #expect(first[2] == "^")
        let last = rendered(text, at: Mark(line: 1, column: 508)).split(separator: "\n")
        #expect(last[1].hasPrefix("…é") && last[1].hasSuffix("é end"))
        #expect(last[1].dropFirst(last[2].count - 1) == "end")
    }

    @Test("characters that take no column are cropped too")
    func longLineWithoutWidth() {
        let text = "a" + String(repeating: "\u{301}", count: 1_000_000)
        for column in [1, 500_000, 1_000_000] {
            #expect(rendered(text, at: Mark(line: 1, column: column)).utf8.count < 2_000)
        }
    }

    @Test("places far down a file and a line are found", arguments: [3, 4_000, 4_099, 50_000, 100_000])
    func farPlaces(_ column: Int) {
        let wide = Array(repeating: "é", count: 100_000)
        var marked = wide
        marked[column - 1] = "x"
        let text = String(repeating: "a\n", count: 10_000) + marked.joined() + "\nb\n"
        let lines = rendered(text, at: Mark(line: 10_001, column: column)).split(separator: "\n")
        #expect(lines[1].dropFirst(lines[2].count - 1).hasPrefix("x"))
    }

    @Test("line ends, byte order marks and places past the end leave no trace")
    func edges() {
        let bytes = [0xef, 0xbb, 0xbf] + Array("a: b\r\nc: d\r\n".utf8)
        let source = SourceText(bytes)
        let excerpt = { (line: Int, column: Int) in
            Diagnostic("bad", at: Mark(line: line, column: column)).rendered(file: "f", source: source)
                .split(separator: "\n").dropFirst().joined(separator: "|")
        }
        #expect(excerpt(1, 1) == "a: b|^")
        #expect(excerpt(1, 4) == "a: b|   ^")
        #expect(excerpt(2, 5) == "c: d|    ^")
        #expect(excerpt(2, 90) == "c: d|    ^")
        #expect(excerpt(3, 1) == "")
        #expect(excerpt(90, 1) == "")
        #expect(rendered("", at: Mark(line: 1, column: 1)) == "shop.yaml:1:1: error: bad")
    }

    @Test("colour marks the parts and changes no text")
    func color() {
        let colored = rendered("a: b", at: Mark(line: 1, column: 4), hint: "mend it", color: true)
        #expect(colored.contains("\u{1b}[1;31merror:\u{1b}[0m"))
        #expect(
            colored.replacing(/\u{1b}\[[0-9;]*m/, with: "")
                == rendered("a: b", at: Mark(line: 1, column: 4), hint: "mend it"))
    }

    @Test("all findings come in file order")
    func several() {
        let diagnostics = Diagnostics([
            Diagnostic("second", at: Mark(line: 2, column: 1)), Diagnostic("first", at: Mark(line: 1, column: 4)),
        ])
        #expect(
            diagnostics.rendered(file: "f", source: SourceText(Array("a: b\nc: d\n".utf8))) == """
                f:1:4: error: first
                a: b
                   ^
                f:2:1: error: second
                c: d
                ^
                """)
    }

    @Test("many findings on one long line are rendered at once", .timeLimit(.minutes(1)))
    func manyFindings() {
        let source = SourceText(Array(String(repeating: "{a: é} ", count: 30_000).utf8))
        let findings = (0..<1_000).map { Diagnostic("bad", at: Mark(line: 1, column: 200 * $0 + 1)) }
        #expect(Diagnostics(findings).rendered(file: "f", source: source).utf8.count > 100_000)
    }
}
