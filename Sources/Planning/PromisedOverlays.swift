import Addressing
import Topology

/// The echoes between stations on different hosts: they meet on networks that span hosts, and nowhere else.
struct DistantEchoes {
    private let sites: [Layout.Site]
    private let whole: Layout
    /// The networks that others' routes lead to: those that the hosts are on too, and where no rules keep them out the routed ones.
    private let open: Set<String>
    private let domains: Domains

    init(among sites: [Layout.Site], of whole: Layout, _ firewall: FirewallKind, _ domains: Domains) {
        self.domains = domains
        open = Set(
            whole.networks.filter { $0.parent != nil || $0.routed != nil && firewall == .none }.map(\.declaration.key))
        self.sites = sites
        self.whole = whole
    }

    var promises: [Promise] {
        guard let fabric = whole.fabric else { return [] }
        let parts = HostParts(of: whole, fabric)
        let members = parts.membersByHost
        return sites.flatMap { site -> [Promise] in
            let stations = Stations(of: site.layout, in: domains)
            let host = site.layout.fabric?.played ?? ""
            let others = fabric.hosts.filter { $0.name != host }.flatMap { other in
                (members[other.name] ?? []).filter { parts.meet(on: $0.network, host, other.name) }
            }
            return stations.all.flatMap { from in
                others.flatMap { other in echoes(from: from, to: other, stations) }
            }
        }
    }

    private func echoes(
        from: Station, to other: (network: String, remote: Layout.Network.Remote), _ stations: Stations
    ) -> [Promise] {
        other.remote.addresses.compactMap { target in
            isReachable(target.address, on: other.network, from: from, stations).map { isToSucceed in
                let packet = isToSucceed ? stations.networks[other.network]?.mtu : nil
                var promise = Promise(
                    from: from.namespace, to: nil, trial: .echo(target.address, packet: packet),
                    isToSucceed: isToSucceed)
                // A container that another machine has is none that this one could look into.
                if fabricIsHere {
                    promise.to = .named(other.remote.container)
                } else {
                    promise.distant = other.remote.container
                }
                return promise
            }
        }
    }

    private var fabricIsHere: Bool { whole.fabric?.played == nil }

    private func isReachable(
        _ address: IPAddress, on network: String, from: Station, _ stations: Stations
    ) -> Bool? {
        // To the overlay's other subnets there are routes.
        if from.isAttached(to: .network(network), in: address.family) { return true }
        switch from.way(to: address) {
        case .direct(let segment): return stations.isKnownToLack(address, segment) ? false : nil
        case .ambiguous: return nil
        case .gateway where open.contains(network): return nil
        case .gateway, .none:
            // Out there, where real machines are, somebody may have the address.
            let mayBeElsewhere = !fabricIsHere && from.leavesHost(in: address.family)
            return stations.hasCable(from) || from.isJoined || mayBeElsewhere ? nil : false
        }
    }
}
