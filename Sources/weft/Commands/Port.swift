import Addressing
import Planning
import Reconcile
import Topology

extension Command {
    static let port = Command(
        name: "port", summary: "list a container's published ports",
        operands: [.one("CONTAINER"), .optional("PORT")], options: [.json, .formatAsJSON],
        details: """
            With PORT, such as 80 or 53/udp, only where that port of the container is published; it is a port of TCP \
            unless it says another protocol.
            """,
        examples: ["sudo weft port web", "sudo weft port web 53/udp"]
    ) { call throws(Failure) in
        let isJSON = try call.isFormatJSON(.formatAsJSON) || call.arguments.has(.json)
        let target = try call.arguments[1].map { word throws(Failure) in
            try call.usage { () throws(UsageError) in try PublishedTarget(word) }
        }
        let container = try call.foundContainers(of: try call.look()).named(call.arguments.operands[0]).container
        let ports = container.ports.filter { target?.matches($0) ?? true }
        if let target, ports.isEmpty { throw .unpublishedPort("\(target)", container: container.name) }
        if isJSON {
            try call.console.print(json: ports.map(PortDocument.init))
        } else {
            call.console.print(ports.map { (target == nil ? "\(PublishedTarget($0)) -> " : "") + $0.listener })
        }
        return .done
    }
}

/// A port of a container, written `80/tcp`.
struct PublishedTarget: Hashable, CustomStringConvertible {
    /// The port.
    let port: UInt16
    /// Its transport protocol.
    let transport: TransportProtocol

    /// The container's side of a published port.
    init(_ port: Layout.Port) {
        self.port = port.target
        transport = port.transport
    }

    /// Reads `80` or `53/udp`.
    init(_ word: String) throws(UsageError) {
        let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let transport = parts.count > 1 ? TransportProtocol(rawValue: String(parts[1])) : .tcp
        guard let port = UInt16(parts[0]), port > 0, let transport else {
            throw .invalidOperand("PORT", word, expected: "a port such as 80, 80/tcp or 53/udp")
        }
        self.port = port
        self.transport = transport
    }

    /// Whether `published` leads to the port.
    func matches(_ published: Layout.Port) -> Bool { Self(published) == self }

    var description: String { "\(port)/\(transport.rawValue)" }
}

extension Layout.Port {
    /// The host's side: `0.0.0.0:8080`, `[::]:8080`.
    var listener: String {
        let address = listeningAddress
        return address.family == .v4 ? "\(address):\(published)" : "[\(address)]:\(published)"
    }
}

extension PortDocument {
    init(_ port: Layout.Port) {
        self.init(
            target: Int(port.target), protocol: port.transport.rawValue, hostAddress: "\(port.listeningAddress)",
            hostPort: Int(port.published))
    }
}
