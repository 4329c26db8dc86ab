import Topology

/// A container's namespace, its settings, and the files that are put over those of `/etc` in it; of a namespace that it joins
/// the files alone.
enum Sandbox {
    static func objects(for container: Layout.Container, hosts: HostsTable, in layout: Layout) -> [KernelObject] {
        guard container.hasInterfaces, case .named(let name)? = container.namespace else { return [] }
        let mark = OwnershipMark(topology: layout.name, part: container.service)
        let namespace = Namespace.named(name)
        let files =
            [hosts.file(for: container, in: name)]
            + (container.hostnameFile(in: name, of: layout.name).map { [$0] } ?? [])
            + (container.resolver.map { [$0.file(for: name, of: layout.name)] } ?? [])
        // A namespace that the container joins stays as it is, and so do its settings.
        guard container.sandbox == .own else { return files.map { .file($0) } }
        let interfaces = Set(container.endpoints.map(\.interface))
        let settings = container.settings.map { setting in
            Sysctl(
                namespace: namespace, path: setting.path, value: setting.value,
                link: setting.path.first(where: interfaces.contains))
        }
        return [.namespace(NamespaceObject(name: name, alias: mark.text))]
            + files.map { .file($0) } + settings.map { .sysctl($0) }
    }
}
