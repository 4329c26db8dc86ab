// Nodes between brackets and braces, YAML 1.2 (7.4). Each ends directly after its last character.
extension Parser {
    /// Reads the node here, inside of the bracket at `open` if it is inside of any.
    mutating func flowNode(from open: Mark, isAnchored: Bool = false) throws(Diagnostic) -> Node {
        switch cursor.byte {
        case "[": return try flowSequence()
        case "{": return try flowMapping()
        case "&", "*":
            guard !isAnchored else {
                throw Diagnostic("an anchor before another anchor or an alias", at: cursor.mark(), hint: "remove one")
            }
            guard cursor.byte == "&" else { return try alias() }
            return try anchored { (parser) throws(Diagnostic) in
                try parser.skipFlow(from: open)
                return try parser.flowNode(from: open, isAnchored: true)
            }
        default:
            let head = try flowScalar()
            return try scalar(head.text, isPlain: head.isPlain, at: head.mark)
        }
    }

    private mutating func flowSequence() throws(Diagnostic) -> Node {
        let open = cursor.mark()
        return try collection(at: open) { (parser) throws(Diagnostic) in
            var items: [Node] = []
            parser.cursor.advance()
            try parser.skipFlow(from: open)
            while parser.cursor.byte != "]" {
                items.append(try parser.flowEntry(from: open))
                try parser.separate(before: "]", from: open)
            }
            parser.cursor.advance()
            return .sequence(items)
        }
    }

    private mutating func flowMapping() throws(Diagnostic) -> Node {
        let open = cursor.mark()
        return try collection(at: open) { (parser) throws(Diagnostic) in
            var entries = Entries()
            parser.cursor.advance()
            try parser.skipFlow(from: open)
            while parser.cursor.byte != "}" {
                let head = try parser.flowKey()
                let end = parser.cursor.mark()
                try parser.skipFlow(from: open)
                let isPair = parser.isAtFlowValue(after: head)
                let key = isPair ? try parser.key(head) : try parser.lonelyKey(head)
                try entries.refuseDuplicate(of: key, at: head.mark)
                let value =
                    isPair
                    ? try parser.flowValue(from: open) : try parser.scalar("", isPlain: true, at: end)
                entries.append(Node.Entry(key: key, mark: head.mark, value: value))
                try parser.separate(before: "}", from: open)
            }
            parser.cursor.advance()
            return .mapping(entries.all)
        }
    }

    /// Reads an entry of a sequence, which may be a pair such as `a: b`.
    private mutating func flowEntry(from open: Mark) throws(Diagnostic) -> Node {
        guard !"[{&*".utf8.contains(cursor.byte) else { return try flowNode(from: open) }
        let head = try flowScalar()
        try skipFlow(from: open)
        guard isAtFlowValue(after: head) else { return try scalar(head.text, isPlain: head.isPlain, at: head.mark) }
        return try collection(at: head.mark) { (parser) throws(Diagnostic) in
            let key = try parser.key(head)
            let value = try parser.flowValue(from: open)
            return .mapping([Node.Entry(key: key, mark: head.mark, value: value)])
        }
    }

    private mutating func flowKey() throws(Diagnostic) -> Scalar {
        guard !"[{&*".utf8.contains(cursor.byte) else {
            throw Diagnostic(
                "a key must be plain or quoted text", at: cursor.mark(),
                hint: "lists, mappings, anchors and aliases cannot be keys")
        }
        return try flowScalar()
    }

    /// The key that `head` is without a value.
    private func lonelyKey(_ head: Scalar) throws(Diagnostic) -> String {
        guard !(head.isPlain && head.text.contains(":")) else {
            throw Diagnostic("\(head.text.quoted) has no value", at: head.mark, hint: "put a space after the `:`")
        }
        guard head.isPlain || head.text != Entries.mergeKey else {
            throw Diagnostic("`<<` in quotes is no merge key", at: head.mark, hint: "remove the quotes")
        }
        return head.text
    }

    private mutating func flowScalar() throws(Diagnostic) -> Scalar {
        let start = cursor.position
        let mark = cursor.mark()
        if cursor.byte == "\"" || cursor.byte == "'" {
            let text = try cursor.quotedText(deeperThan: -1)
            return Scalar(text: text, isPlain: false, mark: mark, start: start)
        }
        try refuseIndicator(inFlow: true)
        let line = try cursor.plainLine(inFlow: true)
        let text = try cursor.plainText(line, deeperThan: -1, inFlow: true)
        return Scalar(text: text, isPlain: true, mark: mark, start: start)
    }

    /// Whether the `:` here follows `head`; after quotes it needs no space behind it.
    private func isAtFlowValue(after head: Scalar) -> Bool {
        cursor.byte == ":" && (!head.isPlain || cursor.isAtValueIndicator)
    }

    /// Reads a `:` and the value after it, which may be absent.
    private mutating func flowValue(from open: Mark) throws(Diagnostic) -> Node {
        cursor.advance()
        let end = cursor.mark()
        try skipFlow(from: open)
        if ",]}".utf8.contains(cursor.byte) { return try scalar("", isPlain: true, at: end) }
        return try flowNode(from: open)
    }

    /// Reads the `,` after an entry, and all up to the next entry or the closing bracket.
    private mutating func separate(before close: Unicode.Scalar, from open: Mark) throws(Diagnostic) {
        try skipFlow(from: open)
        if cursor.byte == "," {
            cursor.advance()
            try skipFlow(from: open)
        } else if cursor.byte != close {
            throw Diagnostic(
                "expected `,` or `\(close)`, found `\(cursor.character())`", at: cursor.mark(),
                hint: "the bracket opened at \(open) is not closed before it")
        }
    }

    /// Skips to the next token, which must come before the document's end.
    private mutating func skipFlow(from open: Mark) throws(Diagnostic) {
        try cursor.skipToContent()
        guard !cursor.isAtEnd, !cursor.isAtDocumentMarker else {
            throw Diagnostic("the bracket is never closed", at: open, hint: "add the closing bracket")
        }
    }
}
