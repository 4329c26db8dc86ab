import Addressing
import Links
import Netlink
import Testing

/// Numbers as in `linux/rtnetlink.h`, `linux/if_link.h` and `linux/veth.h`, of a little-endian machine.
struct LinkEncodingTests {
    @Test func `a veth request nests its other end three levels deep`() throws {
        let request = Request.addLink(
            "web0", .veth(peer: "eth0", [.mtu(1400)]), isUp: true, [.master(5), .group(4242)])
        let expected: [[UInt8]] = [
            [120, 0, 0, 0],  // length
            [16, 0, 0x01, 0x06],  // RTM_NEWLINK, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
            [0, 0, 0, 0],  // sequence
            [0, 0, 0, 0],  // port id
            [0, 0, 0, 0],  // AF_UNSPEC, type
            [0, 0, 0, 0],  // index: the kernel's choice
            [1, 0, 0, 0],  // IFF_UP
            [1, 0, 0, 0],  // and only that flag changes
            [9, 0, 3, 0],  // IFLA_IFNAME
            ascii("web0") + [0, 0, 0, 0],  // with its zero, padded
            [8, 0, 10, 0],  // IFLA_MASTER
            [5, 0, 0, 0],
            [8, 0, 27, 0],  // IFLA_GROUP
            [0x92, 0x10, 0, 0],
            [60, 0, 18, 0x80],  // IFLA_LINKINFO, nested
            [9, 0, 1, 0],  // IFLA_INFO_KIND
            ascii("veth") + [0, 0, 0, 0],
            [44, 0, 2, 0x80],  // IFLA_INFO_DATA, nested
            [40, 0, 1, 0x80],  // VETH_INFO_PEER, nested
            [UInt8](repeating: 0, count: 16),  // struct ifinfomsg of the other end
            [9, 0, 3, 0],  // IFLA_IFNAME
            ascii("eth0") + [0, 0, 0, 0],
            [8, 0, 4, 0],  // IFLA_MTU
            [0x78, 0x05, 0, 0],
        ]
        #expect(try lines(request) == lines(expected))
    }

    @Test func `a bridge request carries only the settings that are given`() throws {
        let request = Request.addLink(
            "br0", .bridge(Bridge(forwardDelay: 0, multicastSnooping: false)), index: 9)
        let expected: [[UInt8]] = [
            [76, 0, 0, 0],  // length
            [16, 0, 0x01, 0x06],  // RTM_NEWLINK, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [0, 0, 0, 0],  // AF_UNSPEC, type
            [9, 0, 0, 0],  // index
            [0, 0, 0, 0], [0, 0, 0, 0],  // no flag changes
            [8, 0, 3, 0],  // IFLA_IFNAME
            ascii("br0") + [0],
            [36, 0, 18, 0x80],  // IFLA_LINKINFO, nested
            [11, 0, 1, 0],  // IFLA_INFO_KIND
            ascii("bridge") + [0, 0],
            [20, 0, 2, 0x80],  // IFLA_INFO_DATA, nested
            [8, 0, 1, 0],  // IFLA_BR_FORWARD_DELAY
            [0, 0, 0, 0],
            [5, 0, 23, 0],  // IFLA_BR_MCAST_SNOOPING
            [0, 0, 0, 0],
        ]
        #expect(try lines(request) == lines(expected))
    }

    @Test func `a bridge without settings has no data`() throws {
        let request = Request.addLink("br0", .bridge())
        let expected: [[UInt8]] = [
            [56, 0, 0, 0],  // length
            [16, 0, 0x01, 0x06],  // RTM_NEWLINK, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
            [UInt8](repeating: 0, count: 24),  // sequence, port id, struct ifinfomsg
            [8, 0, 3, 0],  // IFLA_IFNAME
            ascii("br0") + [0],
            [16, 0, 18, 0x80],  // IFLA_LINKINFO, nested
            [11, 0, 1, 0],  // IFLA_INFO_KIND
            ascii("bridge") + [0, 0],
        ]
        #expect(try lines(request) == lines(expected))
    }

    @Test func `a link is named by a long name where it has no number`() throws {
        let request = Request.setLink(
            "weft-shop-web-front", isUp: false, [.bridgePort(BridgePort(hairpin: true, isolated: false))])
        let expected: [[UInt8]] = [
            [92, 0, 0, 0],  // length
            [16, 0, 0x01, 0x00],  // RTM_NEWLINK, NLM_F_REQUEST
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [0, 0, 0, 0], [0, 0, 0, 0],  // AF_UNSPEC, no index
            [0, 0, 0, 0],  // not IFF_UP
            [1, 0, 0, 0],  // and only that flag changes
            [24, 0, 53, 0],  // IFLA_ALT_IFNAME
            ascii("weft-shop-web-front") + [0],
            [36, 0, 18, 0x80],  // IFLA_LINKINFO, nested
            [11, 0, 4, 0],  // IFLA_INFO_SLAVE_KIND
            ascii("bridge") + [0, 0],
            [20, 0, 5, 0x80],  // IFLA_INFO_SLAVE_DATA, nested
            [5, 0, 4, 0],  // IFLA_BRPORT_MODE
            [1, 0, 0, 0],
            [5, 0, 33, 0],  // IFLA_BRPORT_ISOLATED
            [0, 0, 0, 0],
        ]
        #expect(try lines(request) == lines(expected))
    }

    @Test func `further names are a list of properties`() throws {
        let request = Request.addAlternativeNames(["a", "bc"], to: .index(3))
        let expected: [[UInt8]] = [
            [52, 0, 0, 0],  // length
            [108, 0, 0x01, 0x0e],  // RTM_NEWLINKPROP, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE | NLM_F_APPEND
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [0, 0, 0, 0],  // AF_UNSPEC, type
            [3, 0, 0, 0],  // index
            [0, 0, 0, 0], [0, 0, 0, 0],  // no flag changes
            [20, 0, 52, 0x80],  // IFLA_PROP_LIST, nested
            [6, 0, 53, 0],  // IFLA_ALT_IFNAME
            ascii("a") + [0, 0, 0],
            [7, 0, 53, 0],  // IFLA_ALT_IFNAME
            ascii("bc") + [0, 0],
        ]
        #expect(try lines(request) == lines(expected))
    }

    @Test func `a group of links is deleted without naming one`() throws {
        let expected: [[UInt8]] = [
            [40, 0, 0, 0],  // length
            [17, 0, 0x01, 0x00],  // RTM_DELLINK, NLM_F_REQUEST
            [UInt8](repeating: 0, count: 24),  // sequence, port id, struct ifinfomsg
            [8, 0, 27, 0],  // IFLA_GROUP
            [7, 0, 0, 0],
        ]
        #expect(try lines(.deleteLinks(group: 7)) == lines(expected))
    }

    @Test func `an alias is text without a zero`() throws {
        let expected: [[UInt8]] = [
            [40, 0, 0, 0],  // length
            [16, 0, 0x01, 0x00],  // RTM_NEWLINK, NLM_F_REQUEST
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [0, 0, 0, 0],  // AF_UNSPEC, type
            [1, 0, 0, 0],  // index
            [0, 0, 0, 0], [0, 0, 0, 0],  // no flag changes
            [7, 0, 20, 0],  // IFLA_IFALIAS
            ascii("own") + [0],  // padding
        ]
        #expect(try lines(.setLink(.index(1), [.alias("own")])) == lines(expected))
    }

    @Test func `a request larger than the first buffer is encoded whole`() throws {
        let names = (0..<2000).map { "name-\($0)" }
        let bytes = try Request.addAlternativeNames(names, to: .index(1)).encoded()
        #expect(bytes.count > 30_000)
        #expect(
            bytes.suffix(16) == ascii("name-1999") + [0, 0, 0] || bytes.suffix(12) == ascii("name-1999") + [0, 0, 0])
    }

    @Test func `a nest that is longer than its length can say is refused before it is sent`() {
        let names = (0..<10_000).map { "name-\($0)" }
        let request = Request.addAlternativeNames(names, to: .index(1))
        #expect(throws: NetlinkError.tooLong(request)) { try request.encoded() }
    }

    @Test func `a text that is longer than its length can say is refused before it is sent`() {
        let request = Request.setLink(.index(1), [.alias(String(repeating: "x", count: 70_000))])
        #expect(throws: NetlinkError.tooLong(request)) { try request.encoded() }
    }

    @Test func `equal requests are equal values`() {
        let one = Request.addLink("br0", .bridge(), [nil, .mtu(1400)])
        #expect(one == .addLink("br0", .bridge(), [.mtu(1400), nil]))
        #expect(one != .addLink("br0", .bridge(), [.mtu(1500)]))
        #expect(Set([one, one, .deleteLink("br0")]).count == 2)
        #expect("\(one)" == "RTM_NEWLINK link br0")
    }
}
