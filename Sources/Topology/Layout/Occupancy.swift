public import Addressing

/// How much of a subnet is given out.
public struct Occupancy: Hashable, Sendable {
    /// The subnet.
    public var subnet: Subnet
    /// Addresses that are given out or that nobody gets, the gateway's and the subnet's first and last among them.
    public var used: UInt64
    /// Addresses of the range that are free; at most as many as fit the type.
    public var available: UInt64
}

extension Layout.Network {
    /// How much of each of the network's subnets is given out where its endpoints have `addresses`.
    public func occupancy(with addresses: some Sequence<IPAddress>) -> [Occupancy] {
        let addresses = Array(addresses)
        return segments.map { segment in
            let configured = declaration.pools.first { $0.subnet == segment.subnet }
            var pool = AddressPool(segment.subnet, range: configured?.range, gateway: segment.gateway)
            for address in (configured?.auxiliary.values).map(Array.init) ?? [] { _ = pool.take(address) }
            for address in addresses { _ = pool.take(address) }
            return Occupancy(
                subnet: segment.subnet, used: UInt64(pool.takenCount), available: UInt64(clamping: pool.free))
        }
    }
}
