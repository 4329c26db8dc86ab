import Addressing
import Links
import Topology

/// Docker's macvlan and ipvlan: `eth0` of each sandbox is made upon an interface of the host, without bridge or firewall.
///
/// The host itself and the endpoints do not reach each other: the kernel keeps a parent and what shares it apart.
enum ParentDriver: Driver {
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject] {
        guard let parent = network.parent, let device = network.declaration.deviceOnParent else { return [] }
        let mark = OwnershipMark(topology: layout.name, part: network.declaration.key)
        return (network.maker == nil ? made(parent, mark) : [])
            + layout.containers.filter(\.hasInterfaces).flatMap { container in
                container.endpoints.filter { $0.network == network.declaration.key }.flatMap { endpoint in
                    let namespace = container.namespace ?? .named(container.name)
                    let link = Link(
                        namespace: namespace, name: endpoint.interface, kind: .device(device),
                        lower: .init(namespace: .host, link: parent.interface),
                        mac: device.hasOwnAddress ? endpoint.mac : nil, mtu: network.declaration.mtu, alias: mark.text,
                        alternativeName: name(of: endpoint, of: container, in: namespace), group: mark.linkGroup)
                    let inside = SandboxInterface(endpoint: endpoint, network: network, namespace: namespace)
                    return [.link(link)] + inside.objects(after: [LinkUp.id(.host, parent.interface)])
                }
            }
    }

    /// The parent, where it is the network's.
    private static func made(_ parent: Layout.Network.Parent, _ mark: OwnershipMark) -> [KernelObject] {
        let device: Device
        var below: String?
        switch parent.origin {
        case .existing: return []
        case .dummy: device = .dummy(Dummy())
        case .vlan(let id, let base):
            device = .vlan(VLAN(id: id))
            below = base
        }
        let link = Link(
            namespace: .host, name: parent.interface, kind: .device(device),
            lower: .init(namespace: .host, link: below),
            mtu: nil, alias: mark.text, group: mark.linkGroup)
        // A VLAN's interface can't be up before the one below it.
        let up = LinkUp(
            namespace: .host, link: parent.interface, after: below.map { [LinkUp.id(.host, $0)] } ?? [])
        return [.link(link), .up(up)]
    }

    /// Tells whose interface it is, where the namespace has not the container's name.
    private static func name(
        of endpoint: Layout.Endpoint, of container: Layout.Container, in namespace: Namespace
    ) -> String? {
        guard namespace != .named(container.name) else { return nil }
        return BridgedEndpoint.alternativeName("\(container.name).\(endpoint.interface)")
    }
}

extension Device {
    /// Whether the link has an Ethernet address of its own; the others have their parent's.
    fileprivate var hasOwnAddress: Bool {
        if case .macvlan(let macvlan) = self { macvlan.mode != .passthru } else { false }
    }
}
