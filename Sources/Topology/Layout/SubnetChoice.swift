import Addressing
import YAML

/// Chooses the subnets of a topology's networks: those of the file, those of earlier runs, then free ones of the pools.
struct SubnetChoice {
    let topology: Topology
    let leases: Leases
    let surroundings: Surroundings

    private(set) var findings: [Diagnostic] = []
    /// Subnets that no network gets any more.
    private var taken = SubnetSet()
    /// Subnets of the machine, which concern networks of one machine alone: overlays are chosen alike on all.
    private var reserved = SubnetSet()

    init(_ topology: Topology, _ leases: Leases, _ surroundings: Surroundings) {
        self.topology = topology
        self.leases = leases
        self.surroundings = surroundings
        taken.insert(topology.networks.flatMap { $0.pools.map(\.subnet) })
        taken.insert(topology.hosts.flatMap { $0.addresses.map(\.subnet) })
    }

    /// The subnets of each network, IPv4 first, by the network's key.
    mutating func pools() -> [String: [AddressPool]] {
        let networks = topology.networks.filter { $0.driver.hasSubnets && !$0.isExternal }
        var subnets: [String: [IPFamily: Subnet]] = [:]
        for network in networks {
            for family in network.familiesWithoutPool {
                if let subnet = earlier(network, family) { subnets[network.key, default: [:]][family] = subnet }
            }
        }
        // A network that runs keeps its subnet even where the machine, seeing it, calls it taken.
        reserved.insert(surroundings.reserved)
        for network in networks {
            for family in network.familiesWithoutPool where subnets[network.key]?[family] == nil {
                if let subnet = next(network, family) { subnets[network.key, default: [:]][family] = subnet }
            }
        }
        let own = networks.map { network in
            let chosen = (subnets[network.key] ?? [:]).values.map { AddressPool($0) }
            let all = network.configuredPools + chosen
            return (network.key, all.filter { $0.subnet.family == .v4 } + all.filter { $0.subnet.family == .v6 })
        }
        let external = surroundings.externalNetworks.map { ($0, $1.network.pools(with: Array($1.taken))) }
        return Dictionary(own + external) { first, _ in first }
    }

    /// The subnet that the network has already.
    private mutating func earlier(_ network: Topology.Network, _ family: IPFamily) -> Subnet? {
        let known = network.isPredefinedBridge ? surroundings.predefinedBridgeSubnets : []
        let candidates = known.isEmpty ? leases.subnets[network.key] ?? [] : known
        guard let subnet = candidates.first(where: { $0.family == family }), isFree(subnet) else { return nil }
        taken.insert(subnet)
        return subnet
    }

    private mutating func next(_ network: Topology.Network, _ family: IPFamily) -> Subnet? {
        let subnet =
            network.isChosenAlike(in: topology)
            ? choices(network, family).first { isFree($0) }
            : choices(network, family).first { isFree($0) && !reserved.overlaps($0) }
        guard let subnet else {
            findings.append(
                Diagnostic(
                    "\(network.title): every default \(family.name) subnet is in use", at: network.mark,
                    hint: "give it a subnet of its own: ipam: {config: [{subnet: …}]}"))
            return nil
        }
        taken.insert(subnet)
        return subnet
    }

    /// Where the subnet may come from, in order.
    private func choices(_ network: Topology.Network, _ family: IPFamily) -> AnySequence<Subnet> {
        guard family == .v4 else { return AnySequence(DefaultPools.v6(topology: topology.name, key: network.key)) }
        if network.driver == .overlay { return AnySequence(DefaultPools.global) }
        let isOwn = network.isPredefinedBridge
        return AnySequence(DefaultPools.v4.lazy.filter { isOwn || $0 != DefaultPools.predefinedBridge })
    }

    private func isFree(_ subnet: Subnet) -> Bool { !taken.overlaps(subnet) }
}

extension Topology.Network {
    /// Families of the network.
    var families: [IPFamily] { (hasIPv4 ? [.v4] : []) + (hasIPv6 ? [.v6] : []) }

    /// Whether each host that lays the topology out must choose the same, whatever else it has.
    fileprivate func isChosenAlike(in topology: Topology) -> Bool {
        driver == .overlay || spansHosts && !topology.hosts.isEmpty
    }

    /// Families whose subnet the file leaves open.
    fileprivate var familiesWithoutPool: [IPFamily] {
        families.filter { family in !pools.contains { $0.subnet.family == family } }
    }
}
