import Addressing
import Links
import Topology

/// An Ethernet segment of an overlay as one host has it: `br0` with the gateway's address, the endpoints, and a tunnel
/// to the other hosts or one to each.
struct OverlaySegment {
    let sandbox: OverlaySandbox
    let overlay: Layout.Network.Overlay
    /// Which of the overlay's segments it is, from 0.
    let number: Int

    var namespace: Namespace { sandbox.namespace }
    var bridge: String { "br\(number)" }
    var segment: Layout.Network.Overlay.Segment { overlay.segments[number] }

    var objects: [KernelObject] {
        let endpoints = endpoints
        let others = sandbox.host.map { tunnels(of: $0) }
        let ports = (others?.ports ?? []) + endpoints.map(\.port)
        return bridgeObjects(ports: ports) + (others?.objects ?? []) + endpoints.flatMap(\.objects)
            + endpoints.flatMap(routes).map { .route($0) }
    }

    /// What connects the bridge with those of other hosts.
    private func tunnels(of host: Layout.Host) -> any OverlayTunnels {
        switch overlay.encapsulation {
        case .vxlan: VXLANTunnels(segment: self, host: host)
        case .gretap: GRETunnels(segment: self, host: host)
        }
    }

    /// A tunnel as one of the segment's links.
    func tunnelLink(_ name: String, _ device: Device) -> Link {
        Link(
            namespace: namespace, name: name, kind: .device(device), lower: Link.Lower(namespace: .host),
            mac: MACAddress(bridge: "\(sandbox.name)/\(name)"), mtu: overlay.mtu, alias: sandbox.mark.text,
            group: sandbox.mark.linkGroup)
    }

    /// The endpoints of other hosts that have their addresses on the segment.
    var remotes: [Layout.Network.Remote] {
        let remotes = sandbox.network.remotes
        return overlay.segments.count > 1 ? remotes.filter { isOn($0.addresses) } : remotes
    }

    /// The endpoints of this host that have their addresses on the segment.
    private var endpoints: [BridgedEndpoint] {
        sandbox.layout.containers.filter { $0.sandbox == .own }.flatMap { container in
            container.endpoints.filter { $0.network == sandbox.network.declaration.key && isOn($0.addresses) }.map {
                BridgedEndpoint(
                    endpoint: $0, container: container, network: sandbox.network, layout: sandbox.layout,
                    bridgeNamespace: namespace, bridge: bridge, isHairpin: false)
            }
        }
    }

    private func isOn(_ addresses: [InterfaceAddress]) -> Bool {
        addresses.contains { address in segment.subnets.contains { $0.subnet.contains(address.address) } }
    }

    /// Ways from an endpoint to the overlay's other subnets, by the gateway on its own bridge.
    private func routes(_ endpoint: BridgedEndpoint) -> [Route] {
        let others = overlay.segments.indices.filter { $0 != number }.flatMap { overlay.segments[$0].subnets }
        return others.flatMap { other in
            segment.subnets.compactMap { own in
                own.subnet.family == other.subnet.family ? endpoint.inside.route(to: other.subnet, through: own) : nil
            }
        }
    }

    /// The bridge, up only after its ports; its Ethernet address is no other host's, which would be taken for an echo.
    private func bridgeObjects(ports: [BridgePort]) -> [KernelObject] {
        let hasIPv6 = segment.subnets.contains { $0.subnet.family == .v6 }
        let link = Link(
            namespace: namespace, name: bridge, kind: .bridge(Bridge().complete),
            mac: MACAddress(bridge: "\(sandbox.name)/\(bridge)"),
            mtu: overlay.mtu, alias: sandbox.mark.text, group: sandbox.mark.linkGroup)
        let sysctls: [Sysctl] =
            [
                .interface(namespace, bridge, family: "ipv6", "disable_ipv6", hasIPv6 ? "0" : "1"),
                .interface(namespace, bridge, family: "ipv6", "accept_ra", "0"),
            ] + (hasIPv6 ? [.interface(namespace, bridge, family: "ipv6", "accept_dad", "0")] : [])
        let addresses = segment.subnets.map {
            Address(namespace: namespace, link: bridge, address: InterfaceAddress($0.gateway, in: $0.subnet))
        }
        return [.link(link)] + sysctls.map { .sysctl($0) } + addresses.map { .address($0) }
            + [.up(LinkUp(namespace: namespace, link: bridge, after: ports.map(\.id) + sysctls.map(\.id)))]
    }
}

/// What connects a segment's bridge on one host with those of the other hosts.
protocol OverlayTunnels {
    /// The tunnels' places on the bridge.
    var ports: [BridgePort] { get }
    /// The tunnels, and what is known of the endpoints behind them.
    var objects: [KernelObject] { get }
}
