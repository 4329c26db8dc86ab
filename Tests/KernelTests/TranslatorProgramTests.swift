import Addressing
import Linux
import Planning
import TestSupport
import Testing

@testable import Reconcile

/// The program that changes the version of packets, run by the kernel on packets made by hand.
@Suite(.enabled(if: PacketProgramRun.isPermitted, "\(PacketProgramRun.requirement)"))
struct TranslatorProgramTests {
    private static let dropped: UInt32 = 2
    private static let redirected: UInt32 = 7

    private let program: Descriptor
    private let container = IPAddress(.v4, bits: 0x0a4d_0102)

    init() throws { program = try Translator.program.load() }

    private func run(_ packet: HandmadePacket) throws -> PacketProgramRun {
        try PacketProgramRun(of: program, on: packet.bytes)
    }

    private func request(_ protocol: UInt8 = 6) -> HandmadePacket {
        HandmadePacket(
            from: Translator.embedding(Translator.clients.network), to: Translator.embedding(container), `protocol`)
    }

    private func reply(_ protocol: UInt8 = 6, to client: IPAddress = Translator.clients.network) -> HandmadePacket {
        HandmadePacket(from: container, to: client, `protocol`)
    }

    @Test(arguments: [6, 17] as [UInt8], [0, 1, 7, 1200])
    func `a request becomes the same of IPv4`(protocol: UInt8, count: Int) throws {
        var packet = request(`protocol`)
        packet.payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let result = try run(packet)
        #expect(result.verdict == Self.redirected)
        var expected = HandmadePacket(from: Translator.clients.network, to: container, `protocol`)
        expected.payload = packet.payload
        #expect(result.packet == expected.bytes)
    }

    @Test(arguments: [6, 17] as [UInt8], [0, 1, 7, 1200])
    func `a reply becomes the same of IPv6`(protocol: UInt8, count: Int) throws {
        var packet = reply(`protocol`)
        packet.payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 5) }
        let result = try run(packet)
        #expect(result.verdict == Self.redirected)
        var expected = HandmadePacket(
            from: Translator.embedding(container), to: Translator.embedding(Translator.clients.network), `protocol`)
        expected.payload = packet.payload
        #expect(result.packet == expected.bytes)
    }

    @Test func `the traffic class and the hop limit are kept`() throws {
        var packet = request()
        (packet.trafficClass, packet.hopLimit) = (0xb9, 3)
        let result = try run(packet).packet
        #expect((result[15], result[22]) == (0xb9, 3))
        var back = reply()
        (back.trafficClass, back.hopLimit) = (0xb9, 3)
        let answer = try run(back).packet
        #expect((answer[14], answer[15], answer[21]) == (0x6b, 0x90, 3))
    }

    @Test func `what goes to the host's own loopback has no Ethernet addresses`() throws {
        let result = try run(reply(to: Translator.clients.last))
        #expect(result.verdict == Self.redirected)
        #expect(Array(result.packet[..<12]) == [UInt8](repeating: 0, count: 12))
    }

    @Test func `a UDP checksum that comes out as zero is sent as all ones`() throws {
        // The payload's only half word is the checksum that there is without it.
        var packet = request(17)
        packet.payload = [0, 0]
        let expected = HandmadePacket(from: Translator.clients.network, to: container, 17, payload: [0, 0])
        packet.payload = Array(expected.bytes[40..<42])
        let result = try run(packet)
        #expect(result.verdict == Self.redirected)
        #expect(Array(result.packet[40..<42]) == [0xff, 0xff])
    }

    @Test func `what can not be translated is dropped`() throws {
        let outsider = try #require(IPAddress("2001:db8::7"))
        let client = Translator.embedding(Translator.clients.network)
        var fragment = reply()
        fragment.fragment = 0x2000
        var bare = reply(17)
        bare.hasChecksum = false
        let packets = [
            HandmadePacket(from: outsider, to: Translator.embedding(container), 6),
            HandmadePacket(from: Translator.embedding(container), to: Translator.embedding(container), 6),
            HandmadePacket(from: client, to: outsider, 6),
            HandmadePacket(from: client, to: client, 6),
            request(58), request(44), reply(1), fragment, bare,
            HandmadePacket(from: container, to: container, 6),
        ]
        for packet in packets { #expect(try run(packet).verdict == Self.dropped) }
    }

    @Test func `a packet that ends too early is dropped`() throws {
        for (packet, headers) in [(request(), 54), (reply(17), 34)] {
            for count in headers..<packet.bytes.count - 4 {
                let run = try PacketProgramRun(of: program, on: Array(packet.bytes.prefix(count)))
                #expect(run.verdict == Self.dropped)
            }
        }
    }
}

/// A packet in its Ethernet frame, with checksums computed as RFC 1071 says.
struct HandmadePacket {
    var from: IPAddress
    var to: IPAddress
    var `protocol`: UInt8
    var payload: [UInt8]
    var trafficClass: UInt8 = 0
    var hopLimit: UInt8 = 64
    var fragment: UInt16 = 0x4000
    var hasChecksum = true

    init(from: IPAddress, to: IPAddress, _ protocol: UInt8, payload: [UInt8] = []) {
        self.from = from
        self.to = to
        self.protocol = `protocol`
        self.payload = payload
    }

    var bytes: [UInt8] {
        let segment = segment
        let type: [UInt8] = from.family == .v4 ? [0x08, 0x00] : [0x86, 0xdd]
        let addresses: [UInt8] = [2, 0x42, 1, 1, 1, 1, 2, 0x42, 1, 1, 1, 1]
        return addresses + type + (from.family == .v4 ? header4(segment.count) : header6(segment.count)) + segment
    }

    private func half(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    private func header4(_ count: Int) -> [UInt8] {
        var header =
            [0x45, trafficClass] + half(count + 20) + [0, 0] + half(Int(fragment)) + [hopLimit, `protocol`, 0, 0]
            + from.bytes + to.bytes
        header.replaceSubrange(10..<12, with: Self.checksum(header))
        return header
    }

    private func header6(_ count: Int) -> [UInt8] {
        [0x60 | trafficClass >> 4, trafficClass << 4, 0, 0] + half(count) + [`protocol`, hopLimit] + from.bytes
            + to.bytes
    }

    /// Ports 40000 and 80; TCP with the flag `ACK`.
    private var segment: [UInt8] {
        let ports: [UInt8] = [0x9c, 0x40, 0, 80]
        let place = `protocol` == 17 ? 6 : 16
        var segment =
            `protocol` == 17
            ? ports + half(payload.count + 8) + [0, 0] + payload
            : ports + [0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x10, 0xff, 0xff, 0, 0, 0, 0] + payload
        guard hasChecksum else { return segment }
        let sum = Self.checksum(from.bytes + to.bytes + [0, `protocol`] + half(segment.count) + segment)
        segment.replaceSubrange(place..<place + 2, with: sum == [0, 0] && `protocol` == 17 ? [0xff, 0xff] : sum)
        return segment
    }

    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var sum = stride(from: 0, to: bytes.count, by: 2).reduce(0) { sum, place in
            sum + Int(bytes[place]) << 8 + (place + 1 < bytes.count ? Int(bytes[place + 1]) : 0)
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        sum ^= 0xffff
        return [UInt8(sum >> 8), UInt8(sum & 0xff)]
    }
}
