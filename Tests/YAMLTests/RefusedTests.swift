import Testing
import YAML

/// A text that is refused, with the place and the message.
struct Refused: CustomTestStringConvertible, Sendable {
    let text: String
    let message: String

    init(_ text: String, _ message: String) {
        self.text = text
        self.message = message
    }

    var testDescription: String { text.debugDescription }
}

@Suite struct RefusedTests {
    @Test("indentation and tabs", arguments: indentation)
    func refusesIndentation(_ example: Refused) { #expect(read(example.text) == example.message) }

    @Test("collections", arguments: collections)
    func refusesCollections(_ example: Refused) { #expect(read(example.text) == example.message) }

    @Test("keys", arguments: keys)
    func refusesKeys(_ example: Refused) { #expect(read(example.text) == example.message) }

    @Test("text", arguments: scalars)
    func refusesScalars(_ example: Refused) { #expect(read(example.text) == example.message) }

    @Test("anchors and aliases", arguments: anchors)
    func refusesAnchors(_ example: Refused) { #expect(read(example.text) == example.message) }

    @Test("documents", arguments: documents)
    func refusesDocuments(_ example: Refused) { #expect(read(example.text) == example.message) }

    @Test("bytes that are no text", arguments: noText)
    func refusesNoText(_ bytes: [UInt8], _ message: String) {
        #expect(read(bytes) == message)
    }

    @Test("every refusal says what to do", arguments: all)
    func refusesHints(_ example: Refused) {
        let error = #expect(throws: Diagnostic.self) { try Document.parse(Array(example.text.utf8)) }
        #expect(error?.hint?.isEmpty == false)
    }

    static let all = indentation + collections + keys + scalars + anchors + documents

    static let indentation = [
        Refused("\ta: b\n", "1:1: a tab indents this line"),
        Refused("a:\n\tb: c\n", "2:1: a tab indents this line"),
        Refused("a:\n  b: c\n\td: e\n", "3:1: a tab indents this line"),
        Refused("a:\tb\n", "1:3: a tab outside of quotes"),
        Refused("a: b\t# c\n", "1:5: a tab outside of quotes"),
        Refused("a: b\tc\n", "1:5: a tab outside of quotes"),
        Refused("- a\n\n\t\n- b\n", "3:1: a tab indents this line"),
        Refused("[a,\tb]\n", "1:4: a tab outside of quotes"),
        Refused("\"a\n\tb\": c\n", "1:1: a key and its `:` must be on one line"),
        Refused("a: 'b\n\tc'\n", "2:1: a tab indents this line"),
        Refused("a: |\n\tb\n", "2:1: a tab indents this line"),
        Refused("a: |\n  \tb\n", "1:5: block text begins with a tab"),
        Refused("a: |\t\n  b\n", "1:5: a tab outside of quotes"),
        Refused("a:\n    b: c\n  d: e\n", "3:3: the indentation of this line fits nothing above"),
        Refused("  a: b\nc: d\n", "2:1: this line belongs to nothing above"),
        Refused("a: b\n c: d\n", "2:3: this `:` would make a key of text that began on line 1"),
        Refused("a: 'b'\n c: d\n", "2:2: the indentation of this line fits nothing above"),
        Refused("- a\n - b\n- 'c'\n - d\n", "4:2: the indentation of this line fits nothing above"),
        Refused("- 'a'\n - b\n", "2:2: the indentation of this line fits nothing above"),
        Refused("- a: b\n c: d\n", "2:2: the indentation of this line fits nothing above"),
        Refused("a:\n - b\n- c\n", "3:1: a list entry between the keys of a mapping"),
        Refused("a:\n  - b\n c: d\n", "3:2: the indentation of this line fits nothing above"),
        Refused("a: |\n   b\n  c\n", "3:3: the indentation of this line fits nothing above"),
        Refused("a: |\n    \n  b\n", "1:5: an empty line is indented deeper than the block text after it"),
        Refused("a:\nb\n", "2:1: `b` is neither a key nor part of the value above"),
        Refused("a: 'b\nc'\n", "2:1: quoted text goes on with too little indentation"),
    ]

    static let collections = [
        Refused("a: b: c\n", "1:4: `b` cannot be a key here"),
        Refused("a: 'b': c\n", "1:4: `b` cannot be a key here"),
        Refused("a: - b\n", "1:4: a list cannot begin on this line"),
        Refused("a: b\n- c\n", "2:1: a list entry between the keys of a mapping"),
        Refused("- a\nb: c\n", "2:1: this line is no entry of the list above"),
        Refused("- a\nb\n", "2:1: this line is no entry of the list above"),
        Refused("a: b\nc\n", "2:1: `c` is neither a key nor part of the value above"),
        Refused("a: b\nc:d\n", "2:1: `c:d` is neither a key nor part of the value above"),
        Refused("a:b\nc: d\n", "2:2: this `:` would make a key of text that began on line 1"),
        Refused("a: [b: c: d]\n", "1:9: expected `,` or `]`, found `:`"),
        Refused("[a, b\n", "1:1: the bracket is never closed"),
        Refused("{a: b\n", "1:1: the bracket is never closed"),
        Refused("[a, {b: c]\n", "1:10: expected `,` or `}`, found `]`"),
        Refused("{a: b]\n", "1:6: expected `,` or `}`, found `]`"),
        Refused("[a]]\n", "1:4: `]` closes nothing"),
        Refused("[a] b\n", "1:5: unexpected text after the value"),
        Refused("a: [b\nc: d\n", "1:5: a key and its `:` must be on one line"),
        Refused("[,]", "1:2: text cannot begin with `,`"),
        Refused("[a,,b]\n", "1:4: text cannot begin with `,`"),
        Refused("{,}", "1:2: text cannot begin with `,`"),
        Refused("{a: b c: d}\n", "1:8: expected `,` or `}`, found `:`"),
        Refused("[- a]\n", "1:2: a `- ` entry between brackets"),
        Refused("[-]\n", "1:2: a `-` alone"),
        Refused("{a: -}\n", "1:5: a `-` alone"),
        Refused("[a\n---\nb]\n", "1:1: the bracket is never closed"),
        Refused("[a: |\n b]\n", "1:5: block text between brackets"),
        Refused("{a:1}\n", "1:2: `a:1` has no value"),
        Refused("{a:[b]}\n", "1:3: a `:` with no space after it"),
        Refused("[a:]\n", "1:3: a `:` with no space after it"),
        Refused("a: b]\nc: ]\n", "2:4: text cannot begin with `]`"),
        Refused("{a}: b\n", "1:4: a key must be plain or quoted text"),
        Refused("[a: b]: c\n", "1:7: a key must be plain or quoted text"),
    ]

    static let keys = [
        Refused("? a\n: b\n", "1:1: explicit keys (`? `) are not supported"),
        Refused("?\n", "1:1: explicit keys (`? `) are not supported"),
        Refused("{? a : b}\n", "1:2: explicit keys (`? `) are not supported"),
        Refused("[?a]\n", "1:2: explicit keys (`? `) are not supported"),
        Refused("[a?b]\n", "1:3: `?` in plain text between brackets"),
        Refused(": a\n", "1:1: a `:` without a key"),
        Refused("{: a}\n", "1:2: a `:` without a key"),
        Refused("[: a]\n", "1:2: a `:` without a key"),
        Refused("[a]: b\n", "1:4: a key must be plain or quoted text"),
        Refused("{a: b}: c\n", "1:7: a key must be plain or quoted text"),
        Refused("{[a]: b}\n", "1:2: a key must be plain or quoted text"),
        Refused("a: b\n[c]: d\n", "2:1: a key must be plain or quoted text"),
        Refused("*a : b\n", "1:1: the alias `*a` has no anchor above it"),
        Refused("a: &a b\n*a : c\n", "2:1: a key must be plain or quoted text"),
        Refused("{*a : b}\n", "1:2: a key must be plain or quoted text"),
        Refused("&a b: c\n", "1:4: `b` cannot be a key here"),
        Refused("a: &a b: c\n", "1:7: `b` cannot be a key here"),
        Refused("- &a b: c\n", "1:6: `b` cannot be a key here"),
        Refused("{&a b: c}\n", "1:2: a key must be plain or quoted text"),
        Refused("[&a b: c]\n", "1:6: expected `,` or `]`, found `:`"),
        Refused("\"a\n b\": c\n", "1:1: a key and its `:` must be on one line"),
        Refused("a\n b: c\n", "2:3: this `:` would make a key of text that began on line 1"),
        Refused("a: b\nc\nd: e\n", "2:1: `c` is neither a key nor part of the value above"),
        Refused("[a\n : b]\n", "1:2: a key and its `:` must be on one line"),
        Refused("{\"a\"\n: b}\n", "1:2: a key and its `:` must be on one line"),
        Refused("\"a\":b\n", "1:4: a `:` with no space after it"),
        Refused("a: b\nc: d\na: e\n", "3:1: the key `a` is there twice"),
        Refused("{a: 1, \"a\": 2}\n", "1:8: the key `a` is there twice"),
        Refused("a:\n  <<: {}\n  <<: {}\n", "3:3: the key `<<` is there twice"),
        Refused("\"<<\": {}\n", "1:1: `<<` in quotes is no merge key"),
        Refused("{'<<'}\n", "1:2: `<<` in quotes is no merge key"),
        Refused(
            "- a: 1\n  b: 2\n  c: 3\n  d: 4\n  e: 5\n  f: 6\n  g: 7\n  h: 8\n  i: 9\n  a: 10\n",
            "10:3: the key `a` is there twice"),
        Refused("é: 1\ne\u{301}: 2\n", "2:1: the key `e\u{301}` is there twice"),
    ]

    static let scalars = [
        Refused("%a\n", "1:1: directives are not supported"),
        Refused("a: %b\n", "1:4: text cannot begin with `%`"),
        Refused("a: @b\n", "1:4: text cannot begin with `@`"),
        Refused("a: `b`\n", "1:4: text cannot begin with a backtick"),
        Refused("a: ,b\n", "1:4: text cannot begin with `,`"),
        Refused("a: }\n", "1:4: text cannot begin with `}`"),
        Refused("a: !b c\n", "1:4: tags are not supported"),
        Refused("!!map {}\n", "1:1: tags are not supported"),
        Refused("a: 'b\n", "1:4: the quote is never closed"),
        Refused("a: \"b\n", "1:4: the quote is never closed"),
        Refused("a: \"b\\", "1:6: the escape is cut off"),
        Refused("a: 'b' c\n", "1:8: unexpected text after the value"),
        Refused("a: 'b'c\n", "1:7: unexpected text after the value"),
        Refused("a: 'b'#c\n", "1:7: `#` directly after a value"),
        Refused("[a,#b\n]", "1:4: `#` directly after a value"),
        Refused("[a]#b\n", "1:4: `#` directly after a value"),
        Refused("\"\\q\"", "1:2: `\\q` is no escape"),
        Refused("\"\\x4g\"", "1:2: `\\x` takes 2 hexadecimal digits"),
        Refused("\"\\u12\"", "1:2: `\\u` takes 4 hexadecimal digits"),
        Refused("\"\\ud83d\\ude00\"", "1:2: the escape names no character"),
        Refused("\"\\U00110000\"", "1:2: the escape names no character"),
        Refused("'a\n---\nb'", "2:1: a document marker inside quotes"),
        Refused("\"a\\\n...\n\"", "2:1: a document marker inside quotes"),
        Refused("a: |b\n", "1:5: unexpected `b` after `|` or `>`"),
        Refused("a: |0\n  b\n", "1:5: unexpected `0` after `|` or `>`"),
        Refused("a: |12\n  b\n", "1:6: unexpected `2` after `|` or `>`"),
        Refused("a: |+-\n  b\n", "1:6: unexpected `-` after `|` or `>`"),
        Refused("a: >#b\n  c\n", "1:5: unexpected `#` after `|` or `>`"),
        Refused("[|\n a]\n", "1:2: block text between brackets"),
        Refused("c:\n|\n", "2:1: block text where a key is expected"),
    ]

    static let anchors = [
        Refused("a: *b\n", "1:4: the alias `*b` has no anchor above it"),
        Refused("a: &bc d\ne: *bd\n", "2:4: the alias `*bd` has no anchor above it"),
        Refused("a: *b\nc: &b d\n", "1:4: the alias `*b` has no anchor above it"),
        Refused("a: &a [*a]\n", "1:8: the alias `*a` is inside of what it names"),
        Refused("a: &a {b: {c: *a}}\n", "1:15: the alias `*a` is inside of what it names"),
        Refused("a: &a b\nc: &a d\n", "2:4: the anchor `&a` is defined twice"),
        Refused("a: & b\n", "1:4: a name is expected after `&` or `*`"),
        Refused("a: * b\n", "1:4: a name is expected after `&` or `*`"),
        Refused("a: &b! c\n", "1:4: a name is expected after `&` or `*`"),
        Refused("a: &é c\n", "1:4: a name is expected after `&` or `*`"),
        Refused("a: &a &b c\n", "1:7: an anchor before another anchor or an alias"),
        Refused("a: &a b\nc: &d *a\n", "2:7: an anchor before another anchor or an alias"),
        Refused("[&a]\n", "1:4: text cannot begin with `]`"),
        Refused("[&a\n", "1:1: the bracket is never closed"),
        Refused("[&a , b]\n", "1:5: text cannot begin with `,`"),
        Refused("- &a - b\n", "1:6: a list cannot begin on this line"),
        Refused("a: &a b\nc: *a d\n", "2:7: unexpected text after the value"),
    ]

    static let documents = [
        Refused("", "the document is empty"),
        Refused("\n\n", "the document is empty"),
        Refused("# a\n", "the document is empty"),
        Refused("---\n", "the document is empty"),
        Refused("---\n...\n", "the document is empty"),
        Refused("...\n", "the document is empty"),
        Refused("--- a\n", "1:5: text after a document marker"),
        Refused("---\na: b\n---\nc: d\n", "3:1: a second document"),
        Refused("a: b\n--- # c\n", "2:1: a second document"),
        Refused("a: b\n...\nc: d\n", "3:1: this line belongs to nothing above"),
        Refused("a: b\n...\n...\n", "3:1: a second document"),
        Refused("a: b\n... c\n", "2:5: text after a document marker"),
        Refused("%YAML 1.2\n---\na: b\n", "1:1: directives are not supported"),
        Refused("'a'\nb: c\n", "2:1: this line belongs to nothing above"),
        Refused("[a]\n[b]\n", "2:1: this line belongs to nothing above"),
        Refused("a\n---\nb\n", "2:1: a second document"),
    ]

    static let noText: [([UInt8], String)] = [
        ([0x61, 0x3a, 0x20, 0xff, 0x0a], "1:4: the byte 0xff is not UTF-8"),
        ([0x61, 0x3a, 0x20, 0x62, 0x0a, 0xc3, 0xa9, 0x3a, 0x20, 0xc3, 0x28, 0x0a], "2:4: the byte 0xc3 is not UTF-8"),
        ([0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80, 0x0a], "1:4: the byte 0xed is not UTF-8"),
        ([0x61, 0x3a, 0x20, 0xf4, 0x90, 0x80, 0x80, 0x0a], "1:4: the byte 0xf4 is not UTF-8"),
        ([0x61, 0x3a, 0x20, 0xc0, 0x80, 0x0a], "1:4: the byte 0xc0 is not UTF-8"),
        ([0x61, 0x3a, 0x20, 0x62, 0xe6, 0x97], "1:5: the byte 0xe6 is not UTF-8"),
        ([0xff, 0xfe, 0x61, 0x00, 0x3a, 0x00], "the file is UTF-16"),
        ([0xfe, 0xff, 0x00, 0x61], "the file is UTF-16"),
        ([0x61, 0x3a, 0x20, 0x62, 0x00, 0x63, 0x0a], "1:5: a NUL character is not allowed here"),
        ([0x61, 0x3a, 0x20, 0x07, 0x0a], "1:4: the control character U+0007 is not allowed here"),
        ([0x61, 0x3a, 0x20, 0x62, 0x7f, 0x0a], "1:5: the control character U+007F is not allowed here"),
        ([0x61, 0x3a, 0x20, 0xc2, 0x80, 0x0a], "1:4: the control character U+0080 is not allowed here"),
        (
            [0x61, 0x3a, 0x20, 0x62, 0x0d, 0x63, 0x3a, 0x20, 0x64, 0x0a],
            "1:5: a carriage return without a line feed is not allowed here"
        ),
        ([0x61, 0x3a, 0x20, 0x62, 0x0d], "1:5: a carriage return without a line feed is not allowed here"),
        ([0x61, 0x3a, 0x20, 0xc2, 0x85, 0x0a], "1:4: the line separator U+0085 is not allowed here"),
        ([0x61, 0x3a, 0x20, 0x27, 0xe2, 0x80, 0xa8, 0x27, 0x0a], "1:5: the line separator U+2028 is not allowed here"),
        ([0x23, 0x20, 0xe2, 0x80, 0xa9, 0x0a], "1:3: the line separator U+2029 is not allowed here"),
        (
            [0x61, 0x3a, 0x20, 0xef, 0xbb, 0xbf, 0x62, 0x0a],
            "1:4: a byte order mark inside the text is not allowed here"
        ),
        (
            [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x61, 0x3a, 0x20, 0x62, 0x0a],
            "1:1: a byte order mark inside the text is not allowed here"
        ),
        ([0x61, 0x3a, 0x20, 0xef, 0xbf, 0xbe, 0x0a], "1:4: the noncharacter U+FFFE is not allowed here"),
        ([0xef, 0xbb, 0xbf, 0x01, 0x0a], "1:1: the control character U+0001 is not allowed here"),
    ]
}
