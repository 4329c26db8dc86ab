import CLinux
public import Linux

/// What a program made of a packet.
public struct PacketProgramRun: Hashable, Sendable {
    /// What it returned: `TC_ACT_*`.
    public let verdict: UInt32
    /// The packet as it is afterwards, its Ethernet header included.
    public let packet: [UInt8]

    /// Has the kernel run a loaded program once on `packet` (`BPF_PROG_TEST_RUN`, Documentation/bpf/bpf_prog_run.rst).
    public init(of program: Descriptor, on packet: [UInt8]) throws {
        var attributes = bpf_attr()
        var result = [UInt8](repeating: 0, count: packet.count + 256)
        attributes.test.prog_fd = UInt32(program.rawValue)
        attributes.test.data_size_in = UInt32(packet.count)
        attributes.test.data_size_out = UInt32(result.count)
        _ = try systemCall("bpf", "BPF_PROG_TEST_RUN") {
            packet.withUnsafeBytes { before in
                result.withUnsafeMutableBytes { after in
                    attributes.test.data_in = UInt64(UInt(bitPattern: before.baseAddress))
                    attributes.test.data_out = UInt64(UInt(bitPattern: after.baseAddress))
                    return clinux_bpf(BPF_PROG_TEST_RUN, &attributes, UInt32(MemoryLayout<bpf_attr>.size))
                }
            }
        }
        verdict = attributes.test.retval
        self.packet = Array(result.prefix(Int(attributes.test.data_size_out)))
    }

    /// Whether this process may load programs: only as root of the machine's first user namespace.
    public static let isPermitted: Bool = {
        // r0 = 0; exit
        let least = [BPFInstruction(BPF_ALU64 | BPF_MOV | BPF_K), BPFInstruction(BPF_JMP | BPF_EXIT)]
        do {
            _ = try BPFProgram(name: "least", instructions: least).load()
            return true
        } catch {
            return false
        }
    }()

    /// What `isPermitted` asks for, to be printed with a skipped test.
    public static let requirement = "needs CAP_BPF in the machine's first user namespace"
}
