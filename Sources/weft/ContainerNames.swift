import Reconcile
import YAML

/// The containers that short names are looked up in.
struct ContainerNames {
    /// A container and what it may be called.
    struct Entry: Hashable {
        /// The full name.
        var name: String
        /// The service that it is an instance of.
        var service: String
        /// The topology that it belongs to.
        var topology: String
    }

    /// The containers.
    let entries: [Entry]

    /// The container that `word` means: its full name, or, where no other has it too, its name without the topology's or
    /// its service's name.
    func find(_ word: String) throws(Failure) -> Entry {
        if let entry = entries.first(where: { $0.name == word }) { return entry }
        let matches = entries.filter { $0.service == word || $0.name == "\($0.topology)-\(word)" }
        if matches.count > 1 { throw .ambiguousContainer(word, matches.map(\.name)) }
        if let match = matches.first { return match }
        let names = entries.flatMap { [$0.name, $0.service] }
        throw .unknownContainer(word, suggestion: closest(to: word, among: names))
    }
}

extension ContainerNames {
    /// The containers of `topologies`.
    init(_ topologies: [TopologyStatus]) {
        entries = topologies.flatMap { topology in
            topology.containers.map { Entry(name: $0.name, service: $0.service, topology: topology.name) }
        }
    }
}
