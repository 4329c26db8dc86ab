import Addressing
import Topology

/// Docker's overlay: a namespace with a bridge and a tunnel for each subnet, where the endpoints of this host are ports.
///
/// There is no control plane: what is to be known of the endpoints on other hosts is written down as permanent entries, and
/// the data path needs nothing that is alive.
enum OverlayDriver: Driver {
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject] {
        guard let overlay = network.overlay else { return [] }
        let sandbox = OverlaySandbox(network: network, layout: layout)
        return sandbox.objects
            + overlay.segments.indices.flatMap {
                OverlaySegment(sandbox: sandbox, overlay: overlay, number: $0).objects
            }
    }
}

/// The namespace that holds an overlay's bridges and tunnels on one host (moby `drivers/overlay/ov_network.go`).
struct OverlaySandbox {
    let network: Layout.Network
    let layout: Layout

    /// The host that this is on, if there is more than this machine.
    var host: Layout.Host? { layout.fabric.flatMap { $0.host($0.played) } }
    var name: String { layout.sandboxName(of: network) }
    var namespace: Namespace { .named(name) }
    /// The mark of the links, which belong to the network.
    var mark: OwnershipMark { OwnershipMark(topology: layout.name, part: network.declaration.key) }

    var objects: [KernelObject] {
        let mark = OwnershipMark.overlay(network.declaration.key, on: host?.name, of: layout.name)
        return [.namespace(NamespaceObject(name: name, alias: mark.text))] + forwarding
    }

    /// The sandbox routes between the network's subnets, and is else no router.
    private var forwarding: [KernelObject] {
        let isRouter = (network.overlay?.segments.count ?? 0) > 1
        return [
            .sysctl(
                Sysctl(namespace: namespace, path: ["net", "ipv4", "ip_forward"], value: isRouter ? "1" : "0"))
        ]
    }
}
