import Addressing
import YAML

extension Topology {
    /// Faults of routed networks: subnets that can't be cut, hosts that can't reach each other, and tunnels that can't be told apart.
    var routedFindings: [Diagnostic] {
        // Of a network whose description is faulty itself no more is said.
        let routed = networks.filter { $0.routed != nil }
        guard !routed.isEmpty else { return [] }
        let members = hostsByNetwork
        let own = routed.flatMap { network -> [Diagnostic] in
            guard !hosts.isEmpty else {
                return [
                    Diagnostic(
                        "\(network.title) is routed between hosts, and the file has none",
                        at: network.mark(of: "driver"), hint: "declare them under `hosts:`, or leave `driver` out")
                ]
            }
            let carriers = hosts.filter { members[network.key]?.contains($0.name) ?? false }
            let faults = subnetFindings(of: network)
            return (faults.isEmpty ? sliceFindings(of: network) : faults) + keyFindings(of: network)
                + carrierFindings(of: network, carriers)
        }
        return own + sharedKeys(of: routed) + sharedEnds(of: routed, members)
    }

    private func subnetFindings(of network: Network) -> [Diagnostic] {
        for family in network.families {
            let count = network.pools.count { $0.subnet.family == family }
            guard count != 1 else { continue }
            let example = family == .v4 ? "10.244.0.0/16" : "\"fd00:10:244::/48\""
            return [
                Diagnostic(
                    "\(network.title) has \(count) \(family.name) subnets, and a routed network needs one",
                    at: network.mark(of: "ipam"), hint: "ipam: {config: [{subnet: \(example)}]}")
            ]
        }
        let chosen = network.pools.first { $0.range != nil || $0.gateway != nil || !$0.auxiliary.isEmpty }
        return chosen.map {
            [
                Diagnostic(
                    "\(network.title) has an ip_range, gateway or aux_addresses", at: $0.mark,
                    hint: "leave them out: each host has a slice of the subnet, with a gateway of its own")
            ]
        } ?? []
    }

    private func sliceFindings(of network: Network) -> [Diagnostic] {
        network.pools.compactMap { pool in
            let room = network.room(in: pool.subnet)
            guard let routed = network.routed, room < hosts.count else { return nil }
            let family = pool.subnet.family
            let key = family == .v4 ? "weft.routed.prefix" : "weft.routed.prefix_ipv6"
            return Diagnostic(
                "subnet \(pool.subnet) of \(network.title) has room for \(room) of \(hosts.count) hosts, with slices of "
                    + "prefix length \(routed.prefixLength(family))", at: network.marks[key] ?? pool.mark,
                hint: "widen the subnet, or say a longer prefix: `driver_opts: {\(key): …}`")
        }
    }

    private func keyFindings(of network: Network) -> [Diagnostic] {
        guard let routed = network.routed, routed.key != nil, routed.backend != .gre else { return [] }
        return [
            Diagnostic(
                "\(network.title) has a key, and its backend \(routed.backend.rawValue) has none",
                at: network.mark(of: "weft.routed.key"), hint: "leave it out, or use backend gre")
        ]
    }

    /// What the hosts must have to reach each other.
    private func carrierFindings(of network: Network, _ carriers: [Host]) -> [Diagnostic] {
        guard let routed = network.routed else { return [] }
        switch routed.backend {
        case .hostGateway:
            return network.families.lazy.compactMap { nextHopFinding(of: network, carriers, $0) }.first.map { [$0] }
                ?? []
        case .ipip:
            if let finding = missingAddress(of: network, carriers, .v4, "backend gre goes over IPv6 as well") {
                return [finding]
            }
        case .gre: break
        }
        return tunnelFindings(of: network, on: carriers, overhead: routed.overhead)
    }

    /// Without tunnels hosts must have addresses in one subnet, where each is the other's next hop.
    private func nextHopFinding(of network: Network, _ carriers: [Host], _ family: IPFamily) -> Diagnostic? {
        let tunnels = "`driver_opts: {weft.routed.backend: gre}`"
        if let finding = missingAddress(of: network, carriers, family, "or take tunnels: \(tunnels)") { return finding }
        guard let first = carriers.first,
            let other = carriers.first(where: { $0.underlay(family) != first.underlay(family) })
        else { return nil }
        return Diagnostic(
            "\(network.title) is on \(first.title) and \(other.title), which are in different subnets",
            at: network.marks["weft.routed.backend"] ?? network.mark(of: "driver"),
            hint: "a router in between knows none of the routes; take tunnels, \(tunnels), or give the hosts one subnet"
        )
    }

    private func missingAddress(
        of network: Network, _ carriers: [Host], _ family: IPFamily, _ alternative: String
    ) -> Diagnostic? {
        carriers.first { !$0.has(family) }.map {
            Diagnostic(
                "\(network.title) is on \($0.title), which has no \(family.name) address", at: $0.mark(of: "address"),
                hint: "give it one, to which the other hosts' routes lead; \(alternative)")
        }
    }
}

extension Topology {
    private func sharedKeys(of routed: [Network]) -> [Diagnostic] {
        var owners = Uses<UInt32>()
        return routed.compactMap { network in
            guard let key = network.routed?.key, let owner = owners.claim(key, for: network.title) else { return nil }
            return Diagnostic(
                "key \(key) of \(network.title) is also that of \(owner)", at: network.mark(of: "weft.routed.key"),
                hint: "networks are kept apart by it, so each needs its own; without one it is chosen")
        }
    }

    /// Two networks with tunnels between the same hosts, and nothing to tell their packets apart by.
    private func sharedEnds(of routed: [Network], _ members: [String: Set<String>]) -> [Diagnostic] {
        let keyless = routed.filter { $0.routed?.backend == .ipip }
        return keyless.indices.compactMap { index in
            let network = keyless[index]
            let own = members[network.key] ?? []
            let other = keyless[..<index].first { (members[$0.key] ?? []).intersection(own).count > 1 }
            return other.map {
                Diagnostic(
                    "\(network.title) and \($0.title) both have ipip tunnels between the same hosts",
                    at: network.mark(of: "weft.routed.backend"),
                    hint: "nothing tells their packets apart; backend gre has keys")
            }
        }
    }
}

extension Topology.Host {
    /// The subnet of its address of `family`.
    fileprivate func underlay(_ family: IPFamily) -> Subnet? { addresses.first { $0.address.family == family }?.subnet }
}
