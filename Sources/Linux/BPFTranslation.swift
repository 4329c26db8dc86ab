import CLinux

/// A program that turns IPv6 packets into IPv4 ones and back, without a state of its own (RFC 7915, RFC 6052 §2.2).
///
/// It runs where packets leave a link, and lets them come in again by the same link as packets of the other version. What it
/// can not turn is dropped: fragments, options and extension headers, UDP without a checksum in IPv4 (RFC 7915 §4.5), all that
/// is neither TCP nor UDP, and every packet that is not from a translator's address to another one, or back. Of the two
/// addresses of translators the odd one stands for the host's own loopback: what is sent back to it comes in by `lo`, since
/// the kernel takes packets for `::1` from there only.
public struct BPFTranslation {
    /// Twelve bytes before each IPv4 address: a prefix of 96 bits.
    private let prefix: [UInt8]
    /// The even one of the two IPv4 addresses of translators.
    private let translator: [UInt8]
    private var code = BPFAssembler()

    /// The program for a prefix of twelve bytes and the even address, four bytes, of translators.
    public static func program(name: String, prefix: [UInt8], translator: [UInt8]) -> BPFProgram {
        var translation = BPFTranslation(prefix: prefix, translator: translator)
        translation.assemble()
        return BPFProgram(name: name, instructions: translation.code.finished())
    }

    private init(prefix: [UInt8], translator: [UInt8]) {
        self.prefix = prefix
        self.translator = translator
    }

    private mutating func assemble() {
        code.move(.r6, .r1)
        code.load(.word, .r2, .r6, Context.protocol)
        code.jump(.r2, .equal, EtherType.ipv6, to: "six")
        code.jump(.r2, .equal, EtherType.ipv4, to: "four")
        code.mark("drop")
        code.move(.r0, TC_ACT_SHOT)
        code.exit()
        code.mark("six")
        sixToFour()
        code.mark("four")
        fourToSix()
    }

    /// Goes to `drop` where a call failed.
    private mutating func check() { code.jump(.r0, .notEqual, 0, to: "drop") }

    private var packet: BPFAssembler.Argument { .register(.r6) }

    // The stack: the header that was, the header that will be, and the Ethernet header's fields.
    private static let six: Int16 = -40
    private static let four: Int16 = -60
    private static let frame: Int16 = -76

    private mutating func sixToFour() {
        let (six, four) = (Self.six, Self.four)
        code.call(BPF_FUNC_skb_load_bytes, packet, .constant(Ethernet.size), .stack(six), .constant(IPv6.size))
        check()
        requirePrefix(at: six + IPv6.source)
        requirePrefix(at: six + IPv6.destination)
        code.load(.word, .r4, .frame, six + IPv6.source + 12)
        code.store(.word, four + IPv4.source, .r4)
        compareWithTranslator(.r4, .notEqual)
        code.load(.word, .r4, .frame, six + IPv6.destination + 12)
        code.store(.word, four + IPv4.destination, .r4)
        compareWithTranslator(.r4, .equal)
        code.load(.byte, .r3, .frame, six + IPv6.next)
        code.store(.byte, four + IPv4.protocol, .r3)
        chooseTransport("6")
        fillFour()
        resize(
            by: Int32(IPv4.size) - IPv6.size, to: EtherType.ipv4, adding: (six + IPv6.source, 32),
            (four + IPv4.source, 8))
        code.call(
            BPF_FUNC_skb_store_bytes, packet, .constant(Ethernet.size), .stack(four), .constant(Int32(IPv4.size)),
            .constant(0))
        check()
        code.compute(.r8, .add, Ethernet.size + Int32(IPv4.size))
        finish(EtherType.ipv4) { _ in }
    }

    /// The traffic class, length and hop limit of the IPv6 header, and the header's checksum.
    private mutating func fillFour() {
        let (six, four) = (Self.six, Self.four)
        code.store(.byte, four, 0x45)
        code.load(.half, .r2, .frame, six)
        code.swapHalf(.r2)
        code.compute(.r2, .shiftRight, 4)
        code.store(.byte, four + IPv4.service, .r2)
        code.load(.half, .r2, .frame, six + IPv6.length)
        code.swapHalf(.r2)
        code.compute(.r2, .add, Int32(IPv4.size))
        code.swapHalf(.r2)
        code.store(.half, four + IPv4.length, .r2)
        // No identification, and a network that has smaller packets says so (RFC 7915 §5.1).
        code.store(.half, four + IPv4.identification, 0)
        code.store(.half, four + IPv4.fragment, Int32(UInt16(0x4000).bigEndian))
        code.load(.byte, .r2, .frame, six + IPv6.hopLimit)
        code.store(.byte, four + IPv4.timeToLive, .r2)
        code.store(.half, four + IPv4.checksum, 0)
        code.call(
            BPF_FUNC_csum_diff, .constant(0), .constant(0), .stack(four), .constant(Int32(IPv4.size)), .constant(0))
        for _ in 0..<2 {
            code.move(.r2, .r0)
            code.compute(.r2, .shiftRight, 16)
            code.compute(.r0, .and, 0xffff)
            code.compute(.r0, .add, .r2)
        }
        code.compute(.r0, .exclusiveOr, 0xffff)
        code.store(.half, four + IPv4.checksum, .r0)
    }

    private mutating func fourToSix() {
        let (six, four) = (Self.six, Self.four)
        code.call(
            BPF_FUNC_skb_load_bytes, packet, .constant(Ethernet.size), .stack(four), .constant(Int32(IPv4.size)))
        check()
        code.load(.byte, .r2, .frame, four)
        code.jump(.r2, .notEqual, 0x45, to: "drop")
        code.load(.half, .r2, .frame, four + IPv4.fragment)
        code.compute(.r2, .and, Int32(UInt16(0x3fff).bigEndian))
        code.jump(.r2, .notEqual, 0, to: "drop")
        for (offset, original) in [(IPv6.source, IPv4.source), (IPv6.destination, IPv4.destination)] {
            for word in 0..<3 {
                code.store(.word, six + offset + Int16(4 * word), Self.word(prefix, word))
            }
            code.load(.word, .r4, .frame, four + original)
            code.store(.word, six + offset + 12, .r4)
        }
        compareWithTranslator(.r4, .notEqual)
        code.load(.byte, .r3, .frame, four + IPv4.protocol)
        code.store(.byte, six + IPv6.next, .r3)
        chooseTransport("4")
        requireChecksum()
        fillSix()
        resize(
            by: IPv6.size - Int32(IPv4.size), to: EtherType.ipv6, adding: (four + IPv4.source, 8),
            (six + IPv6.source, 32))
        code.call(
            BPF_FUNC_skb_store_bytes, packet, .constant(Ethernet.size), .stack(six), .constant(IPv6.size), .constant(0))
        check()
        code.compute(.r8, .add, Ethernet.size + IPv6.size)
        finish(EtherType.ipv6) { $0.leadToLoopback() }
    }

    /// The type of service, length and time to live of the IPv4 header.
    private mutating func fillSix() {
        let (six, four) = (Self.six, Self.four)
        code.load(.byte, .r2, .frame, four + IPv4.service)
        code.compute(.r2, .shiftLeft, 4)
        code.compute(.r2, .or, 0x6000)
        code.swapHalf(.r2)
        code.store(.half, six, .r2)
        code.store(.half, six + 2, 0)
        code.load(.half, .r2, .frame, four + IPv4.length)
        code.swapHalf(.r2)
        code.compute(.r2, .subtract, Int32(IPv4.size))
        code.swapHalf(.r2)
        code.store(.half, six + IPv6.length, .r2)
        code.load(.byte, .r2, .frame, four + IPv4.timeToLive)
        code.store(.byte, six + IPv6.hopLimit, .r2)
    }

    /// Drops UDP without a checksum, which IPv6 does not have.
    private mutating func requireChecksum() {
        code.jump(.r8, .equal, Transport.tcpChecksum, to: "summed")
        code.call(
            BPF_FUNC_skb_load_bytes, packet, .constant(Ethernet.size + Int32(IPv4.size) + Transport.udpChecksum),
            .stack(Self.frame), .constant(2))
        check()
        code.load(.half, .r2, .frame, Self.frame)
        code.jump(.r2, .equal, 0, to: "drop")
        code.mark("summed")
    }

    private mutating func requirePrefix(at offset: Int16) {
        for word in 0..<3 {
            code.load(.word, .r2, .frame, offset + Int16(4 * word))
            code.jump(.r2, .notEqual, Self.word(prefix, word), to: "drop")
        }
    }

    /// Drops the packet if the address is, or is not, one of the two translators'.
    private mutating func compareWithTranslator(_ address: BPFRegister, _ comparison: BPFAssembler.Comparison) {
        code.move(.r2, address)
        code.compute(.r2, .and, Self.word([0xff, 0xff, 0xff, 0xfe], 0))
        code.jump(.r2, comparison, Self.word(translator, 0), to: "drop")
    }

    /// Where the checksum is of the protocol in `r3` (to `r8`), and how it is changed (to `r7`); what has none is dropped.
    private mutating func chooseTransport(_ suffix: String) {
        code.move(.r8, Transport.tcpChecksum)
        code.move(.r7, Int32(BPF_F_PSEUDO_HDR))
        code.jump(.r3, .equal, Int32(IPPROTO_TCP), to: "known" + suffix)
        code.jump(.r3, .notEqual, Int32(IPPROTO_UDP), to: "drop")
        code.move(.r8, Transport.udpChecksum)
        code.move(.r7, Int32(BPF_F_PSEUDO_HDR) | Int32(BPF_F_MARK_MANGLED_0))
        code.mark("known" + suffix)
    }

    /// Sums up how the pseudo headers differ (to `r9`) and makes room for the other header.
    ///
    /// The kernel changes the version of segments that wait to be cut of TCP only; a train of UDP datagrams keeps its size.
    private mutating func resize(
        by difference: Int32, to type: Int32, adding old: (offset: Int16, count: Int32),
        _ new: (offset: Int16, count: Int32)
    ) {
        code.call(
            BPF_FUNC_csum_diff, .stack(old.offset), .constant(old.count), .stack(new.offset), .constant(new.count),
            .constant(0))
        code.move(.r9, .r0)
        code.load(.word, .r2, .r6, Context.segmentSize)
        code.jump(.r2, .equal, 0, to: "single\(type)")
        code.jump(.r8, .equal, Transport.tcpChecksum, to: "single\(type)")
        code.call(
            BPF_FUNC_skb_adjust_room, packet, .constant(difference), .constant(Int32(BPF_ADJ_ROOM_MAC.rawValue)),
            .constant(Int32(BPF_F_ADJ_ROOM_FIXED_GSO)))
        code.jump(to: "resized\(type)")
        code.mark("single\(type)")
        code.call(BPF_FUNC_skb_change_proto, packet, .constant(type), .constant(0))
        code.mark("resized\(type)")
        check()
    }

    /// Mends the checksum at `r8`, names the version to Ethernet, and sends the packet in by the link in `r1`.
    private mutating func finish(_ type: Int32, _ choose: (inout Self) -> Void) {
        code.store(.half, Self.frame, type)
        code.call(
            BPF_FUNC_skb_store_bytes, packet, .constant(Ethernet.type), .stack(Self.frame), .constant(2), .constant(0))
        check()
        code.call(BPF_FUNC_l4_csum_replace, packet, .register(.r8), .constant(0), .register(.r9), .register(.r7))
        check()
        code.load(.word, .r1, .r6, Context.link)
        choose(&self)
        code.move(.r2, Int32(BPF_F_INGRESS))
        code.call(BPF_FUNC_redirect, .register(.r1), .register(.r2))
        code.exit()
    }

    /// What goes to the odd address comes in by `lo`, whose Ethernet address is all zeros.
    private mutating func leadToLoopback() {
        code.load(.byte, .r2, .frame, Self.six + IPv6.destination + 15)
        code.compute(.r2, .and, 1)
        code.jump(.r2, .equal, 0, to: "home")
        for word in 0..<3 { code.store(.word, Self.frame + Int16(4 * word), 0) }
        code.call(
            BPF_FUNC_skb_store_bytes, packet, .constant(0), .stack(Self.frame), .constant(Ethernet.type), .constant(0))
        check()
        code.move(.r1, Loopback.index)
        code.mark("home")
    }

    /// Four bytes as they lie in memory.
    private static func word(_ bytes: [UInt8], _ index: Int) -> Int32 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self) }
    }
}
