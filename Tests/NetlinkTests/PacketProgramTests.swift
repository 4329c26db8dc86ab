import CLinux
import Testing

@testable import Linux
@testable import Netlink

/// Instructions as in RFC 9669, and traffic control as in `linux/pkt_cls.h`, of a little-endian machine.
struct PacketProgramTests {
    private func bytes(_ instruction: BPFInstruction) -> [UInt8] {
        var record = instruction.record
        return withUnsafeBytes(of: &record) { Array($0) }
    }

    @Test func `instructions are encoded as the kernel reads them`() {
        var code = BPFAssembler()
        code.move(.r6, .r1)
        code.load(.half, .r2, .frame, -4)
        code.store(.word, -8, 0x0102_0304)
        code.store(.byte, -9, .r3)
        code.compute(.r2, .and, -1)
        code.swapHalf(.r2)
        code.exit()
        let expected: [[UInt8]] = [
            [0xbf, 0x16, 0, 0, 0, 0, 0, 0],  // r6 = r1
            [0x69, 0xa2, 0xfc, 0xff, 0, 0, 0, 0],  // r2 = *(u16 *)(r10 - 4)
            [0x62, 0x0a, 0xf8, 0xff, 4, 3, 2, 1],  // *(u32 *)(r10 - 8) = 0x01020304
            [0x73, 0x3a, 0xf7, 0xff, 0, 0, 0, 0],  // *(u8 *)(r10 - 9) = r3
            [0x57, 0x02, 0, 0, 0xff, 0xff, 0xff, 0xff],  // r2 &= -1
            [0xdc, 0x02, 0, 0, 16, 0, 0, 0],  // r2 = be16 r2
            [0x95, 0, 0, 0, 0, 0, 0, 0],  // exit
        ]
        #expect(code.finished().map(bytes) == expected)
    }

    @Test func `jumps lead to labels before and after them`() {
        var code = BPFAssembler()
        code.mark("again")
        code.jump(.r1, .notEqual, 7, to: "end")
        code.jump(to: "again")
        code.mark("end")
        code.exit()
        #expect(code.finished().map(\.offset) == [1, -2, 0])
        #expect(bytes(code.finished()[0]) == [0x56, 0x01, 1, 0, 7, 0, 0, 0])
    }

    @Test func `a call loads its arguments in order`() {
        var code = BPFAssembler()
        code.call(BPF_FUNC_skb_load_bytes, .register(.r6), .constant(14), .stack(-20), .constant(20))
        let expected: [[UInt8]] = [
            [0xbf, 0x61, 0, 0, 0, 0, 0, 0],  // r1 = r6
            [0xb7, 0x02, 0, 0, 14, 0, 0, 0],  // r2 = 14
            [0xbf, 0xa3, 0, 0, 0, 0, 0, 0],  // r3 = r10
            [0x07, 0x03, 0, 0, 0xec, 0xff, 0xff, 0xff],  // r3 += -20
            [0xb7, 0x04, 0, 0, 20, 0, 0, 0],  // r4 = 20
            [0x85, 0, 0, 0, 26, 0, 0, 0],  // call bpf_skb_load_bytes
        ]
        #expect(code.finished().map(bytes) == expected)
    }

    @Test func `hooks are a queueing discipline without a queue`() throws {
        let expected: [[UInt8]] = [
            [48, 0, 0, 0],  // length
            [36, 0, 0x01, 0x06],  // RTM_NEWQDISC, NLM_F_REQUEST | NLM_F_EXCL | NLM_F_CREATE
            [0, 0, 0, 0],  // sequence
            [0, 0, 0, 0],  // port id
            [0, 0, 0, 0],  // AF_UNSPEC
            [7, 0, 0, 0],  // link
            [0, 0, 0xff, 0xff],  // handle ffff:
            [0xf1, 0xff, 0xff, 0xff],  // parent: TC_H_CLSACT
            [0, 0, 0, 0],
            [11, 0, 1, 0],  // TCA_KIND
            ascii("clsact") + [0, 0],
        ]
        #expect(try lines(.addHooks(to: 7)) == lines(expected))
    }

    @Test func `a program is told by its descriptor, and decides itself what becomes of packets`() throws {
        let program = try Descriptor.open("/dev/null", 0)
        let expected: [[UInt8]] = [
            [72, 0, 0, 0],  // length
            [44, 0, 0x01, 0x04],  // RTM_NEWTFILTER, NLM_F_REQUEST | NLM_F_CREATE
            [0, 0, 0, 0],  // sequence
            [0, 0, 0, 0],  // port id
            [0, 0, 0, 0],  // AF_UNSPEC
            [7, 0, 0, 0],  // link
            [1, 0, 0, 0],  // handle
            [0xf3, 0xff, 0xff, 0xff],  // parent: the way out
            [0, 3, 1, 0],  // ETH_P_ALL in network order, preference 1
            [8, 0, 1, 0],  // TCA_KIND
            ascii("bpf") + [0],
            [28, 0, 2, 0x80],  // TCA_OPTIONS, nested
            [8, 0, 6, 0],  // TCA_BPF_FD
            [UInt8(program.rawValue), 0, 0, 0],
            [7, 0, 7, 0],  // TCA_BPF_NAME
            ascii("p1") + [0, 0],
            [8, 0, 8, 0],  // TCA_BPF_FLAGS
            [1, 0, 0, 0],  // TCA_BPF_FLAG_ACT_DIRECT
        ]
        #expect(try lines(.setProgram(program, name: "p1", at: 7)) == lines(expected))
    }
}
