import Topology
import YAML

/// Why a command line makes no sense.
enum UsageError: Error, Hashable {
    case noCommand
    case unknownCommand(String, suggestion: String?)
    case unknownOption(String, suggestion: String?)
    case missingValue(Option)
    case unexpectedValue(Option)
    case invalidValue(Option, String, expected: String)
    case badValue(Option, ValueFault)
    case invalidOperand(String, String, expected: String)
    case missingOperand(String)
    case unexpectedOperand(String)
    /// No FILE is given and the current folder has none under the usual names.
    case noFile
    /// The file has no host of that name, but the `known` ones.
    case unknownHost(String, file: String, known: [String])
    /// What is given contradicts itself, in words.
    case contradiction(String)
}

extension UsageError {
    /// What is wrong, in a line.
    var message: String {
        switch self {
        case .noCommand: "no command"
        case .unknownCommand(let name, _): "unknown command \(name.inQuotes)"
        case .unknownOption(let option, _): "unknown option \(option)"
        case .missingValue(let option): "--\(option.name) needs a value: --\(option.name) \(option.value ?? "")"
        case .unexpectedValue(let option): "--\(option.name) takes no value"
        case .invalidValue(let option, let value, let expected):
            "--\(option.name) must be \(expected), not \(value.inQuotes)"
        case .badValue(let option, let fault): "--\(option.name): \(fault.message)"
        case .invalidOperand(let name, let word, let expected): "\(name) must be \(expected), not \(word.inQuotes)"
        case .missingOperand(let name): "\(name) is missing"
        case .unexpectedOperand(let word): "\(word.inQuotes) is one argument too many"
        case .noFile:
            "FILE is missing, and the current folder has none of \(TopologyFile.usualNames.joined(separator: ", "))"
        case .unknownHost(let name, let file, let known):
            known.isEmpty
                ? "--host \(name.inQuotes) is a host of the file, and \(file) has no hosts"
                : "--host must be one of \(known.joined(separator: ", ")) in \(file), not \(name.inQuotes)"
        case .contradiction(let message): message
        }
    }

    /// What may have been meant.
    var hint: String? {
        switch self {
        case .unknownCommand(_, let suggestion?), .unknownOption(_, let suggestion?): "did you mean `\(suggestion)`?"
        case .badValue(_, let fault): fault.hint
        case .unknownHost(_, _, []): "leave --host out"
        case .unknownHost(let name, _, let known): closest(to: name, among: known).map { "did you mean `\($0)`?" }
        default: nil
        }
    }
}
