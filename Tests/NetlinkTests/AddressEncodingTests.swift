import Addressing
import Netlink
import Testing

/// Numbers as in `linux/rtnetlink.h`, `linux/if_addr.h` and `linux/neighbour.h`, of a little-endian machine.
struct AddressEncodingTests {
    @Test func `an IPv4 address has its broadcast address, flags and our mark`() throws {
        var address = Address(try #require(InterfaceAddress("172.28.0.1/16")), link: 7)
        address.broadcast = IPAddress("172.28.255.255")
        address.flags = .noPrefixRoute
        address.originator = 99
        let expected: [[UInt8]] = [
            [64, 0, 0, 0],  // length
            [20, 0, 0x01, 0x06],  // RTM_NEWADDR, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [2, 16, 0, 0],  // AF_INET, prefix length, flags, RT_SCOPE_UNIVERSE
            [7, 0, 0, 0],  // index
            [8, 0, 2, 0],  // IFA_LOCAL
            [172, 28, 0, 1],
            [8, 0, 1, 0],  // IFA_ADDRESS
            [172, 28, 0, 1],
            [8, 0, 4, 0],  // IFA_BROADCAST
            [172, 28, 255, 255],
            [8, 0, 8, 0],  // IFA_FLAGS
            [0, 2, 0, 0],  // IFA_F_NOPREFIXROUTE
            [5, 0, 11, 0],  // IFA_PROTO
            [99, 0, 0, 0],
        ]
        #expect(try lines(.addAddress(address)) == lines(expected))
    }

    @Test func `an IPv6 address is deleted by its number alone`() throws {
        var address = Address(try #require(InterfaceAddress("fd00::2/64")), link: 7)
        address.flags = [.noDuplicateDetection, .permanent]
        address.originator = 99
        let number: [UInt8] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]
        let expected: [[UInt8]] = [
            [64, 0, 0, 0],  // length
            [21, 0, 0x01, 0x00],  // RTM_DELADDR, NLM_F_REQUEST
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [10, 64, 0, 0],  // AF_INET6, prefix length, flags, RT_SCOPE_UNIVERSE
            [7, 0, 0, 0],  // index
            [20, 0, 2, 0],  // IFA_LOCAL
            number,
            [20, 0, 1, 0],  // IFA_ADDRESS
            number,
        ]
        #expect(try lines(.deleteAddress(address)) == lines(expected))
    }

    @Test func `a default route has no destination`() throws {
        var route = Route(defaultBy: try #require(IPAddress("10.0.0.1")), link: 2)
        route.originator = 99
        route.metric = 50
        let expected: [[UInt8]] = [
            [52, 0, 0, 0],  // length
            [24, 0, 0x01, 0x06],  // RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [2, 0, 0, 0],  // AF_INET, lengths of destination and source, type of service
            [254, 99, 0, 1],  // RT_TABLE_MAIN, protocol, RT_SCOPE_UNIVERSE, RTN_UNICAST
            [0, 0, 0, 0],  // flags
            [8, 0, 5, 0],  // RTA_GATEWAY
            [10, 0, 0, 1],
            [8, 0, 4, 0],  // RTA_OIF
            [2, 0, 0, 0],
            [8, 0, 6, 0],  // RTA_PRIORITY
            [50, 0, 0, 0],
        ]
        #expect(try lines(.addRoute(route)) == lines(expected))
    }

    @Test func `a route to a link has the link's scope, and a large table its own attribute`() throws {
        var route = Route(to: try #require(Subnet("10.1.0.0/16")), link: 2)
        route.table = 1000
        route.source = IPAddress("10.1.0.1")
        let expected: [[UInt8]] = [
            [60, 0, 0, 0],  // length
            [24, 0, 0x01, 0x05],  // RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [2, 16, 0, 0],  // AF_INET, lengths of destination and source, type of service
            [0, 3, 253, 1],  // RT_TABLE_UNSPEC, RTPROT_BOOT, RT_SCOPE_LINK, RTN_UNICAST
            [0, 0, 0, 0],  // flags
            [8, 0, 1, 0],  // RTA_DST
            [10, 1, 0, 0],
            [8, 0, 4, 0],  // RTA_OIF
            [2, 0, 0, 0],
            [8, 0, 7, 0],  // RTA_PREFSRC
            [10, 1, 0, 1],
            [8, 0, 15, 0],  // RTA_TABLE
            [232, 3, 0, 0],
        ]
        #expect(try lines(.replaceRoute(route)) == lines(expected))
    }

    @Test func `a blackhole leads to no link`() throws {
        var route = Route(to: try #require(Subnet("fd01::/48")), link: 2)
        route.kind = .blackhole
        let expected: [[UInt8]] = [
            [48, 0, 0, 0],  // length
            [25, 0, 0x01, 0x00],  // RTM_DELROUTE, NLM_F_REQUEST
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [10, 48, 0, 0],  // AF_INET6, lengths of destination and source, type of service
            [254, 3, 0, 6],  // RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_BLACKHOLE
            [0, 0, 0, 0],  // flags
            [20, 0, 1, 0],  // RTA_DST
            [0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        #expect(try lines(.deleteRoute(route)) == lines(expected))
    }

    @Test func `a neighbour is permanent unless told otherwise`() throws {
        let neighbour = Neighbour(
            try #require(IPAddress("10.0.0.2")), at: MACAddress("02:42:0a:00:00:02"), link: 3)
        let expected: [[UInt8]] = [
            [48, 0, 0, 0],  // length
            [28, 0, 0x01, 0x05],  // RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [2, 0, 0, 0],  // AF_INET
            [3, 0, 0, 0],  // index
            [0x80, 0, 0, 0],  // NUD_PERMANENT, flags, type
            [8, 0, 1, 0],  // NDA_DST
            [10, 0, 0, 2],
            [10, 0, 2, 0],  // NDA_LLADDR
            [0x02, 0x42, 0x0a, 0, 0, 2, 0, 0],  // padded
        ]
        #expect(try lines(.replaceNeighbour(neighbour)) == lines(expected))
    }

    @Test func `a forwarding entry of a VXLAN is in its own table and names the machine`() throws {
        let entry = ForwardingEntry(
            try #require(MACAddress("02:42:0a:00:00:02")), to: IPAddress("192.168.205.11"), link: 3)
        let expected: [[UInt8]] = [
            [48, 0, 0, 0],  // length
            [28, 0, 0x01, 0x0c],  // RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_APPEND
            [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [7, 0, 0, 0],  // AF_BRIDGE
            [3, 0, 0, 0],  // index
            [0xc0, 0, 0x02, 0],  // NUD_PERMANENT | NUD_NOARP, NTF_SELF
            [10, 0, 2, 0],  // NDA_LLADDR
            [0x02, 0x42, 0x0a, 0, 0, 2, 0, 0],  // padded
            [8, 0, 1, 0],  // NDA_DST
            [192, 168, 205, 11],
        ]
        #expect(try lines(.appendForwardingEntry(entry)) == lines(expected))
    }
}
