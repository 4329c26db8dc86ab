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
        pools(with: Array(addresses)).map { pool in
            Occupancy(subnet: pool.subnet, used: UInt64(pool.takenCount), available: UInt64(clamping: pool.free))
        }
    }
}
