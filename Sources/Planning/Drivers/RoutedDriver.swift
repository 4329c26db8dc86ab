import Addressing
import Topology

/// A bridge on each host with a slice of the subnet, and on each host a route to every other one's slice (flannel's host-gw).
///
/// Nothing is encapsulated: a packet keeps its addresses and the underlay's whole MTU.
enum RoutedDriver: Driver {
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject] {
        let endpoints = BridgeDriver.endpoints(of: network, in: layout)
        let routes = hostRoutes(for: network, in: layout) + endpoints.compactMap { route(of: $0, on: network) }
        return BridgeDriver.objects(for: network, in: layout) + routes.map { .route($0) }
    }

    /// The routes of this host, by its interface on the underlay.
    private static func hostRoutes(for network: Layout.Network, in layout: Layout) -> [Route] {
        guard let routed = network.routed, let fabric = layout.fabric, let here = fabric.host(fabric.played) else {
            return []
        }
        return routed.slices.filter { $0.host != here.name }.compactMap { slice in
            fabric.host(slice.host)?.address(.v4).map { address in
                Route(
                    namespace: .host, destination: slice.segment.subnet, gateway: address, link: here.interface,
                    via: here.addresses.first { $0.subnet.contains(address) })
            }
        }
    }

    /// The way of an endpoint to the other hosts' slices, where its default route leads elsewhere.
    private static func route(of endpoint: BridgedEndpoint, on network: Layout.Network) -> Route? {
        guard let routed = network.routed, let segment = network.segments.first,
            !endpoint.endpoint.defaultGatewayFor.contains(.v4)
        else { return nil }
        return endpoint.inside.route(to: routed.subnet, through: segment)
    }
}
