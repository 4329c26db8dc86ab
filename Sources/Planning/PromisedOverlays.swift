import Addressing
import Topology

/// The echoes between stations on different hosts: they meet on networks that span hosts, and nowhere else.
struct DistantEchoes {
    private let sites: [Layout.Site]
    private let whole: Layout
    /// The networks that others' routes lead to, where no rules keep them out.
    private let open: Set<String>
    private let domains: Domains

    init(among sites: [Layout.Site], of whole: Layout, _ firewall: FirewallKind, _ domains: Domains) {
        self.domains = domains
        let routed = whole.networks.filter { $0.routed != nil }.map(\.declaration.key)
        open = firewall == .none ? Set(routed) : []
        self.sites = sites
        self.whole = whole
    }

    var promises: [Promise] {
        guard let fabric = whole.fabric else { return [] }
        let members = HostParts(of: whole, fabric).membersByHost
        return sites.flatMap { site -> [Promise] in
            let stations = Stations(of: site.layout, in: domains)
            let host = site.layout.fabric?.played ?? ""
            let others = fabric.hosts.filter { $0.name != host }.flatMap { members[$0.name] ?? [] }
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
                // A container that another machine has is none that this one could look into.
                let to = fabricIsHere ? Namespace.named(other.remote.container) : nil
                let packet = isToSucceed ? stations.networks[other.network]?.mtu : nil
                return Promise(
                    from: from.namespace, to: to, trial: .echo(target.address, packet: packet),
                    isToSucceed: isToSucceed)
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
        // Out there, where real machines are, somebody may have the address.
        case .gateway, .none: return stations.hasCable(from) || !fabricIsHere ? nil : false
        }
    }
}
