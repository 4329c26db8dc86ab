import CLinux
import Glibc

/// A program that classifies packets, or changes them, where a link's traffic control has it run (`BPF_PROG_TYPE_SCHED_CLS`).
public struct BPFProgram: Hashable, Sendable {
    /// What the kernel shows it as: letters, digits, `_` and `.`, at most 15 bytes.
    public let name: String
    /// Its instructions.
    public let instructions: [BPFInstruction]

    /// The program `name`.
    public init(name: String, instructions: [BPFInstruction]) {
        self.name = name
        self.instructions = instructions
    }

    /// Has the kernel check the program and keep it for as long as the descriptor, or a filter, refers to it (bpf(2)).
    ///
    /// - Throws: `EPERM` without `CAP_BPF` and `CAP_NET_ADMIN` in the machine's first user namespace.
    public func load() throws(SystemCallError) -> Descriptor {
        var attributes = bpf_attr()
        attributes.prog_type = BPF_PROG_TYPE_SCHED_CLS.rawValue
        attributes.insn_cnt = UInt32(instructions.count)
        withUnsafeMutableBytes(of: &attributes.prog_name) { $0.copyBytes(from: name.utf8.prefix($0.count - 1)) }
        let records = instructions.map(\.record)
        // None of the functions that the program calls is kept for programs under the GPL.
        let licence = Array("Apache-2.0\0".utf8)
        let descriptor = try systemCall("bpf", "BPF_PROG_LOAD \(name)") {
            records.withUnsafeBytes { code in
                licence.withUnsafeBytes { licence in
                    attributes.insns = UInt64(UInt(bitPattern: code.baseAddress))
                    attributes.license = UInt64(UInt(bitPattern: licence.baseAddress))
                    return clinux_bpf(BPF_PROG_LOAD, &attributes, UInt32(MemoryLayout<bpf_attr>.size))
                }
            }
        }
        return Descriptor(owning: Int32(descriptor))
    }
}
