import Planning
import YAML

extension Command {
    static let networkInspect = Command(
        name: "network inspect", summary: "print networks in Docker's JSON", operands: [.some("NETWORK")],
        options: [.format, .json],
        details: """
            NETWORK is a name that `weft network ls` lists, the network's key in the file where no other topology has \
            the same, or the beginning of an identifier. With `--format json` all is on one line.
            """,
        examples: ["sudo weft network inspect shop_front"]
    ) { call throws(Failure) in
        let isCompact = try call.isFormatJSON()
        let all = try call.networks(of: try call.look())
        return try call.inspect(isCompact: isCompact) { word throws(Failure) in try all.named(word).network }
    }
}

extension Invocation {
    /// Prints those of the operands that are found, and says which are not, as Docker does.
    ///
    /// - Parameter find: What is to be shown of an operand.
    func inspect<Document: Encodable>(
        isCompact: Bool, _ find: (String) throws(Failure) -> Document
    ) throws(Failure) -> ExitCode {
        var documents: [Document] = []
        var failures: [Failure] = []
        for word in arguments.operands {
            do throws(Failure) { documents.append(try find(word)) } catch { failures.append(error) }
        }
        if !documents.isEmpty { try console.print(docker: documents, isCompact: isCompact) }
        for failure in failures.dropLast() { console.say(failure, to: caller) }
        if let last = failures.last { throw last }
        return .done
    }
}

extension NamedNetwork {
    /// Whether `word` is the network's name, identifier or key.
    func isMeant(by word: String) -> Bool { network.name == word || network.id == word || key == word }
}

extension [NamedNetwork] {
    /// The network that `word` means: by its name or identifier, or, where no other is meant as well, by its key or the
    /// beginning of its identifier.
    func named(_ word: String) throws(Failure) -> NamedNetwork {
        for rule: (NamedNetwork) -> Bool in [
            { $0.network.name == word || $0.network.id == word }, { $0.key == word },
            { !word.isEmpty && $0.network.id.hasPrefix(word) },
        ] {
            let matches = filter(rule)
            if matches.count > 1 { throw .ambiguousNetwork(word, matches.map(\.network.name)) }
            if let match = matches.first { return match }
        }
        throw .unknownNetwork(
            word, suggestion: closest(to: word, among: flatMap { [$0.network.name] + [$0.key].compactMap(\.self) }))
    }
}
