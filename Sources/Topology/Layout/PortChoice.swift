import Addressing
import YAML

/// Chooses the host's port of each published port: fixed ones first, then those of earlier runs, then free ones.
struct PortChoice {
    /// A container's port that is to be published.
    struct Request {
        var container: String
        var mapping: Topology.PortMapping
    }

    let leases: Leases
    let surroundings: Surroundings
    private(set) var findings: [Diagnostic] = []
    private var book = PortBook()
    /// How many ports from the start of a range have been given away: none is ever given back.
    private var searched: [String: Int] = [:]
    /// Ranges of which it has been reported that no port is left.
    private var exhausted: Set<String> = []

    init(_ leases: Leases, _ surroundings: Surroundings) {
        self.leases = leases
        self.surroundings = surroundings
    }

    /// The host's port of each of `requests`; `nil`, reported, where there is none.
    mutating func ports(for requests: [Request]) -> [UInt16?] {
        var chosen = [UInt16?](repeating: nil, count: requests.count)
        for (index, request) in requests.enumerated() {
            if let port = request.mapping.fixedPort { chosen[index] = give(port, to: request) }
        }
        for (index, request) in requests.enumerated() where chosen[index] == nil {
            let lease = leases.ports[request.container]?[request.mapping.leaseKey]
            guard let port = lease, request.mapping.allows(port) else { continue }
            chosen[index] = give(port, to: request)
        }
        for (index, request) in requests.enumerated() where chosen[index] == nil {
            chosen[index] = giveAny(to: request)
        }
        return chosen
    }

    /// Gives `port` to the container of `request`; `nil` where another has it.
    private mutating func give(_ port: UInt16, to request: Request) -> UInt16? {
        let mapping = request.mapping
        guard book.holder(of: port, mapping.transport, on: mapping.hostAddress) == nil else { return nil }
        book.give(port, mapping.transport, on: mapping.hostAddress, to: request.container)
        return port
    }

    /// Gives the first free port of the range, or one of the ephemeral ports that depends on the names alone.
    private mutating func giveAny(to request: Request) -> UInt16? {
        let mapping = request.mapping
        let range = mapping.published ?? surroundings.ephemeralPorts
        var busy = surroundings.busyPorts[mapping.transport] ?? []
        if mapping.published == nil { busy.formUnion(surroundings.reservedPorts) }
        let start =
            mapping.published == nil
            ? Int(StableHash.value("\(request.container) \(mapping.leaseKey)") % UInt64(range.count)) : 0
        for offset in (searched[mapping.choiceKey] ?? 0)..<range.count {
            let port = range.lowerBound + UInt16((start + offset) % range.count)
            guard !busy.contains(port), let given = give(port, to: request) else { continue }
            if mapping.published != nil { searched[mapping.choiceKey] = offset + 1 }
            return given
        }
        searched[mapping.choiceKey] = range.count
        if exhausted.insert(mapping.choiceKey).inserted { report(request, range) }
        return nil
    }

    private mutating func report(_ request: Request, _ range: ClosedRange<UInt16>) {
        let port = request.mapping.published == nil ? "ephemeral port" : "port"
        let ports = "\(range.lowerBound)-\(range.upperBound)/\(request.mapping.transport.rawValue)"
        findings.append(
            Diagnostic(
                "no \(port) of \(ports) is left for container \(quoted(request.container))", at: request.mapping.mark,
                hint: request.mapping.published == nil
                    ? "publish a port of the host, or widen net.ipv4.ip_local_port_range" : "publish a wider range"))
    }
}

extension Topology.PortMapping {
    /// The host's port, where the file leaves no choice.
    var fixedPort: UInt16? { published.flatMap { $0.count == 1 ? $0.lowerBound : nil } }

    /// Whether the file allows the host's port `port`.
    func allows(_ port: UInt16) -> Bool { published?.contains(port) ?? (port > 0) }

    /// The mapping in Compose's short syntax, as leases are recorded under it.
    var leaseKey: String {
        let host = hostAddress.map { "\($0.bracketed):" } ?? ""
        let port = published.map { "\($0.lowerBound)-\($0.upperBound):" } ?? (hostAddress == nil ? "" : ":")
        return "\(host)\(port)\(target)/\(transport.rawValue)"
    }

    /// What the mapping's port is chosen from, as text.
    fileprivate var choiceKey: String {
        published == nil ? "\(hostAddress?.description ?? "")/\(transport)" : leaseKey
    }
}
