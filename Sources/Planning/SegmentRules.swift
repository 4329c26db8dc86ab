import Addressing
import Topology

/// The iptables rules of one subnet of a bridge network (`docker network create`, moby `bridge/internal/iptabler`).
struct SegmentRules {
    let policy: SegmentPolicy
    let topology: String
    let tables: IptablesTables

    var rules: [Rule] {
        switch policy.scope {
        case .bridge: policy.isInternal ? internalRules : openRules + endpointRules + portRules
        case .member: policy.isInternal ? [] : endpointRules + portRules
        case .guest: policy.endpoints.flatMap(guestRules) + endpointRules + portRules
        }
    }

    private var bridge: String { policy.bridge }
    private var family: IPFamily { policy.family }

    private func rule(_ table: Table, _ chain: String, _ target: Rule.Target) -> Rule {
        Rule(table, chain, comment: OwnershipMark(topology: topology).text, target: target)
    }

    /// Neither in nor out, but freely among themselves.
    private var internalRules: [Rule] {
        var inward = rule(tables.filter, "WEFT-INTERNAL", .drop)
        inward.source = .not(policy.subnet)
        inward.output = .equal(bridge)
        var outward = rule(tables.filter, "WEFT-INTERNAL", .drop)
        outward.destination = .not(policy.subnet)
        outward.input = .equal(bridge)
        if family == .v6 || policy.isOneOfSeveral {
            // Neighbour discovery goes to groups, and other subnets are neighbours too: on the bridge itself they must pass,
            // where bridged packets are filtered and where it routes between them.
            inward.input = .not(bridge)
            outward.output = .not(bridge)
        }
        return peersOfInternal + [inward, outward, among(policy.connectsEndpoints ? .accept : .drop)]
    }

    /// The endpoints of the same network on other hosts, between which and those here nobody else's packets get.
    private var peersOfInternal: [Rule] {
        guard let peers = policy.peers else { return [] }
        return peers.interfaces.flatMap { interface in
            var inward = fromPeers(rule(tables.filter, "WEFT-INTERNAL", .accept), peers, by: interface)
            inward.output = .equal(bridge)
            var outward = rule(tables.filter, "WEFT-INTERNAL", .accept)
            outward.source = .equal(policy.subnet)
            outward.destination = .equal(peers.subnet)
            outward.input = .equal(bridge)
            outward.output = .equal(interface)
            return [inward, outward]
        }
    }

    private func fromPeers(_ rule: Rule, _ peers: SegmentPolicy.Peers, by interface: String) -> Rule {
        var rule = rule
        rule.source = .equal(peers.subnet)
        rule.destination = .equal(policy.subnet)
        rule.input = .equal(interface)
        return rule
    }

    /// What goes from one endpoint to another.
    private func among(_ target: Rule.Target) -> Rule {
        var rule = rule(tables.filter, "WEFT-FORWARD", target)
        rule.input = .equal(bridge)
        rule.output = .equal(bridge)
        return rule
    }

    private var openRules: [Rule] {
        var replies = rule(tables.filter, "WEFT-CT", .accept)
        replies.output = .equal(bridge)
        replies.connectionState = [.related, .established]
        var into = rule(tables.filter, "WEFT-BRIDGE", .jump("WEFT"))
        into.output = .equal(bridge)
        var rest = rule(tables.filter, "WEFT", policy.directAccess == .everything ? .accept : .drop)
        rest.input = .not(bridge)
        rest.output = .equal(bridge)
        return [replies, into, rest] + departures + echoes + peerRules + masquerades + loopbackGuard
    }

    /// Endpoints leave by any interface; by the bridge only where they may reach each other, or through a published port.
    private var departures: [Rule] {
        var out = rule(tables.filter, "WEFT-FORWARD", .accept)
        out.input = .equal(bridge)
        guard !policy.connectsEndpoints else { return [out] }
        out.output = .not(bridge)
        var translated = among(.accept)
        translated.connectionState = .destinationTranslated
        return [translated, among(.drop), out]
    }

    private var echoes: [Rule] {
        guard policy.directAccess == .publishedPortsAndEcho else { return [] }
        var rule = rule(tables.filter, "WEFT", .accept)
        rule.output = .equal(bridge)
        rule.protocol = family == .v4 ? .icmp : .icmpv6
        return [rule]
    }

    /// The endpoints of the same network on other hosts come with their own addresses.
    private var peerRules: [Rule] {
        guard let peers = policy.peers else { return [] }
        return peers.interfaces.flatMap { interface in
            var into = fromPeers(rule(tables.filter, "WEFT", .accept), peers, by: interface)
            into.output = .equal(bridge)
            return [into, fromPeers(rule(tables.raw, "PREROUTING", .accept), peers, by: interface)]
        }
    }

    /// Containers leave with the host's address; and whoever reaches a published port from where the reply would not come back
    /// through the host, a neighbour or the host's loopback, arrives with the gateway's.
    private var masquerades: [Rule] {
        var neighbours = rule(tables.nat, "POSTROUTING", .masquerade)
        neighbours.source = .equal(policy.subnet)
        neighbours.output = .equal(bridge)
        neighbours.connectionState = .destinationTranslated
        guard family == .v4, let loopback = Subnet("127.0.0.0/8") else { return leaving + [neighbours] }
        var local = rule(tables.nat, "POSTROUTING", .masquerade)
        local.source = .equal(loopback)
        local.output = .equal(bridge)
        return leaving + [neighbours, local]
    }

    private var leaving: [Rule] {
        let target: Rule.Target
        switch policy.departure {
        case .masqueraded: target = .masquerade
        case .translated(let address): target = .sourceNAT(address)
        case .unchanged: return []
        }
        var leaving = rule(tables.nat, "POSTROUTING", target)
        leaving.source = .equal(policy.subnet)
        leaving.destination = policy.peers.map { .not($0.subnet) }
        leaving.output = .not(bridge)
        return [leaving]
    }

    /// `route_localnet` would let containers talk to the host's 127.0.0.0/8; this keeps them out.
    private var loopbackGuard: [Rule] {
        guard family == .v4, let loopback = Subnet("127.0.0.0/8") else { return [] }
        var rule = rule(tables.raw, "PREROUTING", .drop)
        rule.destination = .equal(loopback)
        rule.input = .equal(bridge)
        return [rule]
    }

    /// What `openRules` say of a bridge, said of one endpoint on it.
    private func guestRules(_ address: IPAddress) -> [Rule] {
        let host = Subnet.single(address)
        func into(_ chain: String, _ target: Rule.Target) -> Rule {
            var rule = rule(tables.filter, chain, target)
            rule.destination = .equal(host)
            rule.output = .equal(bridge)
            return rule
        }
        var replies = into("WEFT-CT", .accept)
        replies.connectionState = [.related, .established]
        var neighbours = into("WEFT-FORWARD", .accept)
        neighbours.input = .equal(bridge)
        var rest = into("WEFT", .drop)
        rest.input = .not(bridge)
        var out = rule(tables.filter, "WEFT-FORWARD", .accept)
        out.source = .equal(host)
        out.input = .equal(bridge)
        var leaving = rule(tables.nat, "POSTROUTING", .masquerade)
        leaving.source = .equal(host)
        leaving.output = .not(bridge)
        var hairpin = rule(tables.nat, "POSTROUTING", .masquerade)
        hairpin.source = .equal(policy.subnet)
        hairpin.destination = .equal(host)
        hairpin.output = .equal(bridge)
        hairpin.connectionState = .destinationTranslated
        return [replies, into("WEFT-BRIDGE", .jump("WEFT")), rest, neighbours, out, leaving, hairpin]
    }

    /// Nobody reaches an endpoint by its own address from outside its bridge (moby 28.2, direct routed access).
    private var endpointRules: [Rule] {
        guard policy.directAccess == .none else { return [] }
        return policy.endpoints.flatMap { address -> [Rule] in
            var drop = rule(tables.raw, "PREROUTING", .drop)
            drop.destination = .equal(.single(address))
            drop.input = .not(bridge)
            let trusted = policy.trustedInterfaces.map { interface in
                var accept = rule(tables.raw, "PREROUTING", .accept)
                accept.destination = .equal(.single(address))
                accept.input = .equal(interface)
                return accept
            }
            return trusted + [drop]
        }
    }

    private var portRules: [Rule] {
        policy.ports.flatMap { port in
            [acceptance(of: port.address, port.target, port.transport), translation(of: port)] + loopbackGuard(of: port)
        } + policy.translatedPorts.map { acceptance(of: $0.address, $0.target, $0.transport) }
            + policy.openPorts.map { acceptance(of: $0.address, $0.target, $0.transport) }
    }

    private func acceptance(of address: IPAddress, _ port: UInt16, _ transport: TransportProtocol) -> Rule {
        var rule = rule(tables.filter, "WEFT", .accept)
        rule.destination = .equal(.single(address))
        rule.input = .not(bridge)
        rule.output = .equal(bridge)
        rule.protocol = .init(transport)
        rule.destinationPort = port
        return rule
    }

    private func translation(of port: Layout.Port) -> Rule {
        var rule = rule(tables.nat, "WEFT", .destinationNAT(port.address, port.target))
        rule.destination = port.hostAddress.map { .equal(.single($0)) }
        rule.protocol = .init(port.transport)
        rule.destinationPort = port.published
        return rule
    }

    /// A port published on a loopback address is for the host alone, whatever a neighbour's routes say.
    private func loopbackGuard(of port: Layout.Port) -> [Rule] {
        guard let hostAddress = port.hostAddress, hostAddress.isLoopback, family == .v4 else { return [] }
        var rule = rule(tables.raw, "PREROUTING", .drop)
        rule.destination = .equal(.single(hostAddress))
        rule.input = .not("lo")
        rule.protocol = .init(port.transport)
        rule.destinationPort = port.published
        return [rule]
    }
}

extension Subnet {
    /// The prefix that holds only `address`.
    static func single(_ address: IPAddress) -> Subnet { InterfaceAddress.single(address).subnet }
}

extension InterfaceAddress {
    fileprivate static func single(_ address: IPAddress) -> InterfaceAddress {
        guard let result = InterfaceAddress(address, prefixLength: address.family.bitWidth) else {
            preconditionFailure("a prefix of full length is in range")
        }
        return result
    }
}
