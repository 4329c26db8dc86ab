public import Addressing
public import Topology

/// The iptables rules of the way of IPv6 clients to containers' IPv4 addresses.
struct TranslationRules {
    let topology: String
    let ports: [Layout.Port]

    private let ipv4 = IptablesTables(.v4)
    private let ipv6 = IptablesTables(.v6)

    init(of layout: Layout) {
        topology = layout.name
        ports = layout.containers.flatMap(\.ports).filter(\.isTranslated)
    }

    var rules: [Rule] { ports.isEmpty ? [] : guards + passages + sources + ports.map { destination(of: $0) } }

    private func rule(_ table: Table, _ chain: String, _ target: Rule.Target) -> Rule {
        Rule(table, chain, comment: OwnershipMark(topology: topology).text, target: target)
    }

    /// Nobody sends anything to the prefix: what belongs there was sent to a port of the host, and what comes back to it
    /// comes from the translator, or by `lo` for `::1`.
    private var guards: [Rule] {
        var loopback = rule(ipv6.raw, "PREROUTING", .accept)
        loopback.destination = .equal(Translator.prefix)
        loopback.input = .equal("lo")
        var others = rule(ipv6.raw, "PREROUTING", .drop)
        others.destination = .equal(Translator.prefix)
        others.input = .not(Translator.link)
        return [loopback, others]
    }

    /// What was sent to a published port goes through the translator, and to the container past the guard of its address;
    /// there, only to ports that are published.
    private var passages: [Rule] {
        var into = rule(ipv6.filter, "WEFT-FORWARD", .accept)
        into.output = .equal(Translator.link)
        into.connectionState = .destinationTranslated
        var replies = rule(ipv6.filter, "WEFT-CT", .accept)
        replies.input = .equal(Translator.link)
        replies.connectionState = [.related, .established]
        var onward = rule(ipv4.raw, "PREROUTING", .accept)
        onward.source = .equal(Translator.clients)
        onward.input = .equal(Translator.link)
        return [into, replies, onward]
    }

    /// The translator takes packets from its own addresses only, and containers see their gateway's, as from a proxy.
    private var sources: [Rule] {
        var local = rule(ipv6.nat, "POSTROUTING", .sourceNAT(Translator.loopbackClient))
        local.source = .equal(Translator.loopback)
        local.output = .equal(Translator.link)
        local.connectionState = .destinationTranslated
        var other = rule(ipv6.nat, "POSTROUTING", .sourceNAT(Translator.client))
        other.source = .not(Translator.loopback)
        other.output = .equal(Translator.link)
        other.connectionState = .destinationTranslated
        var translated = rule(ipv4.nat, "POSTROUTING", .masquerade)
        translated.source = .equal(Translator.clients)
        return [local, other, translated]
    }

    private func destination(of port: Layout.Port) -> Rule {
        let address = Translator.embedding(port.address)
        var rule = rule(ipv6.nat, "WEFT", .destinationNAT(address, port.target))
        rule.destination = port.specificHostAddress.map { .equal(.single($0)) }
        rule.protocol = .init(port.transport)
        rule.destinationPort = port.published
        return rule
    }
}

extension Layout.Port {
    /// Address of the host, if it is not every one of its family.
    public var specificHostAddress: IPAddress? { hostAddress.flatMap { $0.isUnspecified ? nil : $0 } }
}
