import FoundationEssentials
import Glibc

/// Where the program answers: results to standard output, everything else to standard error.
final class Console {
    /// Results.
    let output: Stream
    /// Errors, notes and progress.
    let errors: Stream

    /// The console of the process.
    init() {
        let environment = { (name: String) in getenv(name).map { String(cString: $0) } }
        output = Stream(STDOUT_FILENO, environment: environment)
        errors = Stream(STDERR_FILENO, environment: environment)
    }

    /// Writes lines of the result.
    func print(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        output.write(lines.joined(separator: "\n") + "\n")
    }

    /// Writes the result for machines.
    func print(json document: some Encodable) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        do {
            print([String(decoding: try encoder.encode(document), as: UTF8.self)])
        } catch {
            throw .unencodable("\(error)")
        }
    }

    /// Writes the result for machines in the words of Docker.
    ///
    /// - Parameter isCompact: Whether to write it in one line.
    func print(docker document: some Encodable, isCompact: Bool) throws(Failure) {
        do {
            let json = try DockerJSON(document)
            print([isCompact ? json.compact : json.indented])
        } catch {
            throw .unencodable("\(error)")
        }
    }

    /// Tells people something that is no result.
    func say(_ text: String) { errors.write("weft: \(text)\n") }

    /// Says why what was asked for is not done.
    func say(_ failure: Failure, to caller: Caller) {
        errors.write(failure.lines(for: caller, color: errors.hasColor).joined(separator: "\n") + "\n")
    }
}
