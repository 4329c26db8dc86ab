import Addressing
import CLinux
import Links
import Linux
@testable import Netlink
import TestSupport
import Testing

/// What the kernel sends is taken apart without trust: an error is fine, a trap is not.
struct DecodingTests {
    /// Reads `bytes` with every parser that there is.
    private func parseWithAll(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        func attempt(_ parse: (RawSpan) throws(NetlinkError) -> Void) {
            do throws(NetlinkError) { try read(bytes, parse) } catch { _ = "\(error)" }
        }
        attempt { span throws(NetlinkError) in _ = try Link(parsing: span) }
        attempt { span throws(NetlinkError) in _ = try Address(parsing: span) }
        attempt { span throws(NetlinkError) in _ = try Route(parsing: span) }
        attempt { span throws(NetlinkError) in _ = try Neighbour(parsing: span) }
        attempt { span throws(NetlinkError) in _ = try ForwardingEntry(parsing: span) }
        attempt { span throws(NetlinkError) in _ = try PortVLANs(parsing: span) }
        attempt { span throws(NetlinkError) in _ = try RoutingRule(parsing: span) }
        attempt { span throws(NetlinkError) in _ = try BoundSocket(parsing: span, .tcp) }
        attempt { span throws(NetlinkError) in
            try span.forEachMessage { header, body throws(NetlinkError) in
                _ = try Acknowledgement(error: header, body)
                _ = try Acknowledgement(done: header, body)
            }
        }
    }

    /// What follows the header of requests that use every attribute there is.
    private func samples() throws -> [[UInt8]] {
        let mac = try #require(MACAddress("02:42:0a:00:00:02"))
        var address = Address(try #require(InterfaceAddress("172.28.0.1/16")), link: 7)
        address.broadcast = IPAddress("172.28.255.255")
        address.originator = 99
        var route = Route(defaultBy: try #require(IPAddress("fd00::1")), link: 2)
        route.metric = 50
        route.source = IPAddress("fd00::2")
        let requests: [Request] = [
            .addLink(
                "web0", .veth(peer: "eth0", [.mtu(1400)]), index: 4,
                [.master(5), .group(9), .macAddress(mac), .alias("weft:shop/front"), .lower(3)]),
            .addLink("br0", .bridge(Bridge(spanningTree: true, vlanFiltering: false, forwardDelay: 3))),
            .setLink("web0", [.bridgePort(BridgePort(hairpin: true, isolated: true, learning: false))]),
            .addAlternativeNames(["weft-shop-web-front", "another"], to: .index(4)),
            .addAddress(address),
            .addAddress(Address(try #require(InterfaceAddress("fd00::2/64")), link: 7)),
            .addRoute(route),
            .addNeighbour(Neighbour(try #require(IPAddress("fd00::9")), at: mac, link: 3)),
            .addForwardingEntry(ForwardingEntry(mac, to: IPAddress("10.0.0.9"), link: 3)),
        ]
        let devices = try Device.samples().map { Request.addLink("d0", .device($0, lower: 3)) }
        return try (requests + devices).map { Array(try $0.encoded().dropFirst(16)) }
    }

    @Test func `a link is read back as it was written`() throws {
        let mac = try #require(MACAddress("02:42:0a:00:00:02"))
        let body = try Request.addLink(
            "web0", .bridge(Bridge(forwardDelay: 3, multicastSnooping: false)), index: 4, isUp: true,
            [.master(5), .group(9), .macAddress(mac), .alias("weft:shop/front"), .mtu(1400)]
        ).encoded().dropFirst(16)
        let link = try read(Array(body)) { span throws(NetlinkError) in try Link(parsing: span) }
        var expected = Link(index: 4, name: "web0")
        expected.kind = "bridge"
        expected.device = .bridge(Bridge(forwardDelay: 3, multicastSnooping: false))
        expected.alias = "weft:shop/front"
        expected.macAddress = mac
        expected.mtu = 1400
        expected.flags = .up
        expected.master = 5
        expected.group = 9
        #expect(link == expected)
    }

    @Test func `addresses, routes and neighbours are read back as they were written`() throws {
        func body(_ request: Request) throws -> [UInt8] { Array(try request.encoded().dropFirst(16)) }
        let mac = try #require(MACAddress("02:42:0a:00:00:02"))
        for text in ["172.28.0.1/16", "fd00::2/64"] {
            var address = Address(try #require(InterfaceAddress(text)), link: 7)
            address.flags = [.noDuplicateDetection, .noPrefixRoute]
            address.originator = 99
            #expect(
                try read(body(.addAddress(address))) { span throws(NetlinkError) in try Address(parsing: span) }
                    == address)
            address.peer = address.address.address.advanced(by: 1)
            #expect(
                try read(body(.addAddress(address))) { span throws(NetlinkError) in try Address(parsing: span) }
                    == address)
            var route = Route(to: address.address.subnet, gateway: address.peer, link: 3)
            route.scope = .universe
            route.table = 1000
            route.metric = 7
            #expect(try read(body(.addRoute(route))) { span throws(NetlinkError) in try Route(parsing: span) } == route)
            var neighbour = Neighbour(address.address.address, at: mac, link: 3)
            neighbour.originator = 99
            #expect(
                try read(body(.addNeighbour(neighbour))) { span throws(NetlinkError) in try Neighbour(parsing: span) }
                    == neighbour)
        }
    }

    @Test func `every prefix of a good message is read or refused`() throws {
        for sample in try samples() {
            for count in 0...sample.count { parseWithAll(sample.prefix(count)) }
        }
    }

    @Test func `a good message with any one byte changed is read or refused`() throws {
        for sample in try samples() {
            for index in sample.indices {
                for value: UInt8 in [0, 1, 4, 0x7f, 0x80, 0xff] {
                    var changed = sample
                    changed[index] = value
                    parseWithAll(changed)
                }
            }
        }
    }

    @Test func `random bytes are read or refused`() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let count = Int(random.next() % 200)
            parseWithAll((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() % 64) })
        }
    }

    @Test func `a message longer than what was received is malformed`() {
        let bytes: [UInt8] = [
            32, 0, 0, 0,  // length: 16 more than there are
            16, 0, 0, 0,  // type, flags
            0, 0, 0, 0, 0, 0, 0, 0,  // sequence, port id
        ]
        #expect(throws: NetlinkError.malformedReply("message of length 32 in 16 bytes")) {
            try forEachMessage([bytes]) { _, _ in }
        }
    }

    @Test func `an attribute shorter than its own header is malformed`() {
        let bytes: [UInt8] = [3, 0, 1, 0]
        #expect(throws: NetlinkError.malformedReply("attribute 1 of length 3 in 4 bytes")) {
            try read(bytes) { span throws(NetlinkError) in try span.forEachAttribute { _, _ in } }
        }
    }

    @Test func `a refusal tells the kernel's words and the place`() throws {
        let rows: [[UInt8]] = [
            [68, 0, 0, 0],  // length
            [2, 0, 0x00, 0x03],  // NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS
            [5, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [0xa1, 0xff, 0xff, 0xff],  // -EOPNOTSUPP
            [56, 0, 0, 0, 16, 0, 5, 6, 5, 0, 0, 0, 0, 0, 0, 0],  // the request's header
            [24, 0, 1, 0],  // NLMSGERR_ATTR_MSG
            ascii("Unknown device type") + [0],
            [8, 0, 2, 0],  // NLMSGERR_ATTR_OFFS
            [44, 0, 0, 0],
        ]
        let request = Request.addLink("web0", .bridge())
        var refusal: NetlinkError?
        try forEachMessage(rows) { header, body throws(NetlinkError) in
            refusal = try Acknowledgement(error: header, body).refusal(of: request)
        }
        let expected = Refusal(errno: .notSupported, message: "Unknown device type", offset: 44, request: request)
        #expect(refusal == .refused(expected))
        #expect(refusal?.description == "link web0: Unknown device type (EOPNOTSUPP)")
    }

    @Test func `an acknowledgement is no refusal`() throws {
        let rows: [[UInt8]] = [
            [36, 0, 0, 0],  // length
            [2, 0, 0x00, 0x01],  // NLMSG_ERROR, NLM_F_CAPPED
            [5, 0, 0, 0], [0, 0, 0, 0],  // sequence, port id
            [0, 0, 0, 0],  // no error
            [56, 0, 0, 0, 16, 0, 5, 6, 5, 0, 0, 0, 0, 0, 0, 0],  // the request's header
        ]
        var count = 0
        var refusal: NetlinkError? = .overrun
        try forEachMessage(rows) { header, body throws(NetlinkError) in
            count += 1
            refusal = try Acknowledgement(error: header, body).refusal(of: .deleteLink("web0"))
        }
        #expect(refusal == nil)
        #expect(count == 1)
    }
}

private func forEachMessage(
    _ rows: [[UInt8]], _ visit: (nlmsghdr, RawSpan) throws(NetlinkError) -> Void
) throws(NetlinkError) {
    try read(rows.flatMap { $0 }) { span throws(NetlinkError) in try span.forEachMessage(visit) }
}
