import Addressing

extension Topology.Network {
    /// How many hosts can have a slice of `subnet`, which is of a routed network.
    func room(in subnet: Subnet) -> Int {
        guard let routed else { return 0 }
        let length = routed.prefixLength(subnet.family)
        guard length >= subnet.prefixLength else { return 0 }
        // No file has more hosts than that.
        return 1 << min(length - subnet.prefixLength, 32)
    }

    /// The part of `subnet` that the host of that place in the file has; there is room for it.
    fileprivate func slice(_ number: Int, of subnet: Subnet) -> AddressPool? {
        guard let length = routed?.prefixLength(subnet.family) else { return nil }
        let first = subnet.network.advanced(by: UInt128(number) << UInt128(subnet.family.bitWidth - length))
        return Subnet(containing: first, prefixLength: length).map { AddressPool($0) }
    }
}

extension Topology.Network {
    /// What the first `count` hosts have of a routed network, IPv4 first; none of other networks, and no more than there is room
    /// for.
    func slices(count: Int) -> [[AddressPool]] {
        guard routed != nil else { return [] }
        let subnets = pools.map(\.subnet).sorted()
        let room = subnets.map { self.room(in: $0) }.min() ?? 0
        return (0..<min(count, room)).map { number in subnets.compactMap { slice(number, of: $0) } }
    }
}

extension Topology {
    /// The slices of a routed network that each host has, in file order.
    ///
    /// They follow from the host's place in the file alone, so that a service may move without moving others' addresses.
    func slices(of network: Network) -> [(host: Host, pools: [AddressPool])] {
        zip(hosts, network.slices(count: hosts.count)).map { (host: $0, pools: $1) }
    }

    /// Where the addresses of endpoints of `network` on `host` come from.
    func pools(of network: Network, on host: String?) -> [AddressPool] {
        slices(of: network).first { $0.host.name == host }?.pools ?? network.configuredPools
    }
}
