import CLinux

/// A register of the kernel's virtual machine (RFC 9669 §2.1).
public enum BPFRegister: UInt8, Hashable, Sendable {
    /// What a call or the program returns.
    case r0
    /// The arguments of a call, which do not outlive it.
    case r1, r2, r3, r4, r5
    /// What outlives calls.
    case r6, r7, r8, r9
    /// The end of the stack frame, which grows downwards.
    case frame
}

/// One instruction of the kernel's virtual machine (`struct bpf_insn`, linux/bpf.h; RFC 9669).
public struct BPFInstruction: Hashable, Sendable {
    /// Class, operation and kind of source, or size and mode.
    public var code: UInt8
    /// What is written, or the address's base of a store.
    public var destination: BPFRegister
    /// What is read.
    public var source: BPFRegister
    /// Offset from a base in bytes, or of a jump in instructions after the next.
    public var offset: Int16
    /// The constant.
    public var immediate: Int32

    /// An instruction; what its `code` has no use for is 0.
    public init(
        _ code: Int32, _ destination: BPFRegister = .r0, _ source: BPFRegister = .r0, offset: Int16 = 0,
        immediate: Int32 = 0
    ) {
        self.code = UInt8(truncatingIfNeeded: code)
        self.destination = destination
        self.source = source
        self.offset = offset
        self.immediate = immediate
    }

    /// The instruction as the kernel takes it.
    var record: bpf_insn {
        bpf_insn(
            code: code, dst_reg: destination.rawValue, src_reg: source.rawValue, off: offset, imm: immediate)
    }
}
