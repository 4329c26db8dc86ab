public import Addressing
public import Planning
public import Topology

extension FirewallObservation {
    /// The topologies that have rules.
    public var topologies: Set<String> { Set(rules.compactMap { $0.rule == nil ? nil : $0.topology }) }

    /// The rules that carry the mark of `topology`, doubled ones included.
    public func owned(by topology: String) -> [KernelObject] {
        rules.filter { $0.topology == topology }.compactMap { $0.rule.map { .rule($0) } }
    }

    /// What there is of tables, built-in chains, our chains and the jumps to them, whoever made it.
    ///
    /// This is the part of `IptablesFirewall.plumbing` that exists, and doubled jumps.
    public var plumbing: [KernelObject] {
        let known = Plumbing.all
        return tables.values.map { .table($0.table) }.filter { known.ids.contains($0.id) }
            + chains.values.map { .chain($0.chain) }.filter { known.ids.contains($0.id) }
            + rules.filter { known.contains($0) }.compactMap { $0.rule.map { .rule($0) } }
    }

    /// A port that a topology publishes.
    public struct PublishedPort: Hashable, Sendable {
        /// Name of the topology.
        public var topology: String
        /// The version of IP that it is published on.
        public var family: IPFamily
        /// The address of the host that it is published on; absent for all.
        public var hostAddress: IPAddress?
        /// The port's protocol.
        public var transport: TransportProtocol
        /// The port on the host.
        public var port: UInt16
    }

    /// The ports that other topologies than `topology` publish.
    public func publishedPorts(except topology: String) -> [PublishedPort] {
        rules.compactMap { observed in
            guard let owner = observed.topology, owner != topology, let rule = observed.rule,
                case .destinationNAT = rule.target, let port = rule.destinationPort,
                let transport = rule.protocol.flatMap(TransportProtocol.init)
            else { return nil }
            return PublishedPort(
                topology: owner, family: rule.table.family, hostAddress: rule.destination?.value.network,
                transport: transport, port: port)
        }
    }
}

extension TransportProtocol {
    fileprivate init?(_ number: Rule.InternetProtocol) {
        switch number {
        case .tcp: self = .tcp
        case .udp: self = .udp
        case .sctp: self = .sctp
        case .icmp, .icmpv6: return nil
        }
    }
}

/// What all topologies share, to be recognised in what there is.
struct Plumbing {
    /// The identities of tables and chains.
    let ids: Set<ObjectID>
    /// The identities of the chains of iptables among them.
    let builtInChains: Set<ObjectID>
    /// The jumps.
    private let jumps: Set<Rule>

    /// That of both families.
    static let all = Plumbing(of: IPFamily.allCases)

    private init(of families: [IPFamily]) {
        let objects = families.flatMap { IptablesFirewall.plumbing($0) }
        ids = Set(objects.map(\.id))
        builtInChains = Set(
            objects.compactMap { object in
                if case .chain(let chain) = object, chain.hook != nil { chain.id } else { nil }
            })
        jumps = Set(
            objects.compactMap { object in
                if case .rule(let rule) = object { rule } else { nil }
            })
    }

    /// Whether the rule is one of the jumps, or doubles one.
    func contains(_ observed: FirewallObservation.ObservedRule) -> Bool {
        guard var rule = observed.rule else { return false }
        rule.occurrence = 0
        return jumps.contains(rule)
    }
}
