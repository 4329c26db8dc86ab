import Addressing
import Glibc
import Planning
import Testing

@testable import Probe

/// What the prober does without the kernel.
@Suite struct ProbePacketTests {
    private let request = EchoPacket(identifier: 0x1234, sequence: 0x0005, token: 0x0102_0304_0506_0708)

    @Test func `an echo request of IPv4 has its checksum`() {
        let expected: [UInt8] = [
            8,  // type: echo request (RFC 792)
            0,  // code
            0xd5, 0xb2,  // checksum: complement of 0800 + 1234 + 0005 + 0102 + 0304 + 0506 + 0708 = 2a4d
            0x12, 0x34,  // identifier
            0x00, 0x05,  // sequence number
            0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,  // token
        ]
        #expect(request.bytes(.v4) == expected)
        // Over a packet with its checksum the sum is all ones (RFC 1071 §1).
        #expect(internetChecksum(expected) == 0)
    }

    @Test func `an echo request of IPv6 leaves the checksum to the kernel`() {
        let expected: [UInt8] = [
            128,  // type: echo request (RFC 4443 §4.1)
            0,  // code
            0, 0,  // checksum
            0x12, 0x34,  // identifier
            0x00, 0x05,  // sequence number
            0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,  // token
        ]
        #expect(request.bytes(.v6) == expected)
    }

    @Test func `the checksum of the example in the standard is right`() {
        // RFC 1071 §3: the sum of these words is ddf2.
        #expect(internetChecksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]) == ~0xddf2)
        #expect(internetChecksum([]) == 0xffff)
        #expect(internetChecksum([0x01]) == ~0x0100)
        // Two carries in a row.
        #expect(internetChecksum([0xff, 0xff, 0xff, 0xff, 0x00, 0x01]) == ~0x0001)
    }

    @Test func `a reply is read behind an IP header of any length`() {
        for words in 5...15 {
            var header = [UInt8](repeating: 0, count: words * 4)
            header[0] = 0x40 | UInt8(words)
            var reply = request.bytes(.v4)
            reply[0] = 0
            let packet = (header + reply).withUnsafeBytes { EchoPacket(received: $0, .v4) }
            #expect(
                packet
                    == EchoPacket(isReply: true, identifier: 0x1234, sequence: 5, token: 0x0102_0304_0506_0708))
        }
    }

    @Test(arguments: IPFamily.allCases)
    func `no part of a packet and no noise is taken for an echo or read out of bounds`(family: IPFamily) {
        let header: [UInt8] = family == .v4 ? [0x45] + [UInt8](repeating: 0, count: 19) : []
        let whole = header + request.bytes(family)
        for count in 0..<whole.count {
            // A copy of its own, so that a sanitizer would see a read behind its end.
            let part = Array(whole.prefix(count))
            #expect(part.withUnsafeBytes { EchoPacket(received: $0, family) } == nil)
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let noise = (0..<Int.random(in: 0...64)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            noise.withUnsafeBytes {
                _ = EchoPacket(received: $0, family)
                _ = EchoHeader($0, family)
                _ = SocketAddress($0)
                _ = ControlMessages($0)[SOL_SOCKET, 1]
            }
        }
    }

    @Test(arguments: ["10.9.0.2", "255.255.255.255", "fd00:9::2", "::1"])
    func `an address survives the way to the kernel and back`(text: String) throws {
        let address = SocketAddress(try #require(IPAddress(text)), port: 8080)
        let back = address.withPointer { pointer, length in
            SocketAddress(UnsafeRawBufferPointer(start: pointer, count: Int(length)))
        }
        #expect(back == address)
    }

    @Test func `a message of the kernel is found behind another one`() {
        func message(_ level: Int32, _ type: Int32, _ content: [UInt8]) -> [UInt8] {
            var header = cmsghdr()
            header.cmsg_len = 16 + content.count
            header.cmsg_level = level
            header.cmsg_type = type
            let padding = [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
            return withUnsafeBytes(of: header) { Array($0.prefix(16)) } + content + padding
        }
        let bytes = message(1, 2, [1, 2, 3]) + message(SOL_SOCKET, 35, [7, 8])
        bytes.withUnsafeBytes { bytes in
            #expect(ControlMessages(bytes)[SOL_SOCKET, 35].map(Array.init) == [7, 8])
            #expect(ControlMessages(bytes)[SOL_SOCKET, 36] == nil)
        }
    }

    @Test func `a trial is made again until it is settled, and silence ends before patience does`() {
        var schedule = Schedule(silent: [0], awaited: [1, 2], timeout: 1000)
        var settled: Set<Int> = []
        func drain(_ now: UInt64) -> [Int] {
            var made: [Int] = []
            while let next = schedule.next(now: now, isOpen: { !settled.contains($0) }) { made.append(next) }
            return made
        }
        #expect(drain(0) == [0, 1, 2])
        #expect(drain(100_000_000) == [])
        settled = [2]
        #expect(drain(200_000_000) == [0, 1])
        #expect(schedule.expired(now: 999).isEmpty)
        #expect(schedule.expired(now: 1000) == [0])
        #expect(schedule.expired(now: 3000) == [0, 1, 2])
        #expect(schedule.pause(now: 250_000_000) == 150_000_000)
        #expect(drain(400_000_000) == [0, 1])
        // What must not answer is tried three times, what must answer without end.
        #expect(drain(600_000_000) == [1])
    }

    @Test func `a trial that is taken back comes next`() {
        var schedule = Schedule(silent: [], awaited: [4, 5], timeout: 1000)
        #expect(schedule.next(now: 0) { _ in true } == 4)
        schedule.takeBack()
        #expect(schedule.next(now: 0) { _ in true } == 4)
        #expect(schedule.next(now: 0) { _ in true } == 5)
    }

    @Test func `hosts files are read as the C library reads them`() throws {
        let file = HostsFile(
            "# weft:shop\n127.0.0.1\tlocalhost\n 10.0.0.2  web  www # 10.0.0.9 db\n\n10.0.0.3 web\n#10.0.0.4 api")
        func faults(_ name: String, _ addresses: String...) throws -> [NameFault] {
            let entries = try addresses.map {
                Promise.HostName(container: name, address: try #require(IPAddress($0)), names: [name])
            }
            return file.faults([entries])
        }
        #expect(try faults("web", "10.0.0.2", "10.0.0.3") == [])
        #expect(try faults("www", "10.0.0.2") == [])
        #expect(try faults("db", "10.0.0.9").map(\.found) == [[]])
        #expect(try faults("api", "10.0.0.4").map(\.found) == [[]])
        // One address too many is as wrong as one too few.
        #expect(try faults("web", "10.0.0.2").map(\.found) == [["10.0.0.2", "10.0.0.3"]])
    }
}
