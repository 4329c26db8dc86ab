import Addressing
import Links
import Topology

/// The tunnels of a segment in GRE: one to each other host that the network is on, told from other segments' by its key.
///
/// Every host has one to every other, so that a frame has only one tunnel to pass, and must not pass another: the ports are
/// isolated from each other, which leaves no loop and needs no spanning tree. A segment without endpoints on a host has its
/// tunnels there too: the host may route to it from another.
///
/// As over VXLAN, nothing is asked or learned of endpoints that the file tells of. Their Ethernet addresses are static
/// entries of the bridge, and their IP addresses permanent neighbours on it, from which it answers in their place
/// (`neigh_suppress`). That also keeps questions for the gateway, an address that every host's bridge has, from the others.
/// A port that learned could move a static entry, as the kernel lets a station roam (`br_fdb_update`, net/bridge/br_fdb.c).
/// What nobody knows is flooded to all hosts.
struct GRETunnels: OverlayTunnels {
    let segment: OverlaySegment
    let host: Layout.Host

    private var namespace: Namespace { segment.namespace }

    /// Names of the other hosts and where they take frames, in the order of their endpoints.
    private var others: [(host: String, address: IPAddress)] {
        var known: Set<String> = []
        return segment.sandbox.network.remotes.filter { known.insert($0.host).inserted }.map {
            ($0.host, $0.tunnelAddress)
        }
    }

    var ports: [BridgePort] {
        others.map { other in
            var port = BridgePort(namespace: namespace, link: name(to: other.host), bridge: segment.bridge)
            port.isIsolated = true
            port.isLearning = false
            port.suppressesNeighbours = true
            return port
        }
    }

    var objects: [KernelObject] {
        let links = others.flatMap { other -> [KernelObject] in
            let link = link(to: other.host, at: other.address)
            // The tunnel is no station: what it asked and reported for an address of its own would go to the other host.
            let quiet = Sysctl.interface(namespace, link.name, family: "ipv6", "disable_ipv6", "1")
            let up = LinkUp(namespace: namespace, link: link.name, after: [quiet.id])
            return [.link(link), .sysctl(quiet), .up(up)]
        }
        return links + ports.map { .port($0) } + segment.remotes.flatMap(entries)
    }

    /// The tunnel's name, such as `gre0-1a2b3c4d5e`, of 15 bytes.
    ///
    /// Hosts may have long names; and the kernel's own `gretap0` must not be met on the underlay, where the link is born.
    private func name(to host: String) -> String {
        let start = "gre\(segment.number)-"
        return start + StableHash.hex(host, digits: 15 - start.utf8.count)
    }

    /// The tunnel, which lives with the bridge and sends on the underlay.
    private func link(to other: String, at address: IPAddress) -> Link {
        let overlay = segment.overlay
        var settings = GRE(
            overlay.family == .v4 ? .gretap : .ip6gretap, local: host.address(overlay.family), remote: address,
            key: segment.segment.identifier)
        // That of the inner packet would not bring one for the link alone, of 1 hop, past a router between the hosts.
        settings.ttl = 64
        var link = segment.tunnelLink(name(to: other), .gre(settings))
        link.alternativeName = BridgedEndpoint.alternativeName("gretap\(segment.number).\(other)")
        return link
    }

    /// Who has the endpoint's addresses, and which tunnel leads there.
    private func entries(_ remote: Layout.Network.Remote) -> [KernelObject] {
        let entry = ForwardingEntry(
            namespace: namespace, link: name(to: remote.host), mac: remote.mac, holder: .bridge)
        return remote.addresses.map {
            .neighbour(Neighbour(namespace: namespace, link: segment.bridge, address: $0.address, mac: remote.mac))
        } + [.forwarding(entry)]
    }
}
