import Links
import Topology

extension Layout.Network {
    /// Whether endpoints on one parent reach each other; `nil` where a switch outside decides.
    var connectsOnParent: Bool? {
        switch declaration.deviceOnParent {
        case .macvlan(let macvlan):
            switch macvlan.mode {
            case .bridge: true
            case .private: false
            case .vepa, .passthru: nil
            }
        case .ipvlan(let ipvlan):
            switch ipvlan.flag {
            case .bridge: true
            case .private: false
            case .vepa: nil
            }
        default: nil
        }
    }

    /// Whether endpoints on different hosts meet on what is between the hosts.
    var isOnUnderlay: Bool {
        guard let parent, !declaration.isRoutedByParent else { return false }
        return parent.origin != .dummy
    }
}

/// Which hosts have the endpoints of a macvlan or ipvlan network on one segment, by what their parents are on.
struct ParentSegments {
    private enum Segment: Hashable {
        case underlay(Int?)
        /// What links of a lab join; a real machine knows of the underlay alone.
        case links(Domains.Node)
    }

    /// The segment of each host, by the networks' keys.
    private let segments: [String: [String: Segment]]

    init(of layout: Layout, _ fabric: Layout.Fabric) {
        let networks = layout.networks.filter(\.isOnUnderlay)
        let domains = fabric.played == nil && !networks.isEmpty ? Domains(of: layout) : nil
        segments = Dictionary(
            networks.map { network in
                let places = fabric.hosts.map { host -> (String, Segment) in
                    let base = network.parent?.baseInterface ?? host.interface
                    let joined = domains?.domain(of: .init(container: host.namespace, name: base))
                    let number = fabric.segments.firstIndex { $0.hosts.contains(host.name) }
                    return (host.name, joined.map { .links($0) } ?? .underlay(number))
                }
                return (network.declaration.key, Dictionary(places) { first, _ in first })
            }
        ) { first, _ in first }
    }

    /// Whether the endpoints of `network` on the two hosts are on one segment, as those of an overlay always are.
    func meet(on network: String, _ host: String, _ other: String) -> Bool {
        guard let segments = segments[network] else { return true }
        return segments[host] == segments[other]
    }
}

extension Layout.Network.Parent {
    /// The interface that a VLAN of the parent's is above, or the parent.
    fileprivate var baseInterface: String { if case .vlan(_, let base) = origin { base } else { interface } }
}
