import Topology

/// A container's namespace, its settings, and the files that are put over those of `/etc` in it.
enum Sandbox {
    static func objects(for container: Layout.Container, hosts: HostsTable, in layout: Layout) -> [KernelObject] {
        guard container.sandbox == .own else { return [] }
        let mark = OwnershipMark(topology: layout.name, part: container.service)
        let namespace = Namespace.named(container.name)
        let files =
            [hosts.file(for: container)]
            + (container.resolver.map { [$0.file(for: container.name, of: layout.name)] } ?? [])
        let interfaces = Set(container.endpoints.map(\.interface))
        let settings = container.settings.map { setting in
            Sysctl(
                namespace: namespace, path: setting.path, value: setting.value,
                link: setting.path.first(where: interfaces.contains))
        }
        return [.namespace(NamespaceObject(name: container.name, alias: mark.text))]
            + files.map { .file($0) } + settings.map { .sysctl($0) }
    }
}
