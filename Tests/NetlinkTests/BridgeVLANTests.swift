import Addressing
import Links
@testable import Netlink
import Testing

/// Numbers as in `linux/if_bridge.h` and `linux/fib_rules.h`, of a little-endian machine.
struct BridgeVLANTests {
    private static let trunk = PortVLANs(pvid: 1, untagged: [1], tagged: Set(20...29).union([40]))

    @Test func `VLANs with numbers in a row are two entries`() throws {
        let expected: [[UInt8]] = [
            [76, 0, 0, 0],  // length
            [19, 0, 0x01, 0x00],  // RTM_SETLINK, NLM_F_REQUEST
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [7, 0, 0, 0],  // AF_BRIDGE, type
            [5, 0, 0, 0],  // index
            [0, 0, 0, 0], [0, 0, 0, 0],  // no flag changes
            [44, 0, 26, 0x80],  // IFLA_AF_SPEC, nested
            [6, 0, 0, 0], [1, 0, 0, 0],  // IFLA_BRIDGE_FLAGS: BRIDGE_FLAGS_MASTER
            [8, 0, 2, 0], [6, 0, 1, 0],  // IFLA_BRIDGE_VLAN_INFO: PVID and UNTAGGED, VLAN 1
            [8, 0, 2, 0], [8, 0, 20, 0],  // RANGE_BEGIN, VLAN 20
            [8, 0, 2, 0], [16, 0, 29, 0],  // RANGE_END, VLAN 29
            [8, 0, 2, 0], [0, 0, 40, 0],  // VLAN 40
        ]
        #expect(try lines(.addVLANs(Self.trunk.runs, to: 5)) == lines(expected))
    }

    @Test func `a port's VLANs are read back as they were written`() throws {
        let body = try Request.addVLANs(Self.trunk.runs, to: 5).encoded().dropFirst(16)
        #expect(try read(Array(body)) { span throws(NetlinkError) in try PortVLANs(parsing: span) } == Self.trunk)
    }

    @Test func `only what differs is removed and added`() {
        let access = PortVLANs.access(20)
        #expect(Self.trunk.runs(unwantedIn: access).isEmpty)
        #expect(
            Self.trunk.runs(missingIn: access).map { "\($0)" } == ["vid 1 pvid untagged", "vid 20-29", "vid 40"])
        #expect(access.runs(unwantedIn: Self.trunk).map { "\($0)" } == ["vid 1 pvid untagged", "vid 21-29", "vid 40"])
        #expect(access.runs(missingIn: Self.trunk).map { "\($0)" } == ["vid 20 pvid untagged"])
    }

    @Test func `a routing rule is read back as it was written`() throws {
        var rule = RoutingRule(.v4, priority: 100, table: 1000)
        rule.source = Subnet("10.0.0.0/24")
        rule.destination = Subnet("10.1.0.0/16")
        rule.inputLink = "eth0"
        rule.outputLink = "eth1"
        rule.mark = 5
        rule.markMask = 0xff
        rule.originator = 119
        let body = try Request.addRoutingRule(rule).encoded().dropFirst(16)
        #expect(try read(Array(body)) { span throws(NetlinkError) in try RoutingRule(parsing: span) } == rule)
    }
}
