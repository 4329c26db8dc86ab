import Addressing
import Topology

/// The iptables rules of one subnet of a bridge network (`docker network create`, moby `bridge/internal/iptabler`).
struct SegmentRules {
    let network: Layout.Network
    let segment: Layout.Network.Segment
    let layout: Layout
    let tables: IptablesTables

    var rules: [Rule] { network.declaration.isInternal ? internalRules : openRules + endpointRules + portRules }

    private var bridge: String { network.bridge }
    private var family: IPFamily { segment.subnet.family }

    private func rule(_ table: Table, _ chain: String, _ target: Rule.Target) -> Rule {
        Rule(table, chain, comment: OwnershipMark(topology: layout.name).text, target: target)
    }

    /// Neither in nor out, but freely among themselves.
    private var internalRules: [Rule] {
        var inward = rule(tables.filter, "WEFT-INTERNAL", .drop)
        inward.source = .not(segment.subnet)
        inward.output = .equal(bridge)
        var outward = rule(tables.filter, "WEFT-INTERNAL", .drop)
        outward.destination = .not(segment.subnet)
        outward.input = .equal(bridge)
        if family == .v6 {
            // Neighbour discovery goes to groups: on the bridge itself it must pass, where bridged packets are filtered.
            inward.input = .not(bridge)
            outward.output = .not(bridge)
        }
        var among = rule(tables.filter, "WEFT-FORWARD", .accept)
        among.input = .equal(bridge)
        among.output = .equal(bridge)
        return [inward, outward, among]
    }

    private var openRules: [Rule] {
        var replies = rule(tables.filter, "WEFT-CT", .accept)
        replies.output = .equal(bridge)
        replies.connectionState = [.related, .established]
        var into = rule(tables.filter, "WEFT-BRIDGE", .jump("WEFT"))
        into.output = .equal(bridge)
        var out = rule(tables.filter, "WEFT-FORWARD", .accept)
        out.input = .equal(bridge)
        var rest = rule(tables.filter, "WEFT", .drop)
        rest.input = .not(bridge)
        rest.output = .equal(bridge)
        return [replies, into, out, rest] + masquerades + loopbackGuard
    }

    /// Containers leave with the host's address; and whoever reaches a published port from where the reply would not come back
    /// through the host, a neighbour or the host's loopback, arrives with the gateway's.
    private var masquerades: [Rule] {
        var leaving = rule(tables.nat, "POSTROUTING", .masquerade)
        leaving.source = .equal(segment.subnet)
        leaving.output = .not(bridge)
        var neighbours = rule(tables.nat, "POSTROUTING", .masquerade)
        neighbours.source = .equal(segment.subnet)
        neighbours.output = .equal(bridge)
        neighbours.connectionState = .destinationTranslated
        guard family == .v4, let loopback = Subnet("127.0.0.0/8") else { return [leaving, neighbours] }
        var local = rule(tables.nat, "POSTROUTING", .masquerade)
        local.source = .equal(loopback)
        local.output = .equal(bridge)
        return [leaving, neighbours, local]
    }

    /// `route_localnet` would let containers talk to the host's 127.0.0.0/8; this keeps them out.
    private var loopbackGuard: [Rule] {
        guard family == .v4, let loopback = Subnet("127.0.0.0/8") else { return [] }
        var rule = rule(tables.raw, "PREROUTING", .drop)
        rule.destination = .equal(loopback)
        rule.input = .equal(bridge)
        return [rule]
    }

    /// Nobody reaches an endpoint by its own address from outside its bridge (moby 28.2, direct routed access).
    private var endpointRules: [Rule] {
        layout.containers.filter { $0.sandbox == .own }.flatMap { container in
            container.endpoints.filter { $0.network == network.declaration.key }.flatMap(\.addresses)
        }.filter { segment.subnet.contains($0.address) }.map { address in
            var rule = rule(tables.raw, "PREROUTING", .drop)
            rule.destination = .equal(.single(address.address))
            rule.input = .not(bridge)
            return rule
        }
    }

    private var portRules: [Rule] {
        layout.containers.flatMap(\.ports).filter { segment.subnet.contains($0.address) }.flatMap { port in
            [acceptance(of: port), translation(of: port)] + loopbackGuard(of: port)
        }
    }

    private func acceptance(of port: Layout.Port) -> Rule {
        var rule = rule(tables.filter, "WEFT", .accept)
        rule.destination = .equal(.single(port.address))
        rule.input = .not(bridge)
        rule.output = .equal(bridge)
        rule.protocol = .init(port.transport)
        rule.destinationPort = port.target
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
