/// Reads a document by recursive descent.
///
/// Here is what block and flow nodes share; `BlockNodes.swift` and `FlowNodes.swift` hold the two grammars.
struct Parser {
    var cursor: Cursor
    let limits: Limits
    var anchors: [String: Anchor] = [:]
    private var budget: Budget

    init(_ text: Text, limits: Limits) {
        cursor = Cursor(text)
        self.limits = limits
        budget = Budget(limits: limits)
    }

    /// Reads the whole text, which holds one document.
    mutating func document() throws(Diagnostic) -> Node {
        try cursor.skipToContent()
        if cursor.isAt(marker: "-") {
            cursor.advance(3)
            try finishMarkerLine()
        }
        guard !cursor.isAtEnd, !cursor.isAtDocumentMarker else {
            throw Diagnostic("the document is empty", at: nil, hint: "write at least one `key: value`")
        }
        if cursor.byte == "%" {
            throw Diagnostic("directives are not supported", at: cursor.mark(), hint: "remove the line")
        }
        let root = try blockNode(in: .document)
        if cursor.isAt(marker: ".") {
            cursor.advance(3)
            try finishMarkerLine()
        }
        guard cursor.isAtEnd else { throw unexpectedAfterDocument() }
        return root
    }

    private mutating func finishMarkerLine() throws(Diagnostic) {
        let line = cursor.line
        try cursor.skipToContent()
        guard cursor.line != line || cursor.isAtEnd else {
            throw Diagnostic(
                "text after a document marker", at: cursor.mark(), hint: "begin the document on the next line")
        }
    }

    private mutating func unexpectedAfterDocument() -> Diagnostic {
        cursor.isAtDocumentMarker
            ? Diagnostic("a second document", at: cursor.mark(), hint: "one file holds one document; split the file")
            : Diagnostic(
                "this line belongs to nothing above", at: cursor.mark(),
                hint: "the document ended here; indent the line as the first one, or remove it")
    }
}

// Nodes, counted.
extension Parser {
    mutating func scalar(_ text: String, isPlain: Bool, at mark: Mark) throws(Diagnostic) -> Node {
        try budget.spend(1, at: mark)
        return Node(.scalar(text, isPlain: isPlain), at: mark)
    }

    /// A collection of what `body` reads, one level deeper.
    mutating func collection(
        at mark: Mark, _ body: (inout Parser) throws(Diagnostic) -> Node.Content
    ) throws(Diagnostic) -> Node {
        try budget.spend(1, at: mark)
        try budget.descend(at: mark)
        let content = try body(&self)
        budget.ascend()
        return Node(content, at: mark)
    }
}

// Anchors and aliases.
extension Parser {
    /// Reads `&name` and the node that `body` reads after it.
    mutating func anchored(_ body: (inout Parser) throws(Diagnostic) -> Node) throws(Diagnostic) -> Node {
        let mark = cursor.mark()
        let name = try anchorName()
        if let first = anchors[name] {
            throw Diagnostic(
                "the anchor \("&\(name)".quoted) is defined twice", at: mark,
                hint: "the first one is at \(first.mark)")
        }
        anchors[name] = Anchor(mark: mark, target: nil)
        let outer = budget.beginSubtree()
        let node = try body(&self)
        anchors[name] = Anchor(mark: mark, target: (node, budget.endSubtree(in: outer)))
        return node
    }

    /// Reads `*name`; gives a copy of the node it names.
    mutating func alias() throws(Diagnostic) -> Node {
        let mark = cursor.mark()
        let name = try anchorName()
        guard let anchor = anchors[name] else {
            let suggestion = closest(to: name, among: anchors.keys.sorted())
            throw Diagnostic(
                "the alias \("*\(name)".quoted) has no anchor above it", at: mark,
                hint: suggestion.map { "did you mean `*\($0)`?" }
                    ?? "write `&` and the name before what it names, above")
        }
        guard let (node, cost) = anchor.target else {
            throw Diagnostic(
                "the alias \("*\(name)".quoted) is inside of what it names", at: mark,
                hint: "nothing can contain itself")
        }
        try budget.spend(cost, at: mark)
        return node
    }

    /// Reads the indicator and the name after it.
    private mutating func anchorName() throws(Diagnostic) -> String {
        let mark = cursor.mark()
        cursor.advance()
        let start = cursor.index
        while cursor.byte.isAnchorCharacter { cursor.advance() }
        let endsHere = cursor.byte.isBlankOrEnd || ",]}:".utf8.contains(cursor.byte)
        guard cursor.index > start, endsHere else {
            throw Diagnostic(
                "a name is expected after `&` or `*`", at: mark,
                hint: "names are letters, digits, `-` and `_`; put text that begins with `&` or `*` in quotes")
        }
        return cursor.text(start..<cursor.index)
    }
}

extension UInt8 {
    /// Whether it may stand in the name of an anchor; YAML allows more, its readers do not.
    fileprivate var isAnchorCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), "-", "_":
            true
        default: false
        }
    }
}
