import Addressing
import Links
import YAML

/// Interfaces that carry IP packets alone, where something needs their Ethernet frames.
///
/// The kernel takes none of them for a bridge's port (`br_add_if`, net/bridge/br_if.c), nor for what a VLAN, macvlan or ipvlan
/// is made upon, and gives no more of a reason than `EINVAL`.
struct FramelessInterfaces {
    private struct Interface: Hashable {
        var container: String
        var name: String
    }

    private struct Use {
        var interface: Interface
        var text: String
        var mark: Mark
    }

    /// Kinds of the interfaces that have no frames.
    private var kinds: [Interface: String] = [:]
    private var uses: [Use] = []

    /// Looks at a link whose ends are in the sandboxes `containers`, and its parent's interface in `parent`.
    mutating func add(_ link: Topology.DeviceLink, in containers: [String], parent: String?) {
        for (end, container) in zip(link.ends, containers) where !link.device.isEthernet {
            kinds[Interface(container: container, name: end.interface)] = link.device.kind
        }
        guard let container = containers.first else { return }
        switch link.device {
        case .bridge:
            uses += link.ports.map { port in
                Use(
                    interface: .init(container: container, name: port.interface), text: "port of a bridge",
                    mark: port.mark)
            }
        case .vlan, .macvlan, .ipvlan:
            guard let below = link.parent else { return }
            let text = "parent of \(linkTitle(link.device.kind))"
            uses.append(
                Use(
                    interface: .init(container: parent ?? container, name: below.interface), text: text,
                    mark: below.mark))
        case .dummy, .geneve, .gre, .ipTunnel, .vrf, .vxlan: return
        }
    }

    /// The uses of what has no frames, wherever in the file the links are.
    var findings: [Diagnostic] {
        uses.compactMap { use in
            kinds[use.interface].map { kind in
                Diagnostic(
                    "\(quoted(use.interface.name)) is \(linkTitle(kind)) and no \(use.text): it has no Ethernet header",
                    at: use.mark, hint: "\(Self.substitute(for: kind)) has one")
            }
        }
    }

    /// The kind of tunnel that carries frames where `kind` does not.
    private static func substitute(for kind: String) -> String {
        (GRE.Variant(rawValue: kind)?.family == .v6 ? GRE.Variant.ip6gretap : .gretap).rawValue
    }
}
