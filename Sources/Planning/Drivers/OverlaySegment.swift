import Addressing
import Links
import Topology

/// An Ethernet segment of an overlay as one host has it: `br0` with the gateway's address, `vxlan0`, and the endpoints.
struct OverlaySegment {
    let sandbox: OverlaySandbox
    let overlay: Layout.Network.Overlay
    /// Which of the overlay's segments it is, from 0.
    let number: Int

    private var namespace: Namespace { sandbox.namespace }
    private var bridge: String { "br\(number)" }
    private var tunnel: String { "vxlan\(number)" }
    private var segment: Layout.Network.Overlay.Segment { overlay.segments[number] }

    var objects: [KernelObject] {
        let endpoints = endpoints
        let host = sandbox.host
        let ports = (host == nil ? [] : [tunnelPort]) + endpoints.map(\.port)
        return bridgeObjects(ports: ports) + (host.map(tunnelObjects) ?? []) + endpoints.flatMap(\.objects)
            + endpoints.flatMap(routes).map { .route($0) }
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
            namespace: namespace, name: bridge, kind: .bridge, mac: MACAddress(bridge: "\(sandbox.name)/\(bridge)"),
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

extension OverlaySegment {
    private var tunnelPort: BridgePort { BridgePort(namespace: namespace, link: tunnel, bridge: bridge) }

    private func tunnelObjects(_ host: Layout.Host) -> [KernelObject] {
        [.link(tunnelLink(host)), .port(tunnelPort), .up(LinkUp(namespace: namespace, link: tunnel))]
            + sandbox.network.remotes(on: segment).flatMap(entries)
    }

    /// The tunnel, which lives with the bridge and has its UDP socket on the underlay.
    ///
    /// As in Docker it answers requests for neighbours itself (`proxy`), so that none is flooded. Docker's `learning`,
    /// `l2miss` and `l3miss` stay off: every endpoint has its entry, an entry that is learned could only be a wrong one, and
    /// nobody would hear of a miss.
    private func tunnelLink(_ host: Layout.Host) -> Link {
        var settings = VXLAN(id: segment.identifier, local: host.address(overlay.family))
        settings.port = overlay.port
        settings.learning = false
        settings.proxy = true
        return Link(
            namespace: namespace, name: tunnel, kind: .vxlan(settings), lower: Link.Lower(namespace: .host),
            mac: MACAddress(bridge: "\(sandbox.name)/\(tunnel)"), mtu: overlay.mtu, alias: sandbox.mark.text,
            group: sandbox.mark.linkGroup)
    }

    /// Who has the endpoint's addresses, and on which host that is.
    private func entries(_ remote: Layout.Network.Remote) -> [KernelObject] {
        let forwarding = ForwardingEntry(
            namespace: namespace, link: tunnel, mac: remote.mac, destination: remote.tunnelAddress)
        return remote.addresses.map {
            .neighbour(Neighbour(namespace: namespace, link: tunnel, address: $0.address, mac: remote.mac))
        } + [.forwarding(forwarding)]
    }
}

extension Layout.Network {
    /// The endpoints of other hosts that have their addresses on `segment`.
    fileprivate func remotes(on segment: Overlay.Segment) -> [Remote] {
        guard let overlay, overlay.segments.count > 1 else { return remotes }
        return remotes.filter { remote in
            remote.addresses.contains { address in
                segment.subnets.contains { $0.subnet.contains(address.address) }
            }
        }
    }
}
