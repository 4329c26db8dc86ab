import Linux
import Planning
import Topology

extension Session {
    /// What containers of `layout` are to have in the place of values that the file set before: what a new container has.
    func defaults(replacedBy layout: Layout, in snapshot: Snapshot) throws(ReconcileError) -> [Planning.Sysctl] {
        guard let old = records[layout.name]?.subject.layout else { return [] }
        let dropped = layout.settings(droppedSince: old).filter { snapshot[$0.namespace] != nil }
        guard !dropped.isEmpty else { return [] }
        return try calling { () throws(SystemCallError) in
            try NetworkNamespace.insideNew { () throws(SystemCallError) in
                var defaults: [Planning.Sysctl] = []
                for var setting in dropped {
                    // A new interface's values are those of `default`.
                    let path = setting.path.map { $0 == setting.link ? "default" : $0 }
                    do throws(SystemCallError) {
                        let value = try Linux.Sysctl(path).read()
                        setting.value = value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                    } catch {
                        guard error.errno == .noEntry else { throw error }
                        continue
                    }
                    defaults.append(setting)
                }
                return defaults
            }
        }
    }
}

extension State<KernelObject> {
    /// The state with `values`, where it has none of its own.
    func adding(_ values: [Planning.Sysctl]) -> Self {
        var state = self
        for value in values where state[value.id] == nil { state[value.id] = .sysctl(value) }
        return state
    }
}
