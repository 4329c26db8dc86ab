import Addressing
import YAML

extension Topology {
    /// Subnets of the file that share addresses where they must not.
    ///
    /// Bridges of one machine are all in its routing table. Overlays have tables of their own, so that tenants may have the same
    /// subnet, unless a container is on both networks or the hosts themselves have addresses there.
    var overlapFindings: [Diagnostic] {
        let local = networks.filter { $0.driver != .overlay }
        var findings = overlaps(among: local, "networks of one machine need subnets of their own")
        findings += networks.filter { $0.driver == .overlay }.flatMap { overlaps(among: [$0], nil) }
        var known: Set<Set<String>> = []
        let declared = networksByKey
        for service in services {
            let own = service.mode.attachments.compactMap { declared[$0.network] }
            guard own.contains(where: { $0.driver == .overlay }), known.insert(Set(own.map(\.key))).inserted else {
                continue
            }
            findings += overlaps(among: own, "\(service.title) is on both, so they need subnets of their own").filter {
                finding in !findings.contains(finding)
            }
        }
        return findings + underlayOverlaps
    }

    /// Networks whose addresses are also those of the underlay, where replies to hosts would go astray.
    private var underlayOverlaps: [Diagnostic] {
        let underlay = Set(hosts.flatMap { $0.addresses.map(\.subnet) }).sorted()
        return networks.filter { !$0.driver.sharesParent }.flatMap { network in
            network.pools.compactMap { pool in
                underlay.first { $0.overlaps(pool.subnet) }.map {
                    Diagnostic(
                        "subnet \(pool.subnet) of \(network.title) overlaps \($0) of the hosts", at: pool.mark,
                        hint: "give the network another subnet")
                }
            }
        }
    }

    /// Each subnet is compared with the one that reaches furthest before it.
    private func overlaps(among networks: [Network], _ hint: String?) -> [Diagnostic] {
        let all = networks.flatMap { network in network.pools.map { (network: network, pool: $0) } }
        let sorted = all.enumerated().sorted {
            ($0.element.pool.subnet, $0.offset) < ($1.element.pool.subnet, $1.offset)
        }
        var findings: [Diagnostic] = []
        var widest: (offset: Int, element: (network: Network, pool: Network.Pool))?
        for next in sorted {
            defer {
                if widest.map({ $0.element.pool.subnet.last < next.element.pool.subnet.last }) ?? true { widest = next }
            }
            guard let widest, widest.element.pool.subnet.overlaps(next.element.pool.subnet) else { continue }
            let (first, second) =
                widest.offset < next.offset ? (widest.element, next.element) : (next.element, widest.element)
            let other =
                first.network.key == second.network.key
                ? "of the same network" : "of \(first.network.title)"
            findings.append(
                Diagnostic(
                    "subnet \(second.pool.subnet) of \(second.network.title) overlaps \(first.pool.subnet) \(other)",
                    at: second.pool.mark, hint: hint))
        }
        return findings
    }
}
