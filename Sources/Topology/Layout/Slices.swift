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

extension Topology {
    /// The slices of a routed network that each host has, IPv4 first, in file order; none of other networks, and no more than
    /// there is room for.
    ///
    /// They follow from the host's place in the file alone, so that a service may move without moving others' addresses.
    func slices(of network: Network) -> [(host: Host, pools: [AddressPool])] {
        guard network.routed != nil else { return [] }
        let subnets = network.pools.map(\.subnet).sorted()
        let room = subnets.map { network.room(in: $0) }.min() ?? 0
        return hosts.prefix(room).enumerated().map { number, host in
            (host, subnets.compactMap { network.slice(number, of: $0) })
        }
    }

    /// Where the addresses of endpoints of `network` on `host` come from.
    func pools(of network: Network, on host: String?) -> [AddressPool] {
        slices(of: network).first { $0.host.name == host }?.pools ?? network.configuredPools
    }
}
