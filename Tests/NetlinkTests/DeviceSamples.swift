import Addressing
import Links
import Testing

extension Device {
    /// One of every kind, and of kinds with many settings two, so that each setting is there in both its states.
    static func samples() throws -> [Device] {
        try bridges() + vxlans() + tunnels() + [
            .dummy(Dummy()), .vrf(VRF(table: 1000)), .vlan(VLAN(id: 10)), .vlan(VLAN(id: 4094, .service)),
        ] + MACVLAN.Mode.allCases.map { .macvlan(MACVLAN($0)) }
            + IPVLAN.Mode.allCases.map { .ipvlan(IPVLAN($0)) } + IPVLAN.Flag.allCases.map { .ipvlan(IPVLAN(.l3, $0)) }
    }

    private static func bridges() -> [Device] {
        [
            .bridge(Bridge()),
            .bridge(
                Bridge(
                    spanningTree: true, ageing: 1000, vlanFiltering: true, defaultPVID: 0, forwardDelay: 400,
                    multicastSnooping: false, groupForwardMask: 8)),
        ]
    }

    private static func vxlans() throws -> [Device] {
        var unicast = VXLAN(id: 42, local: try address("10.0.0.1"), remote: try address("10.0.0.2"))
        unicast.port = 8472
        unicast.learning = false
        unicast.ageing = 0
        unicast.proxy = true
        unicast.l2miss = true
        unicast.l3miss = true
        unicast.ttl = 9
        unicast.tos = 1
        unicast.checksum = false
        var over6 = VXLAN(id: VXLAN.ids.upperBound, local: try address("fd00::1"), remote: try address("ff05::1"))
        over6.sendsZeroChecksum6 = true
        over6.acceptsZeroChecksum6 = true
        var external = VXLAN(id: 0)
        external.isExternal = true
        external.learning = false
        return [.vxlan(unicast), .vxlan(over6), .vxlan(external)]
    }

    private static func tunnels() throws -> [Device] {
        var keyed = GRE(.gretap, local: try address("10.0.0.1"), remote: try address("10.0.0.2"), key: 7)
        keyed.ttl = 64
        keyed.tos = 1
        keyed.inputChecksum = true
        keyed.outputChecksum = true
        var oneWay = GRE(.gre, remote: try address("10.0.0.2"))
        oneWay.inputKey = 0
        oneWay.outputChecksum = true
        oneWay.inputSequence = true
        oneWay.pathMTUDiscovery = false
        oneWay.ignoresDF = true
        var over6 = GRE(.ip6gre, local: try address("fd00::1"), remote: try address("fd00::2"))
        over6.tos = 0x20
        var limited = GRE(.ip6gretap, remote: try address("fd00::2"), key: 0xffff_ffff)
        limited.encapsulationLimit = 4
        var ipip = IPTunnel(.ipip, local: try address("10.0.0.1"), remote: try address("10.0.0.2"))
        ipip.ttl = 9
        ipip.tos = 4
        var sit = IPTunnel(.sit, remote: try address("10.0.0.2"))
        sit.pathMTUDiscovery = false
        var geneve = Geneve(id: 5, remote: try address("10.0.0.2"))
        geneve.ttl = 3
        geneve.tos = 1
        geneve.port = 6082
        geneve.checksum = true
        var geneve6 = Geneve(id: 5, remote: try address("fd00::2"))
        geneve6.sendsZeroChecksum6 = true
        geneve6.acceptsZeroChecksum6 = true
        return [
            .gre(keyed), .gre(oneWay), .gre(over6), .gre(limited), .ipTunnel(ipip), .ipTunnel(sit), .geneve(geneve),
            .geneve(geneve6),
        ]
    }

    static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
}
