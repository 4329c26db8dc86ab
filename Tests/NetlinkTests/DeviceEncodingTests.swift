import Addressing
import Links
@testable import Netlink
import Testing

/// Numbers as in `linux/if_link.h` and `linux/if_tunnel.h`, of a little-endian machine.
struct DeviceEncodingTests {
    /// The attributes of a request for a device called `d0` above link 3, after those of its name.
    private func attributes(_ device: Device) throws -> [String] {
        lines(Array(try Request.addLink("d0", .device(device, lower: 3)).encoded().dropFirst(32 + 8)))
    }

    @Test func `every device is read back as it was written`() throws {
        let samples = try Device.samples()
        #expect(Set(samples.map(\.kind)).count == 14)
        for device in samples {
            let body = try Request.addLink("d0", .device(device, lower: 3)).encoded().dropFirst(16)
            let link = try read(Array(body)) { span throws(NetlinkError) in try Link(parsing: span) }
            #expect(link.device == device)
            #expect(link.kind == device.kind)
            #expect(link.lower == 3)
        }
    }

    @Test func `a GRE tunnel's flags, keys and ports are in network order`() throws {
        var gre = GRE(.gretap, local: IPAddress("10.0.0.1"), remote: IPAddress("10.0.0.2"), key: 7)
        gre.outputChecksum = true
        let expected: [[UInt8]] = [
            [92, 0, 18, 0x80],  // IFLA_LINKINFO, nested
            [11, 0, 1, 0],  // IFLA_INFO_KIND
            ascii("gretap") + [0, 0],
            [76, 0, 2, 0x80],  // IFLA_INFO_DATA, nested
            [8, 0, 1, 0], [3, 0, 0, 0],  // IFLA_GRE_LINK
            [6, 0, 2, 0], [0x20, 0, 0, 0],  // IFLA_GRE_IFLAGS: GRE_KEY
            [6, 0, 3, 0], [0xa0, 0, 0, 0],  // IFLA_GRE_OFLAGS: GRE_CSUM, GRE_KEY
            [8, 0, 4, 0], [0, 0, 0, 7],  // IFLA_GRE_IKEY
            [8, 0, 5, 0], [0, 0, 0, 7],  // IFLA_GRE_OKEY
            [8, 0, 6, 0], [10, 0, 0, 1],  // IFLA_GRE_LOCAL
            [8, 0, 7, 0], [10, 0, 0, 2],  // IFLA_GRE_REMOTE
            [5, 0, 10, 0], [1, 0, 0, 0],  // IFLA_GRE_PMTUDISC
            [5, 0, 19, 0], [0, 0, 0, 0],  // IFLA_GRE_IGNORE_DF
        ]
        #expect(try attributes(.gre(gre)) == lines(expected))
    }

    @Test func `what shares a link says which before its kind`() throws {
        let expected: [[UInt8]] = [
            [8, 0, 5, 0], [3, 0, 0, 0],  // IFLA_LINK
            [28, 0, 18, 0x80],  // IFLA_LINKINFO, nested
            [12, 0, 1, 0],  // IFLA_INFO_KIND
            ascii("macvlan") + [0],
            [12, 0, 2, 0x80],  // IFLA_INFO_DATA, nested
            [8, 0, 1, 0], [4, 0, 0, 0],  // IFLA_MACVLAN_MODE: MACVLAN_MODE_BRIDGE
        ]
        #expect(try attributes(.macvlan(MACVLAN(.bridge))) == lines(expected))
        #expect(
            try attributes(.vlan(VLAN(id: 10))).suffix(5)
                == lines([
                    [20, 0, 2, 0x80],  // IFLA_INFO_DATA, nested
                    [6, 0, 1, 0], [10, 0, 0, 0],  // IFLA_VLAN_ID
                    [6, 0, 5, 0], [0x81, 0, 0, 0],  // IFLA_VLAN_PROTOCOL: ETH_P_8021Q in network order
                ]).suffix(5))
    }

    @Test func `only what differs of a bridge's settings is sent`() throws {
        let request = Request.setLink(
            .index(2),
            [
                .settings(
                    .bridge(Bridge(ageing: 5, vlanFiltering: true, multicastSnooping: true)),
                    from: .bridge(Bridge(ageing: 5, multicastSnooping: true)))
            ])
        let expected: [[UInt8]] = [
            [28, 0, 18, 0x80],  // IFLA_LINKINFO, nested
            [11, 0, 1, 0],  // IFLA_INFO_KIND
            ascii("bridge") + [0, 0],
            [12, 0, 2, 0x80],  // IFLA_INFO_DATA, nested
            [5, 0, 7, 0], [1, 0, 0, 0],  // IFLA_BR_VLAN_FILTERING
        ]
        #expect(lines(Array(try request.encoded().dropFirst(32))) == lines(expected))
    }

    @Test func `a vxlan says its segment, where its packets go, and by which link`() throws {
        var vxlan = VXLAN(id: 42, local: IPAddress("10.0.0.1"), remote: IPAddress("10.0.0.2"))
        vxlan.learning = false
        let expected: [[UInt8]] = [
            [124, 0, 18, 0x80],  // IFLA_LINKINFO, nested
            [10, 0, 1, 0],  // IFLA_INFO_KIND
            ascii("vxlan") + [0, 0, 0],
            [108, 0, 2, 0x80],  // IFLA_INFO_DATA, nested
            [8, 0, 1, 0], [42, 0, 0, 0],  // IFLA_VXLAN_ID
            [8, 0, 2, 0], [10, 0, 0, 2],  // IFLA_VXLAN_GROUP
            [8, 0, 3, 0], [3, 0, 0, 0],  // IFLA_VXLAN_LINK
            [8, 0, 4, 0], [10, 0, 0, 1],  // IFLA_VXLAN_LOCAL
            [5, 0, 7, 0], [0, 0, 0, 0],  // IFLA_VXLAN_LEARNING
            [8, 0, 8, 0], [0x2c, 1, 0, 0],  // IFLA_VXLAN_AGEING
            [5, 0, 11, 0], [0, 0, 0, 0],  // IFLA_VXLAN_PROXY
            [5, 0, 13, 0], [0, 0, 0, 0],  // IFLA_VXLAN_L2MISS
            [5, 0, 14, 0], [0, 0, 0, 0],  // IFLA_VXLAN_L3MISS
            [6, 0, 15, 0], [0x12, 0xb5, 0, 0],  // IFLA_VXLAN_PORT, in network order
            [5, 0, 18, 0], [1, 0, 0, 0],  // IFLA_VXLAN_UDP_CSUM
            [5, 0, 19, 0], [0, 0, 0, 0],  // IFLA_VXLAN_UDP_ZERO_CSUM6_TX
            [5, 0, 20, 0], [0, 0, 0, 0],  // IFLA_VXLAN_UDP_ZERO_CSUM6_RX
        ]
        #expect(try attributes(.vxlan(vxlan)) == lines(expected))
    }
}
