/// What comes before a block node, and so what it may be.
struct BlockSlot {
    /// The node is indented deeper than this.
    var indent: Int
    /// Whether a block collection may begin on the line that the slot is on, as in `- a: b`.
    var takesCollectionInline: Bool
    /// Whether a block sequence may be indented by just ``indent``, as after `key:`.
    var takesIndentlessSequence: Bool
    var isAnchored = false

    static let document = Self(indent: -1, takesCollectionInline: true, takesIndentlessSequence: false)

    static func entry(ofSequenceAt indent: Int) -> Self {
        Self(indent: indent, takesCollectionInline: true, takesIndentlessSequence: false)
    }

    static func value(inMappingAt indent: Int) -> Self {
        Self(indent: indent, takesCollectionInline: false, takesIndentlessSequence: true)
    }

    /// The same after an anchor.
    var anchored: Self {
        var slot = self
        slot.takesCollectionInline = false
        slot.isAnchored = true
        return slot
    }
}

// Nodes outside of brackets, YAML 1.2 (8). Each reads on to the next line that holds something.
extension Parser {
    /// Reads the node in `slot`, which is an empty text where nothing is indented deep enough.
    mutating func blockNode(in slot: BlockSlot) throws(Diagnostic) -> Node {
        let empty = cursor.mark()
        let line = cursor.line
        try cursor.skipToContent()
        let isInline = cursor.line == line
        let isIndented =
            cursor.indent > slot.indent
            || slot.takesIndentlessSequence && cursor.indent == slot.indent && cursor.isAtEntry
        guard !cursor.isAtEnd, isInline || isIndented, !cursor.isAtDocumentMarker else {
            return try scalar("", isPlain: true, at: empty)
        }
        let takesCollection = !isInline || slot.takesCollectionInline
        if slot.isAnchored, cursor.byte == "&" || cursor.byte == "*" {
            throw Diagnostic("an anchor before another anchor or an alias", at: cursor.mark(), hint: "remove one")
        }
        switch cursor.byte {
        case "&": return try anchored { (parser) throws(Diagnostic) in try parser.blockNode(in: slot.anchored) }
        case "*": return try leaf { (parser) throws(Diagnostic) in try parser.alias() }
        case "[", "{":
            return try leaf { (parser) throws(Diagnostic) in try parser.flowNode(from: parser.cursor.mark()) }
        case "|", ">": return try leaf { (parser) throws(Diagnostic) in try parser.blockScalar(in: slot) }
        case "-" where cursor.isAtEntry:
            guard takesCollection else {
                throw Diagnostic(
                    "a list cannot begin on this line", at: cursor.mark(), hint: "begin it on the next line")
            }
            return try blockSequence(inside: slot.indent)
        default: return try textOrMapping(in: slot, takesMapping: takesCollection)
        }
    }

    private mutating func leaf(_ body: (inout Parser) throws(Diagnostic) -> Node) throws(Diagnostic) -> Node {
        let node = try body(&self)
        try cursor.finishLine()
        return node
    }

    private mutating func blockScalar(in slot: BlockSlot) throws(Diagnostic) -> Node {
        let mark = cursor.mark()
        return try scalar(try cursor.blockText(deeperThan: slot.indent), isPlain: false, at: mark)
    }

    private mutating func textOrMapping(in slot: BlockSlot, takesMapping: Bool) throws(Diagnostic) -> Node {
        let (head, line) = try blockScalarHead(deeperThan: slot.indent)
        guard !cursor.isAtValueIndicator else {
            guard takesMapping else { throw unexpectedKey(head, in: slot) }
            return try blockMapping(from: head)
        }
        var text = head.text
        if let line {
            cursor.position.index = line.upperBound
            text = try cursor.plainText(line, deeperThan: slot.indent, inFlow: false)
        }
        let node = try scalar(text, isPlain: head.isPlain, at: head.mark)
        if line != nil { try refuseKeyAfterText(head) }
        try cursor.finishLine()
        return node
    }

    /// Reads quoted text or a line of plain text, whose range it gives, and the spaces after it.
    private mutating func blockScalarHead(
        deeperThan indent: Int
    ) throws(Diagnostic) -> (Scalar, line: Range<Int>?) {
        let start = cursor.position
        let mark = cursor.mark()
        if cursor.byte == "\"" || cursor.byte == "'" {
            let text = try cursor.quotedText(deeperThan: indent)
            cursor.skipSpaces()
            return (Scalar(text: text, isPlain: false, mark: mark, start: start), nil)
        }
        try refuseIndicator(inFlow: false)
        let line = try cursor.plainLine(inFlow: false)
        cursor.skipSpaces()
        return (Scalar(text: cursor.text(line), isPlain: true, mark: mark, start: start), line)
    }

    private func unexpectedKey(_ head: Scalar, in slot: BlockSlot) -> Diagnostic {
        Diagnostic(
            "\(head.text.quoted) cannot be a key here", at: head.mark,
            hint: slot.isAnchored
                ? "put the anchor on the line before the first key; a key cannot have one"
                : "put text that holds `: ` in quotes, or begin the mapping on the next line")
    }

    /// Refuses a `: ` in a further line of plain text.
    private mutating func refuseKeyAfterText(_ head: Scalar) throws(Diagnostic) {
        var after = cursor
        after.skipSpaces()
        guard after.isAtValueIndicator else { return }
        throw Diagnostic(
            "this `:` would make a key of text that began on line \(head.mark.line)", at: after.mark(),
            hint: "indent this line as its neighbours, or put the text in quotes")
    }

    private mutating func blockSequence(inside indent: Int) throws(Diagnostic) -> Node {
        let column = cursor.indent
        return try collection(at: cursor.mark()) { (parser) throws(Diagnostic) in
            var items: [Node] = []
            while parser.cursor.indent == column, parser.cursor.isAtEntry {
                parser.cursor.advance()
                items.append(try parser.blockNode(in: .entry(ofSequenceAt: column)))
            }
            try parser.refuseIndentation(deeperThan: column)
            // A sequence at the indentation of its key ends where the next key begins.
            if column > indent { try parser.refuseNonEntry(at: column) }
            return .sequence(items)
        }
    }

    private mutating func refuseNonEntry(at column: Int) throws(Diagnostic) {
        guard cursor.indent == column, !cursor.isAtEnd, !cursor.isAtDocumentMarker else { return }
        throw Diagnostic(
            "this line is no entry of the list above", at: cursor.mark(),
            hint: "begin it with `- `, or indent it as what it belongs to")
    }

    private mutating func blockMapping(from first: Scalar) throws(Diagnostic) -> Node {
        let column = first.start.index - first.start.lineStart
        return try collection(at: first.mark) { (parser) throws(Diagnostic) in
            var entries = Entries()
            var head = first
            while true {
                let key = try parser.key(head)
                try entries.refuseDuplicate(of: key, at: head.mark)
                parser.cursor.advance()
                let value = try parser.blockNode(in: .value(inMappingAt: column))
                entries.append(Node.Entry(key: key, mark: head.mark, value: value))
                guard parser.cursor.indent == column, !parser.cursor.isAtEnd, !parser.cursor.isAtDocumentMarker
                else { break }
                head = try parser.blockKey(at: column)
            }
            try parser.refuseIndentation(deeperThan: column)
            return .mapping(entries.all)
        }
    }

    /// Reads a key up to its `:`.
    private mutating func blockKey(at column: Int) throws(Diagnostic) -> Scalar {
        switch cursor.byte {
        case "-" where cursor.isAtEntry:
            throw Diagnostic(
                "a list entry between the keys of a mapping", at: cursor.mark(), hint: "indent it below its key")
        case "*", "&", "[", "{":
            throw Diagnostic(
                "a key must be plain or quoted text", at: cursor.mark(),
                hint: "lists, mappings, anchors and aliases cannot be keys")
        default: break
        }
        let (head, _) = try blockScalarHead(deeperThan: column)
        guard cursor.isAtValueIndicator else {
            throw Diagnostic(
                "\(head.text.quoted) is neither a key nor part of the value above", at: head.mark,
                hint: head.isPlain && head.text.contains(":")
                    ? "put a space after the `:`" : "write `key: value`, or indent the line")
        }
        return head
    }

    /// Refuses a line indented deeper than the collection that has just ended, which it could not belong to.
    private mutating func refuseIndentation(deeperThan indent: Int) throws(Diagnostic) {
        guard cursor.indent > indent, !cursor.isAtEnd, !cursor.isAtDocumentMarker else { return }
        throw Diagnostic(
            "the indentation of this line fits nothing above", at: cursor.mark(),
            hint: "entries of one list or mapping begin in the same column")
    }
}
