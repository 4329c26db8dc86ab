import Glibc
import Linux

/// What `${NAME}` stands for in a file: variables of the environment, then those of the file `.env` beside it, as in Compose.
enum Variables {
    /// The variables for a file in `folder`.
    static func known(in folder: String) throws(SystemCallError) -> [String: String] {
        let path = folder + "/.env"
        let file: [UInt8]
        do throws(SystemCallError) {
            file = try readFile(path)
        } catch  where error.errno == .noEntry || error.errno.rawValue == EISDIR {
            file = []
        }
        return parse(String(decoding: file, as: UTF8.self)).merging(environment) { _, set in set }
    }

    /// The variables of the process.
    private static var environment: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let variable = next.pointee {
            let parts = String(cString: variable).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return variables
    }

    /// The variables that the text of a `.env` file sets, line by line: `NAME=VALUE`, `export` before it or not.
    ///
    /// A value may stand in quotes; without them it ends at ` #`. One that is made of other variables, or goes over
    /// several lines, is left out: whatever uses it is then told that it is not set.
    static func parse(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = parts[0].split(separator: " ").last, !line.trimmed.hasPrefix("#"),
                let value = value(parts[1].trimmed)
            else { continue }
            variables[String(name)] = value
        }
        return variables
    }

    private static func value(_ text: Substring) -> String? {
        let value: Substring?
        switch text.first {
        case "'": return text.dropFirst().part(before: "'").map(String.init)
        case "\"": value = text.dropFirst().part(before: "\"")
        case "#": value = ""
        default: value = (text.part(before: " #") ?? text).trimmed
        }
        return value.flatMap { $0.contains("$") || $0.contains("\\") ? nil : String($0) }
    }
}

extension Substring {
    /// The text up to the next `mark`; `nil` where there is none.
    fileprivate func part(before mark: String) -> Substring? {
        indices.first { self[$0...].hasPrefix(mark) }.map { self[..<$0] }
    }

    /// The text without blanks at its ends.
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }
}
