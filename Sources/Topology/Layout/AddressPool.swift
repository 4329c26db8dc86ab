import Addressing

/// The addresses of one subnet: which are taken, and which is the lowest free one.
struct AddressPool {
    let subnet: Subnet
    /// Where addresses come from that nobody asked for by number.
    let range: Subnet
    /// The bridge's own address; `nil` where the subnet has none to spare.
    private(set) var gateway: IPAddress?
    private var taken: Set<IPAddress> = []
    /// Addresses of the range that are free; at most as many as fit the type.
    private(set) var free: UInt128
    /// How many addresses of the subnet are taken.
    var takenCount: Int { taken.count }
    /// Where the search for the next free address goes on: everything of the range before it is taken.
    private var cursor: UInt128 = 0

    /// The pool over `subnet`, of which the gateway and the addresses that name no host are taken.
    ///
    /// The gateway is the lowest free address of the range unless it is given (moby libnetwork/network.go,
    /// ipamAllocateVersion).
    init(_ subnet: Subnet, range: Subnet? = nil, gateway: IPAddress? = nil) {
        self.subnet = subnet
        self.range = range ?? subnet
        let hostBits = UInt128(self.range.hostBits)
        free = hostBits == 128 ? .max : 1 << hostBits
        for address in subnet.unassignable { _ = take(address) }
        if let gateway {
            self.gateway = take(gateway) ? gateway : nil
        } else {
            self.gateway = takeLowest()
        }
    }

    /// Takes `address`, which must lie in the subnet; whether it was free.
    mutating func take(_ address: IPAddress) -> Bool {
        guard subnet.contains(address), taken.insert(address).inserted else { return false }
        if range.contains(address), free > 0 { free -= 1 }
        return true
    }

    /// Takes the lowest free address of the range; `nil` where there is none.
    mutating func takeLowest() -> IPAddress? {
        let last = range.last.bits - range.network.bits
        while free > 0, cursor <= last {
            let address = range.network.advanced(by: cursor)
            cursor += 1
            if take(address) { return address }
        }
        return nil
    }
}

extension Subnet {
    /// Addresses that no interface gets: IPv4's network and broadcast address, unless the prefix is a /31 or /32
    /// (RFC 3021), and IPv6's subnet-router anycast address (RFC 4291 §2.6.1).
    ///
    /// Source: moby ipams/defaultipam/allocator.go, newPoolData.
    var unassignable: [IPAddress] {
        if family == .v6 { return [network] }
        return hostBits > 1 ? [network, last] : []
    }
}

extension Topology.Network {
    /// The configured subnets with their gateways and auxiliary addresses taken, in file order.
    var configuredPools: [AddressPool] {
        pools.map { pool in
            var addresses = AddressPool(pool.subnet, range: pool.range, gateway: pool.gateway)
            for address in pool.auxiliary.values { _ = addresses.take(address) }
            return addresses
        }
    }
}
