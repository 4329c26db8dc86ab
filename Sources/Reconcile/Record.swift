import FoundationEssentials
import Planning
import Topology

/// What is on record of a topology: how far a change has got, and what it is about.
struct Record: Codable, Sendable {
    /// Where an apply or a removal has got to.
    enum Phase: Codable, Hashable, Sendable {
        /// The stages before this one, of so many, are done.
        case running(stage: Int, of: Int)
        /// The plan's end was reached.
        case complete
    }

    var phase: Phase
    var subject: Subject

    /// What a change is about; it stays the same from the change's beginning to its end.
    struct Subject: Codable, Sendable {
        /// Version of the record's form.
        var version = 1
        /// The file that is applied.
        var file: String?
        var firewall: FirewallKind
        /// The layout aimed at.
        var layout: Layout
        /// Addresses and ports given out.
        var leases: Leases
        /// What the plan is going to make: what an interrupted one may have left without a mark.
        var intent: Intent
        /// Values of the machine's switches before they were first turned on, by path.
        var switches: [String: String]
        /// When each network was first applied (RFC 3339), by key; absent in records of older versions.
        var created: [String: String]?
    }

    /// Names that a plan is going to use.
    struct Intent: Codable, Hashable, Sendable {
        var namespaces: Set<String> = []
        var links: Set<String> = []

        init() {}

        /// What the objects of `state` are called.
        init(of state: State<KernelObject>) {
            for object in state.objects.values {
                switch object {
                case .namespace(let namespace): namespaces.insert(namespace.name)
                case .link(let link): links.insert(link.name)
                default: break
                }
            }
        }

        func union(_ other: Intent) -> Intent {
            var both = self
            both.namespaces.formUnion(other.namespaces)
            both.links.formUnion(other.links)
            return both
        }
    }
}

/// Writes a topology's record before each step of a change: intent before effect.
struct Journal {
    private let directory: RunDirectory
    private let name: String
    /// The subject, encoded once: it is the large part, and the same in every entry.
    private let subject: Data

    init(_ directory: RunDirectory, of name: String, subject: Record.Subject) throws(ReconcileError) {
        self.directory = directory
        self.name = name
        do { self.subject = try Self.encoder.encode(subject) } catch {
            throw .record(path: directory.file(of: name), reason: "\(error)")
        }
    }

    func enter(_ phase: Record.Phase) throws(ReconcileError) {
        var entry = Data(#"{"phase":"#.utf8)
        do { entry += try Self.encoder.encode(phase) } catch {
            throw .record(path: directory.file(of: name), reason: "\(error)")
        }
        entry += Data(#","subject":"#.utf8) + subject + Data("}\n".utf8)
        try directory.write(entry, of: name)
        FaultPoint.passed()
    }

    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}
