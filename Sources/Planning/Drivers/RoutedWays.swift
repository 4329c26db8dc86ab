import Addressing
import Links
import Topology

/// The ways from one host to the slices that others have of a routed network.
///
/// Each leads out of the underlay's interface to the other host, and a packet keeps its addresses and the underlay's whole MTU;
/// or into a tunnel of which the other host is the end, so that nothing has to be looked up or learned, and what is between the
/// hosts needs to know no slice.
struct RoutedWays {
    private let network: Layout.Network
    private let routed: Layout.Network.Routed
    private let layout: Layout
    private let here: Layout.Host
    /// The other hosts with their slices.
    private let others: [(host: Layout.Host, slice: Layout.Network.Routed.Slice)]

    /// `nil` for networks that are not routed, and where there are no hosts.
    init?(of network: Layout.Network, in layout: Layout) {
        guard let routed = network.routed, let fabric = layout.fabric, let here = fabric.host(fabric.played) else {
            return nil
        }
        self.network = network
        self.routed = routed
        self.layout = layout
        self.here = here
        let hosts = Dictionary(fabric.hosts.map { ($0.name, $0) }) { first, _ in first }
        others = routed.slices.filter { $0.host != here.name }.compactMap { slice in
            hosts[slice.host].map { ($0, slice) }
        }
    }

    /// The interfaces by which packets of `family` come from other hosts.
    func interfaces(_ family: IPFamily) -> [String] {
        guard let tunnel = tunnel(for: family) else { return [here.interface] }
        return others.map { name(of: tunnel, to: $0.host) }
    }

    var objects: [KernelObject] {
        others.flatMap { other in
            routed.tunnels.flatMap { objects(of: $0, to: other.host) }
                + other.slice.segments.compactMap { route(to: $0.subnet, on: other.host).map { .route($0) } }
        }
    }

    /// A route to a slice on `host`.
    ///
    /// This host's own packets come from its gateway's address, so that they are the network's there.
    private func route(to subnet: Subnet, on host: Layout.Host) -> Route? {
        guard let own = network.segments.first(where: { $0.subnet.family == subnet.family }) else { return nil }
        var route: Route
        if let tunnel = tunnel(for: subnet.family) {
            route = Route(namespace: .host, destination: subnet, gateway: nil, link: name(of: tunnel, to: host))
        } else {
            guard let address = host.address(subnet.family) else { return nil }
            route = Route(
                namespace: .host, destination: subnet, gateway: address, link: here.interface,
                via: here.addresses.first { $0.subnet.contains(address) })
        }
        route.source = own.gateway
        route.holder = Route.Holder(link: network.bridge, address: InterfaceAddress(own.gateway, in: own.subnet))
        return route
    }

    private func tunnel(for family: IPFamily) -> Layout.Network.Routed.Tunnel? {
        routed.tunnels.first { $0.families.contains(family) }
    }

    /// The tunnel's name on this host, such as `gre-1a2b3c4d5e6`, of 15 bytes: those of all networks and topologies meet here, and
    /// the kernel's own, such as `gre0`.
    private func name(of tunnel: Layout.Network.Routed.Tunnel, to host: Layout.Host) -> String {
        let start = tunnel.device.kind + "-"
        return start
            + StableHash.hex("\(layout.name)/\(network.declaration.key)/\(host.name)", digits: 15 - start.utf8.count)
    }

    private func objects(of tunnel: Layout.Network.Routed.Tunnel, to host: Layout.Host) -> [KernelObject] {
        guard let family = tunnel.device.underlayFamilies.first, let local = here.address(family),
            let remote = host.address(family)
        else { return [] }
        let mark = OwnershipMark(topology: layout.name, part: network.declaration.key)
        let link = Link(
            namespace: .host, name: name(of: tunnel, to: host), kind: .device(tunnel.device.between(local, remote)),
            mtu: network.mtu, alias: mark.text,
            alternativeName: BridgedEndpoint.alternativeName("\(tunnel.device.kind)-\(network.name)-\(host.name)"),
            group: mark.linkGroup)
        let hasIPv6 = tunnel.families.contains(.v6)
        let sysctl = Sysctl.interface(.host, link.name, family: "ipv6", "disable_ipv6", hasIPv6 ? "0" : "1")
        return [.link(link), .sysctl(sysctl), .up(LinkUp(namespace: .host, link: link.name, after: [sysctl.id]))]
    }
}
