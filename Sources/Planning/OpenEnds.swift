import Links
import Topology

/// Where segments may lead further than `Domains` follows them, so that nobody can say who is not there.
struct OpenEnds {
    /// The nodes there.
    private(set) var nodes: [Domains.Node] = []
    private let tags: Set<UInt16>

    init(of layout: Layout, _ tags: Set<UInt16>) {
        self.tags = tags
        let hosts = layout.fabric.map { $0.hosts.map { Optional($0.name) } } ?? [nil]
        for network in layout.networks { nodes += hosts.map { Domains.node(of: network, on: $0) } }
        // What has a tag passes a network's bridge as well.
        for container in layout.containers {
            for endpoint in container.endpoints {
                add(.init(container: container.name, name: endpoint.interface))
            }
        }
        let kinds = Dictionary(layout.devices.map { ($0.interface, $0.device) }) { first, _ in first }
        for device in layout.devices { add(device, below: device.parent.flatMap { kinds[$0] }) }
    }

    private mutating func add(_ device: Layout.DeviceLink, below: Device?) {
        switch device.device {
        case .macvlan, .ipvlan:
            // They are neighbours of whoever is on the segment of their parent, as their mode has it.
            add(device.interface)
            if let parent = device.parent { add(parent) }
        case .vlan:
            // Tags upon tags are not followed, nor those of what shares another link.
            switch below {
            case .vlan, .macvlan, .ipvlan: add(device.interface)
            default: break
            }
        case .vxlan, .geneve:
            // Forwarding entries lead to others than the other end.
            if device.peer == nil || !device.forwarding.isEmpty { add(device.interface) }
        case .bridge, .dummy, .gre, .ipTunnel, .vrf: break
        }
    }

    private mutating func add(_ interface: Layout.DeviceLink.Interface) {
        nodes.append(.interface(interface, vlan: nil))
        nodes += tags.map { .interface(interface, vlan: $0) }
    }
}
