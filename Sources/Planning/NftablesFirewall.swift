public import Addressing
import Topology

/// The same firewall as `IptablesFirewall` in tables of its own, where a packet meets the same few rules however many networks
/// and ports there are: what differs from one to the next is in sets and maps.
///
/// All topologies share the tables `ip weft` and `ip6 weft`; each has its elements. The chain `user` is evaluated first and is
/// the user's.
public enum NftablesFirewall {
    /// The name of our tables.
    public static let tableName = NftablesTable.name

    /// What all topologies share in `family`: the table, its chains, sets and maps, and all rules.
    public static func plumbing(_ family: IPFamily) -> [KernelObject] { NftablesTable(family).plumbing }

    static func objects(for layout: Layout) -> [KernelObject] {
        let networks = layout.networks.filter { $0.declaration.driver.hasBridge }
        let families = IPFamily.allCases.filter { family in
            networks.contains { $0.segments.contains { $0.subnet.family == family } }
                || layout.containers.contains { $0.ports.contains { $0.clientFamily == family } }
        }
        return families.flatMap { family in
            let table = NftablesTable(family)
            return table.plumbing
                + networks.flatMap { network in
                    network.segments.filter { $0.subnet.family == family }.flatMap { segment in
                        SegmentElements(
                            policy: SegmentPolicy(segment, of: network, in: layout),
                            bridgeOwner: network.declaration.isPredefinedBridge
                                ? OwnershipMark.sharedTopology : layout.name,
                            topology: layout.name, table: table
                        ).elements
                    }.map { .element($0) }
                }
        }
    }
}

/// Our table of one family.
struct NftablesTable {
    let family: IPFamily
    let table: Table

    init(_ family: IPFamily) {
        self.family = family
        table = Table(family, Self.name)
    }

    static let name = "weft"

    private func named(
        _ name: String, _ key: [NamedSet.Field], _ values: NamedSet.Values? = nil, hasRanges: Bool = false
    ) -> NamedSet {
        NamedSet(table, name, key: key, values: values, hasRanges: hasRanges)
    }

    /// Bridges of networks that are not internal.
    var bridges: NamedSet { named("bridges", [.interface]) }
    /// Pairs of the bridge of an internal network and itself: whether endpoints on it reach one another.
    var sameInternalBridge: NamedSet { named("same-internal-bridge", [.interface, .interface], .verdicts) }
    /// Pairs of an open bridge and itself where endpoints reach one another only by published ports.
    var closedBridges: NamedSet { named("closed-bridges", [.interface, .interface]) }
    /// Bridges with a protocol that may go into them from everywhere.
    var openProtocols: NamedSet { named("open-protocols", [.interface, .transport]) }
    /// Pairs of an open bridge and itself: whether endpoints on it reach one another.
    var sameBridge: NamedSet { named("same-bridge", [.interface, .interface], .verdicts) }
    /// Bridges of internal networks.
    var internalBridges: NamedSet { named("internal-bridges", [.interface]) }
    /// What becomes of what goes into an open bridge from elsewhere and is not published.
    var intoBridge: NamedSet { named("into-bridge", [.interface], .verdicts) }
    /// Ports of endpoints that are published, with the bridges that lead there.
    var published: NamedSet { named("published", [.interface, .address, .transport, .port]) }
    /// Where a port of one of the host's addresses leads.
    var addressForwards: NamedSet { named("address-forwards", [.address, .transport, .port], .destinations) }
    /// Where a port of all of the host's addresses leads.
    var portForwards: NamedSet { named("port-forwards", [.transport, .port], .destinations) }
    /// Ports of loopback addresses, which are for the host alone.
    var loopbackPorts: NamedSet { named("loopback-ports", [.address, .transport, .port]) }
    /// Endpoints' addresses.
    var endpoints: NamedSet { named("endpoints", [.address]) }
    /// Endpoints' addresses with the bridges from which they are reached.
    var endpointBridges: NamedSet { named("endpoint-bridges", [.interface, .address]) }
    /// Subnets that leave with the address of the interface.
    var subnets: NamedSet { named("subnets", [.address], hasRanges: true) }
    /// Subnets that leave with another address.
    var subnetAddresses: NamedSet { named("subnet-addresses", [.address], .addresses, hasRanges: true) }
    /// The subnets of open networks with their bridges.
    var bridgeSubnets: NamedSet { named("bridge-subnets", [.interface, .address], hasRanges: true) }

    /// Interfaces by which other hosts' endpoints are reached, with the subnet that they share with those here, twice: as source
    /// and as destination.
    var routedSubnets: NamedSet { named("routed-subnets", [.interface, .address, .address], hasRanges: true) }

    private var sets: [NamedSet] {
        [
            bridges, internalBridges, sameInternalBridge, openProtocols, closedBridges, sameBridge, intoBridge,
            published, addressForwards, portForwards, endpoints,
            endpointBridges, subnets, subnetAddresses, bridgeSubnets, routedSubnets,
        ] + (family == .v4 ? [loopbackPorts] : [])
    }

    var plumbing: [KernelObject] {
        [.table(table)] + chains.map { .chain($0) } + sets.map { .set($0) } + rules.map { .native($0) }
    }

    /// The hooks' numbers are `NF_INET_…`, the priorities those of iptables' tables raw, filter and nat.
    private var chains: [Chain] {
        func chain(_ name: String, _ type: String, _ hook: BuiltInChain, _ priority: Int32) -> Chain {
            Chain(table, name, hook: .init(type: type, number: hook.hookNumber, priority: priority))
        }
        return [
            chain("raw", "filter", .prerouting, -300), chain("forward", "filter", .forward, 0),
            chain("prerouting", "nat", .prerouting, -100), chain("output", "nat", .output, -100),
            chain("postrouting", "nat", .postrouting, 100), Chain(table, "user"), Chain(table, "forward-ports"),
        ]
    }

    private var rules: [NativeRule] {
        let steps: [(String, [[NativeRule.Step]])] = [
            ("raw", raw), ("forward", forward), ("prerouting", [toForwards]), ("output", [toForwards]),
            ("forward-ports", forwards), ("postrouting", postrouting),
        ]
        return steps.flatMap { chain, rules in
            rules.enumerated().map { place, steps in NativeRule(table, chain, place: place, steps) }
        }
    }

    /// Neither may an endpoint reach the host's 127.0.0.0/8, which `route_localnet` would let it, nor anybody a port that is
    /// published there; and nobody reaches an endpoint by its own address from outside its bridge.
    private var raw: [[NativeRule.Step]] {
        let endpoints: [[NativeRule.Step]] = [
            [.isIn([.inputInterface, .source, .destination], routedSubnets), .accept],
            [.isIn([.inputInterface, .destination], endpointBridges), .accept],
            [.isIn([.destination], endpoints), .drop],
        ]
        guard family == .v4 else { return [toTranslator] + endpoints }
        return [
            [.isIn([.inputInterface], bridges), .isWithin(.destination, .loopback), .drop],
            [.isNotInput("lo"), .isIn([.destination, .transport, .destinationPort], loopbackPorts), .drop],
        ] + endpoints
    }

    /// Nobody sends anything to the translator's prefix: what belongs there was sent to a port of the host, and what comes
    /// back to it comes from the translator, or by `lo` for `::1`.
    private var toTranslator: [NativeRule.Step] {
        [.isWithin(.destination, Translator.prefix), .isNotInput(Translator.link), .isNotInput("lo"), .drop]
    }

    private var forward: [[NativeRule.Step]] {
        [
            [.jump("user")],
            [.isIn([.outputInterface], bridges), .isReply, .accept],
            // Routed networks go on on other hosts, internal ones too; nobody else's packets leave that way.
            [.isIn([.inputInterface, .source, .destination], routedSubnets), .accept],
            [
                .isIn([.inputInterface, .source], bridgeSubnets),
                .isIn([.outputInterface, .source, .destination], routedSubnets), .accept,
            ],
            [.verdict([.inputInterface, .outputInterface], sameInternalBridge)],
            [.isIn([.inputInterface], internalBridges), .drop],
            [.isIn([.outputInterface], internalBridges), .drop],
            [.isIn([.outputInterface, .transport], openProtocols), .accept],
            [.isIn([.inputInterface, .outputInterface], closedBridges), .isTranslated, .accept],
            [.verdict([.inputInterface, .outputInterface], sameBridge)],
            [.isIn([.outputInterface, .destination, .transport, .destinationPort], published), .accept],
            [.verdict([.outputInterface], intoBridge)],
            [.isIn([.inputInterface], bridges), .accept],
        ]
    }

    private var toForwards: [NativeRule.Step] { [.isToLocalAddress, .jump("forward-ports")] }

    private var forwards: [[NativeRule.Step]] {
        [
            [.destination([.destination, .transport, .destinationPort], addressForwards)],
            [.destination([.transport, .destinationPort], portForwards)],
        ]
    }

    /// Containers leave with the host's address; and whoever reaches a published port from where the reply would not come back
    /// through the host, a neighbour or the host's loopback, arrives with the gateway's.
    private var postrouting: [[NativeRule.Step]] {
        let rules: [[NativeRule.Step]] = [
            [.isTranslated, .isIn([.outputInterface, .source], bridgeSubnets), .masquerade],
            [.isIn([.outputInterface, .source], bridgeSubnets), .accept],
            [.isIn([.outputInterface, .source, .destination], routedSubnets), .accept],
            [.isIn([.source], subnets), .masquerade],
            [.source([.source], subnetAddresses)],
        ]
        guard family == .v4 else { return translated + rules }
        return rules
            + [.loopback, Translator.clients].map { subnet in
                [.isWithin(.source, subnet), .isIn([.outputInterface], bridges), .masquerade]
            }
    }

    /// The translator takes packets from its own addresses only.
    private var translated: [[NativeRule.Step]] {
        let isOnItsWay: [NativeRule.Step] = [.isOutput(Translator.link), .isTranslated]
        return [
            isOnItsWay + [.isWithin(.source, Translator.loopback), .sourceAddress(Translator.loopbackClient)],
            isOnItsWay + [.sourceAddress(Translator.client)],
        ]
    }
}

extension Subnet {
    /// 127.0.0.0/8.
    fileprivate static var loopback: Subnet {
        guard let subnet = Subnet(containing: IPAddress(.v4, bits: 0x7f00_0000), prefixLength: 8) else {
            preconditionFailure("8 bits are a prefix")
        }
        return subnet
    }
}
