public import Topology

extension Layout {
    /// Values of the kernel's that containers of `old` had set and that this layout does not set, though they and their interfaces
    /// stay, with what they were set to.
    ///
    /// Those of all interfaces at once are left out: to change one is to change each interface's own.
    public func settings(droppedSince old: Layout) -> [Sysctl] {
        let containers = Dictionary(containers.map { ($0.name, $0) }) { first, _ in first }
        return old.containers.flatMap { before -> [Sysctl] in
            guard let now = containers[before.name], now.sandbox == .own else { return [] }
            let kept = Set(now.declaredSettings.map(\.id))
            let interfaces = Set(now.endpoints.map(\.interface))
            return before.declaredSettings.filter { setting in
                !kept.contains(setting.id) && !setting.path.contains("all")
                    && setting.link.map(interfaces.contains) ?? true
            }
        }
    }
}

extension Layout.Container {
    /// What the file sets in the container's own namespace, for itself and for its endpoints.
    fileprivate var declaredSettings: [Sysctl] {
        guard sandbox == .own else { return [] }
        return sandboxSettings
            + endpoints.flatMap { endpoint in
                endpoint.settings.map {
                    Sysctl(namespace: .named(name), path: $0.path, value: $0.value, link: endpoint.interface)
                }
            }
    }

    /// What the file sets in the container's own namespace, of its interfaces too.
    var sandboxSettings: [Sysctl] {
        let interfaces = Set(endpoints.map(\.interface))
        return settings.map { setting in
            Sysctl(
                namespace: .named(name), path: setting.path, value: setting.value,
                link: setting.path.first(where: interfaces.contains))
        }
    }
}
