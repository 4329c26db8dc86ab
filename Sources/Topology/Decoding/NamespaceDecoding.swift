import YAML

extension FileDecoder {
    /// `namespace` of a service's `x-weft`: a name, a path or the number of a process.
    mutating func namespace(_ node: Node?, _ what: String) -> NamespaceReference? {
        guard let node, let fields = fields(of: node, "x-weft of \(what)", .serviceExtension),
            let value = fields["namespace"], let text = text(value, "namespace of \(what)")
        else { return nil }
        if let reference = NamespaceReference(text) { return reference }
        report(
            "namespace \(quoted(text)) of \(what) is neither a name, nor an absolute path, nor a process",
            at: value.mark, hint: "such as blue, which is /run/netns/blue, or /proc/4711/ns/net, or 4711")
        return nil
    }
}
