import CLinux

/// Puts a program for the kernel's virtual machine together, instruction by instruction; jumps go to labels.
///
/// Words and half words are as they lie in memory, as on the wire, unless they go through `swapHalf`.
struct BPFAssembler {
    /// How much of memory an instruction reads or writes.
    enum Width: Hashable, Sendable {
        case byte, half, word

        fileprivate var bits: Int32 {
            switch self {
            case .byte: BPF_B
            case .half: BPF_H
            case .word: BPF_W
            }
        }
    }

    /// Arithmetic on 64 bits.
    enum Operation: Hashable, Sendable {
        case add, subtract, and, or, exclusiveOr, shiftLeft, shiftRight

        fileprivate var bits: Int32 {
            switch self {
            case .add: BPF_ADD
            case .subtract: BPF_SUB
            case .and: BPF_AND
            case .or: BPF_OR
            case .exclusiveOr: BPF_XOR
            case .shiftLeft: BPF_LSH
            case .shiftRight: BPF_RSH
            }
        }
    }

    /// A condition on the low 32 bits of a register.
    enum Comparison: Hashable, Sendable {
        case equal, notEqual

        fileprivate var bits: Int32 { self == .equal ? BPF_JEQ : BPF_JNE }
    }

    /// An argument of a call.
    enum Argument: Hashable, Sendable {
        case register(BPFRegister)
        case constant(Int32)
        /// The address so many bytes from the end of the stack frame.
        case stack(Int16)
    }

    /// The instructions so far; jumps to labels that are not there yet lead nowhere.
    private(set) var instructions: [BPFInstruction] = []
    private var labels: [String: Int] = [:]
    private var jumps: [(place: Int, label: String)] = []

    /// An empty program.
    init() {}

    /// `destination = source`.
    mutating func move(_ destination: BPFRegister, _ source: BPFRegister) {
        add(BPF_ALU64 | BPF_MOV | BPF_X, destination, source)
    }

    /// `destination = constant`.
    mutating func move(_ destination: BPFRegister, _ constant: Int32) {
        add(BPF_ALU64 | BPF_MOV | BPF_K, destination, immediate: constant)
    }

    /// `destination = destination operation constant`; the constant is sign-extended to 64 bits.
    mutating func compute(_ destination: BPFRegister, _ operation: Operation, _ constant: Int32) {
        add(BPF_ALU64 | operation.bits | BPF_K, destination, immediate: constant)
    }

    /// `destination = destination operation source`.
    mutating func compute(_ destination: BPFRegister, _ operation: Operation, _ source: BPFRegister) {
        add(BPF_ALU64 | operation.bits | BPF_X, destination, source)
    }

    /// Turns the low 16 bits from network to machine order, or back; the others become 0.
    mutating func swapHalf(_ register: BPFRegister) {
        add(BPF_ALU | BPF_END | BPF_TO_BE, register, immediate: 16)
    }

    /// Reads memory at `offset` from `base`.
    mutating func load(_ width: Width, _ destination: BPFRegister, _ base: BPFRegister, _ offset: Int16) {
        add(BPF_LDX | BPF_MEM | width.bits, destination, base, offset)
    }

    /// Writes `source` to the stack.
    mutating func store(_ width: Width, _ offset: Int16, _ source: BPFRegister) {
        add(BPF_STX | BPF_MEM | width.bits, .frame, source, offset)
    }

    /// Writes `constant` to the stack.
    mutating func store(_ width: Width, _ offset: Int16, _ constant: Int32) {
        add(BPF_ST | BPF_MEM | width.bits, .frame, .r0, offset, immediate: constant)
    }

    /// Goes to `label` if the comparison holds.
    mutating func jump(
        _ register: BPFRegister, _ comparison: Comparison, _ constant: Int32, to label: String
    ) {
        jumps.append((instructions.count, label))
        add(BPF_JMP32 | comparison.bits | BPF_K, register, immediate: constant)
    }

    /// Goes to `label`.
    mutating func jump(to label: String) {
        jumps.append((instructions.count, label))
        add(BPF_JMP | BPF_JA)
    }

    /// Puts `label` before the next instruction.
    mutating func mark(_ label: String) { labels[label] = instructions.count }

    /// Calls a function of the kernel (bpf-helpers(7)); its result is in `r0`.
    mutating func call(_ function: bpf_func_id, _ arguments: Argument...) {
        for (register, argument) in zip([BPFRegister.r1, .r2, .r3, .r4, .r5], arguments) {
            switch argument {
            case .register(let source) where source == register: break
            case .register(let source): move(register, source)
            case .constant(let constant): move(register, constant)
            case .stack(let offset):
                move(register, .frame)
                compute(register, .add, Int32(offset))
            }
        }
        add(BPF_JMP | BPF_CALL, immediate: Int32(function.rawValue))
    }

    /// Ends the program with what is in `r0`.
    mutating func exit() { add(BPF_JMP | BPF_EXIT) }

    /// The program with all jumps in place.
    func finished() -> [BPFInstruction] {
        var result = instructions
        for (place, label) in jumps {
            guard let target = labels[label] else { preconditionFailure("there is no label \(label)") }
            result[place].offset = Int16(target - place - 1)
        }
        return result
    }

    private mutating func add(
        _ code: Int32, _ destination: BPFRegister = .r0, _ source: BPFRegister = .r0, _ offset: Int16 = 0,
        immediate: Int32 = 0
    ) {
        instructions.append(BPFInstruction(code, destination, source, offset: offset, immediate: immediate))
    }
}
