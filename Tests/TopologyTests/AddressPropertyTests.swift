import Addressing
import Testing
import Topology

@Suite struct AddressPropertyTests {
    private static let steps = 40

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `what runs keeps its subnets, addresses and ports while the file changes around it`(_ seed: UInt64) throws {
        var random = RandomTopology(seed: seed)
        var before = try layout(random.topology, Leases())
        var kept = 0
        for _ in 0..<Self.steps {
            random.change()
            let after = try layout(random.topology, before.leases)
            let containers = Dictionary(uniqueKeysWithValues: before.containers.map { ($0.name, $0) })
            let networks = Dictionary(uniqueKeysWithValues: before.networks.map { ($0.declaration.key, $0.segments) })
            let moved =
                after.networks.filter { networks[$0.declaration.key] ?? $0.segments != $0.segments }.map(\.name)
                + after.containers.filter { container in
                    guard let running = containers[container.name] else { return false }
                    return running.endpoints != container.endpoints || running.ports != container.ports
                }.map(\.name)
            #expect(moved.isEmpty)
            kept += after.containers.count { containers[$0.name] != nil }
            before = after
        }
        #expect(kept > Self.steps)
    }

    @Test(arguments: 100..<112 as Range<UInt64>)
    func `no two endpoints of a network have the same address, and all lie in its subnets`(_ seed: UInt64) throws {
        var random = RandomTopology(seed: seed)
        var leases = Leases()
        for _ in 0..<Self.steps {
            random.change()
            let layout = try layout(random.topology, leases)
            leases = layout.leases
            #expect(faults(of: layout).isEmpty)
        }
    }

    @Test(arguments: 200..<206 as Range<UInt64>)
    func `the same file with the same leases gives the same layout`(_ seed: UInt64) throws {
        var random = RandomTopology(seed: seed)
        for _ in 0..<Self.steps {
            random.change()
            let once = try layout(random.topology, Leases())
            let again = try layout(random.topology, Leases())
            let leased = try layout(random.topology, once.leases)
            #expect(again == once)
            #expect(leased == once)
        }
    }

    private func layout(_ topology: Topology, _ leases: Leases) throws -> Layout {
        try Layout(of: topology, leases: leases, surroundings: Surroundings())
    }

    /// What is wrong with `layout`, whatever it was made of.
    private func faults(of layout: Layout) -> [String] {
        let subnets = layout.networks.flatMap { $0.segments.map(\.subnet) }.sorted()
        var faults = zip(subnets, subnets.dropFirst()).filter { $0.overlaps($1) }.map { "\($0) overlaps \($1)" }
        for network in layout.networks {
            let endpoints = layout.containers.flatMap(\.endpoints).filter { $0.network == network.declaration.key }
            let addresses = endpoints.flatMap(\.addresses)
            if Set(addresses.map(\.address)).count < addresses.count {
                faults.append("\(network.name): an address twice")
            }
            if Set(endpoints.map(\.mac)).count < endpoints.count { faults.append("\(network.name): a MAC twice") }
            faults += addresses.filter { !network.canHold($0) }.map { "\(network.name): \($0)" }
            let families = network.segments.map(\.subnet.family)
            faults += endpoints.filter { $0.addresses.map(\.address.family) != families }.map { "families of \($0)" }
        }
        let ports = layout.containers.flatMap(\.ports).map { [UInt($0.published), $0.address.family == .v4 ? 4 : 6] }
        return faults + (Set(ports).count < ports.count ? ["a port is published twice"] : [])
    }
}

extension Layout.Network {
    /// Whether an endpoint may have `address`.
    fileprivate func canHold(_ address: InterfaceAddress) -> Bool {
        guard let segment = segments.first(where: { $0.subnet == address.subnet }) else { return false }
        let pool = declaration.pools.first { $0.subnet == segment.subnet }
        let isHost =
            address.address != segment.subnet.network
            && (segment.subnet.family == .v6 || address.address != segment.subnet.last)
        return isHost && address.address != segment.gateway
            && !(pool?.auxiliary.values.contains(address.address) ?? false)
            && pool?.range?.contains(address.address) ?? true
    }
}
