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

    @Test(arguments: try Device.samples())
    func `a device is read back as it was written`(_ device: Device) throws {
        let body = try Request.addLink("d0", .device(device, lower: 3)).encoded().dropFirst(16)
        let link = try read(Array(body)) { span throws(NetlinkError) in try Link(parsing: span) }
        #expect(link.device == device)
        #expect(link.kind == device.kind)
        #expect(link.lower == 3 || link.kind == "bridge")
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
