extension Node {
    /// The tree with every merge key (`<<`) replaced by the entries it stands for.
    ///
    /// As in YAML 1.1 (yaml.org/type/merge.html): the value is a mapping or a sequence of mappings, a mapping's own keys
    /// win over merged ones, and earlier mappings of the sequence over later ones. Merged entries stand where `<<`
    /// stood and keep the marks of the place that they come from.
    public func merged() throws(Diagnostic) -> Node {
        switch content {
        case .scalar: return self
        case .sequence(let items):
            var merged: [Node] = []
            merged.reserveCapacity(items.count)
            for item in items { merged.append(try item.merged()) }
            return Node(.sequence(merged), at: mark)
        case .mapping(let entries):
            return Node(.mapping(try Self.merged(entries)), at: mark)
        }
    }

    private static func merged(_ entries: [Entry]) throws(Diagnostic) -> [Entry] {
        var merged: [Entry] = []
        merged.reserveCapacity(entries.count)
        var taken: Set<String>?
        for var entry in entries {
            entry.value = try entry.value.merged()
            guard entry.key == Entries.mergeKey else {
                merged.append(entry)
                continue
            }
            var keys = taken ?? Set(entries.map(\.key))
            taken = nil
            for source in try mappings(mergedBy: entry) {
                for inherited in source where keys.insert(inherited.key).inserted { merged.append(inherited) }
            }
            taken = keys
        }
        return merged
    }

    /// The entries of each mapping that the merge key `entry` names, the strongest first.
    private static func mappings(mergedBy entry: Entry) throws(Diagnostic) -> [[Entry]] {
        switch entry.value.content {
        case .mapping(let entries): return [entries]
        case .sequence(let items):
            var mappings: [[Entry]] = []
            for item in items {
                guard case .mapping(let entries) = item.content else { throw notMappings(entry) }
                mappings.append(entries)
            }
            return mappings
        case .scalar: throw notMappings(entry)
        }
    }

    private static func notMappings(_ entry: Entry) -> Diagnostic {
        Diagnostic(
            "`<<` merges a mapping or a list of mappings only", at: entry.mark,
            hint: "write `<<: *name`, where `&name` stands before a mapping")
    }
}
