import Topology

/// A container's namespace, its settings, and the files that are put over those of `/etc` in it; of a namespace that it joins
/// and on the host's network the files alone.
enum Sandbox {
    static func objects(for container: Layout.Container, hosts: HostsTable, in layout: Layout) -> [KernelObject] {
        let files = files(for: container, hosts: hosts, in: layout)
        // A namespace that the container joins stays as it is, and so do its settings.
        guard container.sandbox == .own else { return files.map { .file($0) } }
        let name = container.name
        let mark = OwnershipMark(topology: layout.name, part: container.service)
        return [.namespace(NamespaceObject(name: name, alias: mark.text))]
            + files.map { .file($0) } + container.sandboxSettings.map { .sysctl($0) }
    }

    private static func files(
        for container: Layout.Container, hosts: HostsTable, in layout: Layout
    ) -> [ConfigurationFile] {
        guard let name = container.ownFiles else { return [] }
        // On the host's network names are the host's, but for a container that has some of its own (moby buildHostsFile).
        let hasHosts = container.hasInterfaces || !container.extraHosts.isEmpty
        return [
            hasHosts ? hosts.file(for: container, in: name) : nil, container.hostnameFile(in: name, of: layout.name),
            container.resolver?.file(for: name, of: layout.name),
        ].compactMap(\.self)
    }
}
