import Addressing
import Links
import Topology

/// The VXLAN of a segment, which leads to all other hosts.
struct VXLANTunnels: OverlayTunnels {
    let segment: OverlaySegment
    let host: Layout.Host

    private var namespace: Namespace { segment.namespace }
    private var tunnel: String { "vxlan\(segment.number)" }

    var ports: [BridgePort] { [BridgePort(namespace: namespace, link: tunnel, bridge: segment.bridge)] }

    var objects: [KernelObject] {
        [.link(link)] + ports.map { .port($0) } + [.up(LinkUp(namespace: namespace, link: tunnel))]
            + segment.remotes.flatMap(entries)
    }

    /// The tunnel, which lives with the bridge and has its UDP socket on the underlay.
    ///
    /// As in Docker it answers requests for neighbours itself (`proxy`), so that none is flooded. Docker's `learning`,
    /// `l2miss` and `l3miss` stay off: every endpoint has its entry, an entry that is learned could only be a wrong one, and
    /// nobody would hear of a miss.
    private var link: Link {
        var settings = VXLAN(id: segment.segment.identifier, local: host.address(segment.overlay.family))
        settings.port = segment.overlay.port
        settings.learning = false
        settings.proxy = true
        return segment.tunnelLink(tunnel, .vxlan(settings))
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
