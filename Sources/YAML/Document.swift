/// A document in the strict subset of YAML 1.2 in which topologies are written.
///
/// Accepted are block and flow collections, plain, quoted and block scalars, comments, anchors and aliases.
/// Whatever is accepted has the structure that PyYAML's `BaseLoader` reads; tags, directives, several documents,
/// explicit (`? `) and non-scalar keys, duplicate keys and tabs outside of text are refused.
public enum Document {
    /// The root of the document that `bytes` hold.
    ///
    /// Merge keys (`<<`) stay ordinary keys, see ``Node/merged()``. An empty document is refused.
    public static func parse(_ bytes: [UInt8], limits: Limits = .standard) throws(Diagnostic) -> Node {
        try limits.check(byteCount: bytes.count)
        var parser = Parser(try Text(bytes), limits: limits)
        return try parser.document()
    }
}
