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

/// Which macvlan and ipvlan networks are one on all their hosts, by the segments that their parents are on.
struct ParentSegments {
    private let layout: Layout
    private let fabric: Layout.Fabric
    /// What the links of a lab join; `nil` on a real machine, which knows of the underlay alone, and where nobody asks.
    private let domains: Domains?

    init(of layout: Layout, _ fabric: Layout.Fabric) {
        self.layout = layout
        self.fabric = fabric
        let isAsked = fabric.played == nil && layout.networks.contains(where: \.isOnUnderlay)
        domains = isAsked ? Domains(of: layout) : nil
    }

    /// Whether the endpoints of `network` on different hosts are on one segment.
    func connect(_ network: Layout.Network) -> Bool {
        guard network.isOnUnderlay, let parent = network.parent else { return false }
        guard let domains else { return fabric.segments.count == 1 }
        let base = if case .vlan(_, let base) = parent.origin { base } else { parent.interface }
        let members = layout.containers.filter { container in
            container.endpoints.contains { $0.network == network.declaration.key }
        }
        let hosts = Set(members.compactMap(\.host)).compactMap { fabric.host($0) }
        return Set(hosts.map { domains.domain(of: .init(container: $0.namespace, name: base)) }).count == 1
    }
}
