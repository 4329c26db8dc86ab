import Topology
import YAML

/// What follows a command's name on the command line, sorted into options and operands.
struct Arguments: Hashable, Sendable {
    /// The words that are no options, in order.
    private(set) var operands: [String] = []
    /// The words from a ``Operand/Count/rest`` operand on.
    private(set) var rest: [String] = []
    private var values: [Option: [String]] = [:]

    /// Whether the option is given.
    func has(_ option: Option) -> Bool { values[option] != nil }
    /// The value that the option is given, the last one if several.
    subscript(option: Option) -> String? { values[option]?.last }
    /// All values that the option is given, in order.
    func all(_ option: Option) -> [String] { values[option] ?? [] }
    /// The operand at that place.
    subscript(index: Int) -> String? { operands.indices.contains(index) ? operands[index] : nil }
}

extension Arguments {
    /// Reads `words` as getopt_long(3) does: options and operands in any order, `--` ends the options.
    ///
    /// With `--help` among the options, operands may be missing.
    init(_ words: [String], options: [Option], operands expected: [Operand]) throws(UsageError) {
        var words = words[...]
        let beforeRest = expected.firstIndex { $0.count == .rest } ?? .max
        var areOptionsOver = false
        while let word = words.first {
            if !areOptionsOver, word == "--" {
                areOptionsOver = true
                words.removeFirst()
            } else if operands.count == beforeRest {
                rest = Array(words)
                words = []
            } else if !areOptionsOver, word.hasPrefix("--") {
                try readLong(&words, options)
            } else if !areOptionsOver, word.hasPrefix("-"), word != "-" {
                try readShort(&words, options)
            } else {
                operands.append(words.removeFirst())
            }
        }
        if !has(.help) { try checkCount(of: expected) }
    }

    /// Reads `--name`, `--name value` or `--name=value`.
    private mutating func readLong(_ words: inout ArraySlice<String>, _ options: [Option]) throws(UsageError) {
        let parts = words.removeFirst().dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = options.first(where: { $0.name == name }) else {
            let near = closest(to: name, among: options.map(\.name))
            throw .unknownOption("--\(name)", suggestion: near.map { "--\($0)" })
        }
        try set(option, to: parts.count > 1 ? String(parts[1]) : nil, or: &words)
    }

    /// Reads `-a`, or several letters in one word.
    private mutating func readShort(_ words: inout ArraySlice<String>, _ options: [Option]) throws(UsageError) {
        for letter in words.removeFirst().dropFirst() {
            guard let option = options.first(where: { $0.letter == letter }) else {
                throw .unknownOption("-\(letter)", suggestion: nil)
            }
            try set(option, to: nil, or: &words)
        }
    }

    private mutating func set(
        _ option: Option, to value: String?, or words: inout ArraySlice<String>
    ) throws(UsageError) {
        guard option.value != nil else {
            guard value == nil else { throw .unexpectedValue(option) }
            values[option] = [""]
            return
        }
        guard let value = value ?? words.popFirst() else { throw .missingValue(option) }
        values[option, default: []].append(value)
    }

    private func checkCount(of expected: [Operand]) throws(UsageError) {
        let given = operands.count + (rest.isEmpty ? 0 : 1)
        let required = expected.filter(\.isRequired)
        if given < required.count { throw .missingOperand(required[given].name) }
        let most = expected.reduce(0) { $0 + $1.most }
        if operands.count > most { throw .unexpectedOperand(operands[most]) }
    }
}

extension Arguments {
    /// A number of seconds given with `option`.
    func seconds(_ option: Option) throws(UsageError) -> Double? {
        guard let text = self[option] else { return nil }
        guard let value = Double(text), value > 0, value <= 86_400 else {
            throw .invalidValue(option, text, expected: "a number of seconds, more than 0 and at most 86400")
        }
        return value
    }

    /// A number within `range` given with `option`.
    func integer(_ option: Option, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = self[option] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw .invalidValue(
                option, text, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Hands each value of `option` to `take`, and those of a list one by one.
    func each(
        _ option: Option, isList: Bool = false, _ take: (String) throws(ValueFault) -> Void
    ) throws(UsageError) {
        for text in all(option) {
            for word in isList ? text.split(separator: ",").map(String.init) : [text] {
                do throws(ValueFault) { try take(word) } catch { throw .badValue(option, error) }
            }
        }
    }

    /// One of a set of words given with `option`.
    func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ option: Option, _ type: Value.Type
    ) throws(UsageError) -> Value? {
        guard let text = self[option] else { return nil }
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: " or ")
            throw .invalidValue(option, text, expected: words)
        }
        return value
    }
}
