import Addressing

extension LayoutBuilder {
    /// How the container looks names up; `nil` where the file leaves that to the host.
    func resolver(of service: Topology.Service) -> Topology.Resolver? {
        service.resolver?.completed(by: surroundings.resolver, isOnHost: service.mode == .host)
    }

    /// What the `links` of each container lead to: the containers of the other service, where they share a network.
    func link(_ containers: inout [Layout.Container], _ services: [Topology.Service]) {
        guard services.contains(where: { !$0.links.isEmpty }) else { return }
        let byService = Dictionary(grouping: containers, by: \.service)
        for (index, service) in services.enumerated() {
            let networks = Set(containers[index].endpoints.map(\.network))
            containers[index].links = service.links.flatMap { link in
                (byService[link.service] ?? []).flatMap(\.endpoints).filter { networks.contains($0.network) }
                    // The service's own name everybody on its networks knows, but on the predefined bridge.
                    .filter { link.alias != link.service || $0.network == Topology.Network.predefinedBridgeKey }
                    .flatMap(\.addresses).map { Layout.HostsEntry(name: link.alias, address: $0.address) }
            }
        }
    }
}
