extension LayoutBuilder {
    /// How the container looks names up; `nil` where the file leaves that to the host.
    func resolver(of service: Topology.Service) -> Topology.Resolver? {
        service.resolver?.completed(by: surroundings.resolver, isOnHost: service.mode == .host)
    }

    /// What the `links` of each container lead to: the containers of the other service.
    ///
    /// As in Compose each has two names besides the one in the file, with the number of the container that has the link
    /// (docker/compose pkg/compose/convergence.go, getLinks).
    func link(_ containers: inout [Layout.Container], _ services: [Topology.Service]) {
        guard services.contains(where: { !$0.links.isEmpty }) else { return }
        let byService = Dictionary(grouping: containers, by: \.service)
        for (index, service) in services.enumerated() {
            let number = containers[index].index
            containers[index].links = service.links.flatMap { link in
                let numbered = "\(link.service)-\(number)"
                return (byService[link.service] ?? []).flatMap { other in
                    [link.alias, numbered, "\(topology.name)-\(numbered)"].map {
                        Layout.ContainerLink(container: other.name, alias: $0)
                    }
                }
            }
        }
    }
}
