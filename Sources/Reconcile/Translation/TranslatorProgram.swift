import Addressing
import Linux
import Planning

extension Translator {
    /// The program that all packets through the link go through.
    ///
    /// Its name changes with its instructions, so that a program of another version is seen to be another one.
    static let program = {
        func program(_ name: String) -> BPFProgram {
            BPFTranslation.program(
                name: name, prefix: Array(prefix.network.bytes.prefix(12)), translator: clients.network.bytes)
        }
        let instructions = program("").instructions
        let text = instructions.map { instruction in
            let registers = instruction.destination.rawValue << 4 | instruction.source.rawValue
            return "\(instruction.code) \(registers) \(instruction.offset) \(instruction.immediate)"
        }.joined(separator: "\n")
        return program("weft64_" + StableHash.hex(text, digits: 8))
    }()
}

extension PacketFilter.Program {
    /// The program of that name.
    init(named name: String) { self = name == Translator.program.name ? .translator : .other(name) }
}
