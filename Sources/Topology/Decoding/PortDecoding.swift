import Addressing
import YAML

extension FileDecoder {
    /// `ports` of a service: each entry short (`"8080:80/tcp"`) or long (a mapping), ranges spread.
    mutating func ports(_ node: Node?, _ what: String) -> [Topology.PortMapping] {
        items(of: node, "ports of \(what)").flatMap { item -> [Topology.PortMapping] in
            guard portCount <= Topology.limit else { return [] }
            let mappings = mappings(item, what)
            portCount += mappings.count
            guard portCount > Topology.limit else { return mappings }
            report("the file publishes more than \(Topology.limit) ports", at: item.mark, hint: "narrow the ranges")
            return []
        }
    }

    /// `expose` of a service: `PORT[-PORT][/PROTOCOL]` each.
    mutating func exposedPorts(_ node: Node?, _ what: String) -> [Topology.ExposedPorts] {
        texts(node, "expose of \(what)").compactMap { item in
            do throws(PortSyntax.Problem) {
                return try PortSyntax(item.text).exposedPorts()
            } catch {
                report("expose of \(what): \(quoted(item.text)): \(error.message)", at: item.mark, hint: error.hint)
                return nil
            }
        }
    }

    private mutating func mappings(_ item: Node, _ what: String) -> [Topology.PortMapping] {
        if case .mapping = item.content { return longPort(item, what) }
        guard let text = text(item, "an item of ports of \(what)") else { return [] }
        do throws(PortSyntax.Problem) {
            return try PortSyntax(text).mappings(at: item.mark)
        } catch {
            report("port \(quoted(text)) of \(what): \(error.message)", at: item.mark, hint: error.hint)
            return []
        }
    }

    private mutating func longPort(_ node: Node, _ what: String) -> [Topology.PortMapping] {
        let what = "a port of \(what)"
        guard let fields = fields(of: node, what, .port) else { return [] }
        guard fields["target"] != nil else {
            report("\(what) needs a target", at: fields.mark, hint: "`target:` is the container's port")
            return []
        }
        guard let target = integer(fields["target"], "target of \(what)", in: 1...65535) else { return [] }
        var mapping = Topology.PortMapping(published: nil, target: UInt16(target), mark: node.mark)
        mapping.hostAddress = address(fields["host_ip"], "host_ip of \(what)")
        if let node = fields["published"], let text = text(node, "published of \(what)"), !text.isEmpty, text != "0" {
            guard let range = PortSyntax.range(text) else {
                report("published of \(what) must be a port or a range of ports, not \(quoted(text))", at: node.mark)
                return []
            }
            mapping.published = range
        }
        if let node = fields["protocol"], let text = text(node, "protocol of \(what)") {
            guard let transport = TransportProtocol(rawValue: text.lowercased()) else {
                report("protocol of \(what) must be tcp, udp or sctp, not \(quoted(text))", at: node.mark)
                return []
            }
            mapping.transport = transport
        }
        return [mapping]
    }
}

/// Compose's short syntax of a port, `[[ADDRESS:][PORT[-PORT]]:]PORT[-PORT][/PROTOCOL]` (docker/go-connections nat.go).
struct PortSyntax {
    /// What keeps a text from being a port.
    struct Problem: Error {
        var message: String
        var hint: String?
    }

    private let hostAddress: IPAddress?
    /// `nil` where any port will do.
    private let published: ClosedRange<UInt16>?
    private let target: ClosedRange<UInt16>
    private let transport: TransportProtocol

    init(_ text: String) throws(Problem) {
        let protocolParts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard protocolParts.count <= 2 else { throw Problem(message: "more than one /", hint: Self.form) }
        transport = try Self.transport(protocolParts.count == 2 ? String(protocolParts[1]) : "tcp")
        let parts = protocolParts[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.last, !last.isEmpty else {
            throw Problem(message: "the container's port is missing", hint: Self.form)
        }
        target = try Self.required(last, "container's")
        let host = parts.count > 1 ? parts[parts.count - 2] : ""
        published = host.isEmpty || host == "0" ? nil : try Self.required(host, "host's")
        hostAddress = parts.count > 2 ? try Self.address(parts.dropLast(2).joined(separator: ":")) : nil
    }

    /// The ports that the text stands for where it publishes none.
    func exposedPorts() throws(Problem) -> Topology.ExposedPorts {
        guard published == nil, hostAddress == nil else {
            throw Problem(message: "a port of the host", hint: "write it under `ports:`, which publishes it")
        }
        return Topology.ExposedPorts(target, transport)
    }

    /// The mappings that the text stands for, one per container's port.
    func mappings(at mark: Mark) throws(Problem) -> [Topology.PortMapping] {
        // One container's port with a range of the host's means any free one of the range.
        if let published, target.count > 1, published.count != target.count {
            throw Problem(
                message: "\(published.count) ports of the host for \(target.count) of the container",
                hint: "ranges must be equally long")
        }
        return target.enumerated().map { offset, port in
            let one = published.map { $0.lowerBound + UInt16(offset) }
            let published = target.count == 1 ? published : one.map { $0...$0 }
            return Topology.PortMapping(
                hostAddress: hostAddress, published: published, target: port, transport: transport, mark: mark)
        }
    }

    /// Reads `PORT` or `PORT-PORT`, from 1 to 65535; `nil` where it is neither.
    static func range(_ text: String) -> ClosedRange<UInt16>? {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
        let ports = bounds.compactMap { $0.utf8.allSatisfy { 48...57 ~= $0 } ? UInt16($0) : nil }
        guard 1...2 ~= bounds.count, ports.count == bounds.count, let first = ports.first, let last = ports.last,
            first > 0, first <= last
        else { return nil }
        return first...last
    }

    private static let form = "write [[ADDRESS:]PORT:]PORT[/PROTOCOL], such as 8080:80 or 127.0.0.1:5353:53/udp"

    private static func required(_ text: String, _ whose: String) throws(Problem) -> ClosedRange<UInt16> {
        guard let range = range(text) else {
            throw Problem(
                message: "\(quoted(text)) is no \(whose) port",
                hint: IPAddress(text) == nil ? "ports are numbers from 1 to 65535, or ranges such as 8000-8010" : form)
        }
        return range
    }

    private static func transport(_ text: String) throws(Problem) -> TransportProtocol {
        guard let transport = TransportProtocol(rawValue: text.lowercased()) else {
            throw Problem(message: "unknown protocol \(quoted(text))", hint: "there is tcp, udp and sctp")
        }
        return transport
    }

    private static func address(_ text: String) throws(Problem) -> IPAddress? {
        if text.isEmpty { return nil }
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        guard let address = IPAddress(bare) else {
            throw Problem(message: "\(quoted(text)) is no address of the host", hint: form)
        }
        return address
    }
}
