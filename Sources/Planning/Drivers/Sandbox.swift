import Topology

/// A container's namespace and the files that are put over those of `/etc` in it.
enum Sandbox {
    static func objects(for container: Layout.Container, hosts: HostsTable, in layout: Layout) -> [KernelObject] {
        guard container.sandbox == .own else { return [] }
        let mark = OwnershipMark(topology: layout.name, part: container.service)
        return [
            .namespace(NamespaceObject(name: container.name, alias: mark.text)),
            .file(hosts.file(for: container)),
        ]
    }
}
