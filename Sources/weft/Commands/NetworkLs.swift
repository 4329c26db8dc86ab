import Planning
import Reconcile

extension Command {
    static let networkLs = Command(
        name: "network ls", summary: "list networks as Docker does", operands: [],
        options: [.quiet, .noTruncation, .format, .json],
        details:
            "With `--format json` there is a line of JSON for each, as Docker prints it; `--json` makes them a list.",
        examples: ["sudo weft network ls"]
    ) { call throws(Failure) in
        let isJSON = try call.isFormatJSON()
        let networks = try call.networks(of: try call.look()).map(\.network)
        let entries = networks.map { NetworkEntry($0, isWhole: call.arguments.has(.noTruncation)) }
        if call.arguments.has(.json) {
            try call.console.print(docker: entries, isCompact: false)
        } else if isJSON {
            for entry in entries { try call.console.print(docker: entry, isCompact: true) }
        } else if call.arguments.has(.quiet) {
            call.console.print(entries.map(\.id))
        } else {
            call.console.print(Table(entries).lines)
        }
        return .done
    }
}

extension Option {
    static let quiet = Option("quiet", letter: "q", "print identifiers only")
    static let noTruncation = Option("no-trunc", "print whole identifiers")
    static let format = Option("format", value: "FORMAT", "json: print JSON as Docker does")
    static let formatAsJSON = Option("format", value: "FORMAT", "json: the same as --json")
}

extension Invocation {
    /// Whether JSON is asked for with `option`, which knows no other format.
    func isFormatJSON(_ option: Option = .format) throws(Failure) -> Bool {
        try usage { () throws(UsageError) in try arguments.choice(option, OutputFormat.self) } == .json
    }

    /// The networks on the machine, by name.
    func networks(of session: Session) throws(Failure) -> [NamedNetwork] {
        DockerNetwork.all(of: try asking { () throws(ReconcileError) in try session.foundTopologies() })
    }
}

/// What `--format` takes.
enum OutputFormat: String, CaseIterable {
    case json
}

extension Table {
    /// A row per network.
    init(_ entries: [NetworkEntry]) {
        self.init("NETWORK ID", "NAME", "DRIVER", "SCOPE")
        narrowest = 10
        for entry in entries { add(entry.id, entry.name, entry.driver, entry.scope) }
    }
}

/// A network as `docker network ls --format json` shows it, all in text.
struct NetworkEntry: Encodable {
    let created: String
    let driver: String
    let id: String
    let hasIPv4: String
    let hasIPv6: String
    let isInternal: String
    let labels: String
    let name: String
    let scope: String

    private enum CodingKeys: String, CodingKey {
        case created = "CreatedAt"
        case driver = "Driver"
        case id = "ID"
        case hasIPv4 = "IPv4"
        case hasIPv6 = "IPv6"
        case isInternal = "Internal"
        case labels = "Labels"
        case name = "Name"
        case scope = "Scope"
    }

    /// - Parameter isWhole: Whether to show the whole identifier instead of its first 12 digits.
    init(_ network: DockerNetwork, isWhole: Bool) {
        // Go's form of the time: `2026-11-21 01:05:54.282189129 +0000 UTC`.
        created = network.created.split(separator: "T").joined(separator: " ").dropLast() + " +0000 UTC"
        driver = network.driver
        id = isWhole ? network.id : String(network.id.prefix(12))
        hasIPv4 = "\(network.hasIPv4)"
        hasIPv6 = "\(network.hasIPv6)"
        isInternal = "\(network.isInternal)"
        labels = network.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ",")
        name = network.name
        scope = network.scope
    }
}
