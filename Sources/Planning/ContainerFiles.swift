public import Topology

extension Layout.Container {
    /// The folder below `/etc/netns` that holds files of the container's own; `nil` where it has another's, or none.
    ///
    /// On the host's network it is called like the container, though no namespace is.
    public var ownFiles: String? {
        switch sandbox {
        case .own: return name
        case .host:
            let hasNames = hostname != nil || domainName != nil || !extraHosts.isEmpty
            return hasNames || resolver != nil ? name : nil
        case .joined:
            guard case .named(let name)? = namespace else { return nil }
            return name
        case .shared, .outside: return nil
        }
    }
}

extension Layout {
    /// Folders below `/etc/netns` whose files the container of this name finds in its `/etc`, the later ones' over the earlier
    /// ones'.
    ///
    /// Who shares another's network has its files too (moby `initializeNetworkingPaths`); a container on the host's network
    /// has the host's where it has none of its own.
    public func files(ofContainer name: String) -> [String] {
        guard let container = owner(ofContainer: name) else { return [] }
        if case .outside(let other) = container.sandbox { return [other] }
        let own = [container.ownFiles].compactMap(\.self)
        guard container.sandbox == .host, case .named(let host) = hostNamespace(of: container) else { return own }
        return [host] + own
    }

    /// The namespace that the container of this name is in, its own or that which it shares.
    public func namespace(ofContainer name: String) -> Namespace? {
        owner(ofContainer: name).flatMap { $0.sandbox == .host ? hostNamespace(of: $0) : $0.namespace }
    }

    /// The container whose network stack that of this name has: itself, or the one that it shares it with.
    public func owner(ofContainer name: String) -> Container? {
        var name = name
        // A chain of `container:` modes is no longer than there are containers, unless it is a cycle.
        for _ in containers {
            guard let container = containers.first(where: { $0.name == name }) else { return nil }
            guard case .shared(let other) = container.sandbox else { return container }
            name = other
        }
        return nil
    }
}
