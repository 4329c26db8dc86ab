/// A place in a source text.
///
/// Lines and columns count from 1; columns count characters.
public struct Mark: Hashable, Sendable, Codable {
    /// Line, from 1.
    public var line: Int
    /// Column in characters, from 1.
    public var column: Int

    /// The place at `line` and `column`.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

extension Mark: CustomStringConvertible {
    /// The place in words, as hints name it.
    public var description: String { "line \(line), column \(column)" }
}

/// A value of a YAML document with the place where it begins.
///
/// Aliases are already replaced by what they name.
public struct Node: Hashable, Sendable {
    /// What the node holds.
    public enum Content: Hashable, Sendable {
        /// Text as written, before any type is read into it; `isPlain` where it was neither quoted nor a block.
        case scalar(String, isPlain: Bool)
        case sequence([Node])
        /// Entries in file order; keys are scalars and unique.
        case mapping([Entry])
    }

    /// A key of a mapping with its value.
    public struct Entry: Hashable, Sendable {
        /// The key's text.
        public var key: String
        /// Where the key begins.
        public var mark: Mark
        /// The value; an absent one is an empty plain scalar.
        public var value: Node

        /// An entry as written.
        public init(key: String, mark: Mark, value: Node) {
            self.key = key
            self.mark = mark
            self.value = value
        }
    }

    /// The value itself.
    public var content: Content
    /// Where the value begins in the text; an alias's value keeps the place where it was anchored.
    public var mark: Mark

    /// A node at `mark`.
    public init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }
}
