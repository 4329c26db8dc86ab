import Addressing
import Topology

/// A bridge on each host with a slice of the subnet, and on each host a route to every other one's slice: by the other host
/// itself (flannel's host-gw), or through a tunnel to it.
enum RoutedDriver: Driver {
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject] {
        let endpoints = BridgeDriver.endpoints(of: network, in: layout)
        return BridgeDriver.objects(for: network, in: layout) + (RoutedWays(of: network, in: layout)?.objects ?? [])
            + endpoints.flatMap { routes(of: $0, on: network) }.map { .route($0) }
    }

    /// The ways of an endpoint to the other hosts' slices, where its default route leads elsewhere.
    private static func routes(of endpoint: BridgedEndpoint, on network: Layout.Network) -> [Route] {
        guard let routed = network.routed else { return [] }
        return routed.subnets.compactMap { subnet in
            guard !endpoint.endpoint.defaultGatewayFor.contains(subnet.family),
                let segment = network.segments.first(where: { subnet.contains($0.subnet) })
            else { return nil }
            return endpoint.inside.route(to: subnet, through: segment)
        }
    }
}
