/// How large a document may be.
///
/// A refusal by a limit is an error like any other: nothing of the document is used.
public struct Limits: Hashable, Sendable {
    /// Bytes of the file; a reader need not load a file that is larger.
    public var maxBytes: Int
    /// Collections inside one another, aliases expanded.
    public var maxDepth: Int
    /// Nodes of the tree, aliases expanded; keys are not counted.
    public var maxNodes: Int
    /// Bytes from the start of a key to its `:`; YAML 1.2 (7.4.2) and its readers allow 1,024 at most.
    public var maxKeyBytes: Int

    /// What every topology file is read with: 16 MiB, 64 levels, 200,000 nodes, keys of 1,024 bytes.
    public static let standard = Limits()

    /// The standard limits, but for those given.
    public init(
        maxBytes: Int = 16 << 20, maxDepth: Int = 64, maxNodes: Int = 200_000, maxKeyBytes: Int = 1_024
    ) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
        self.maxNodes = maxNodes
        self.maxKeyBytes = maxKeyBytes
    }

    /// Refuses a file of `byteCount` bytes where that is more than ``maxBytes``.
    public func check(byteCount: Int) throws(Diagnostic) {
        guard byteCount > maxBytes else { return }
        throw Diagnostic(
            "the file has \(byteCount) bytes, more than the limit of \(maxBytes)", at: nil,
            hint: "split the topology into several files")
    }
}
