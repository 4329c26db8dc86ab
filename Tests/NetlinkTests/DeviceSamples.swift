import Addressing
import Links
import Testing

extension Device {
    /// One of every kind, and of kinds with many settings two, so that each setting is there in both its states.
    static func samples() throws -> [Device] {
        try bridges() + vxlans()
    }

    private static func bridges() -> [Device] {
        [
            .bridge(Bridge()),
            .bridge(Bridge(spanningTree: true, vlanFiltering: true, forwardDelay: 400, multicastSnooping: false)),
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

    static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
}
