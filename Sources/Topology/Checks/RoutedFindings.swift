import Addressing
import YAML

extension Topology {
    /// Faults of routed networks: subnets that can't be cut, and hosts that can't route to each other.
    var routedFindings: [Diagnostic] {
        let routed = networks.filter { $0.driver == .routed }
        guard !routed.isEmpty else { return [] }
        let members = hostsByNetwork
        return routed.flatMap { network -> [Diagnostic] in
            guard !hosts.isEmpty else {
                return [
                    Diagnostic(
                        "\(network.title) is routed between hosts, and the file has none",
                        at: network.mark(of: "driver"), hint: "declare them under `hosts:`, or leave `driver` out")
                ]
            }
            let faults = kindFindings(of: network)
            guard faults.isEmpty, let pool = network.pools.first else { return faults }
            return sliceFindings(of: network, pool)
                + carrierFindings(of: network, hosts.filter { members[network.key]?.contains($0.name) ?? false })
        }
    }

    private func kindFindings(of network: Network) -> [Diagnostic] {
        if network.isInternal {
            return [
                Diagnostic(
                    "\(network.title) is internal, and of driver routed", at: network.mark(of: "internal"),
                    hint: "what is routed by the hosts leaves them; leave `internal` out")
            ]
        }
        if network.hasIPv6 || !network.hasIPv4 {
            return [
                Diagnostic(
                    "\(network.title) is of driver routed, which has IPv4 only", at: network.mark(of: "enable_ipv6"),
                    hint: "leave `enable_ipv6` and `enable_ipv4` out")
            ]
        }
        guard let pool = network.pools.first, network.pools.count == 1 else {
            return [
                Diagnostic(
                    "\(network.title) has \(network.pools.count) subnets, and a routed network needs one",
                    at: network.mark(of: "ipam"), hint: "ipam: {config: [{subnet: 10.244.0.0/16}]}")
            ]
        }
        guard pool.range != nil || pool.gateway != nil || !pool.auxiliary.isEmpty else { return [] }
        return [
            Diagnostic(
                "\(network.title) has an ip_range, gateway or aux_addresses", at: pool.mark,
                hint: "leave them out: each host has a slice of the subnet, with a gateway of its own")
        ]
    }

    private func sliceFindings(of network: Network, _ pool: Network.Pool) -> [Diagnostic] {
        guard let length = network.slicePrefixLength, slices(of: network).count < hosts.count else { return [] }
        let room = length < pool.subnet.prefixLength ? 0 : 1 << (length - pool.subnet.prefixLength)
        let key = "weft.routed.prefix"
        return [
            Diagnostic(
                "subnet \(pool.subnet) of \(network.title) has \(room) slices of prefix length \(length) for "
                    + "\(hosts.count) hosts", at: network.marks[key] ?? pool.mark,
                hint: "widen the subnet, or say a longer prefix: `driver_opts: {\(key): …}`")
        ]
    }

    /// What the hosts must have: addresses in one subnet, where each is the other's next hop.
    private func carrierFindings(of network: Network, _ carriers: [Host]) -> [Diagnostic] {
        if let host = carriers.first(where: { !$0.has(.v4) }) {
            return [
                Diagnostic(
                    "\(network.title) is on \(host.title), which has no IPv4 address", at: host.mark(of: "address"),
                    hint: "give it one: the other hosts' routes lead to it")
            ]
        }
        guard let first = carriers.first,
            let other = carriers.first(where: { $0.underlay != first.underlay })
        else { return [] }
        return [
            Diagnostic(
                "\(network.title) is on \(first.title) and \(other.title), which are in different subnets",
                at: network.mark(of: "driver"),
                hint: "a router in between knows none of the routes; give the hosts one subnet, or take driver overlay")
        ]
    }
}

extension Topology.Host {
    /// The subnet of its IPv4 address.
    fileprivate var underlay: Subnet? { addresses.first { $0.address.family == .v4 }?.subnet }
}
