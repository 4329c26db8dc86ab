import Addressing
import Planning
import Topology

/// A port of the host that a topology's rules or elements translate.
struct PublishedPort: Hashable {
    let topology: String
    /// The host whose port it is.
    let namespace: Planning.Namespace
    let family: IPFamily
    let transport: TransportProtocol
    /// The host's address; every one of the family if absent.
    private(set) var address: IPAddress?
    let port: UInt16
    /// Whether it leads IPv6 clients to an IPv4 address of the container.
    private(set) var isTranslated: Bool

    /// What the rule or element publishes, if it is one that publishes anything.
    init?(_ object: KernelObject) {
        switch object {
        case .rule(let rule): self.init(rule)
        case .element(let element): self.init(element)
        default: return nil
        }
    }

    private init?(_ rule: Rule) {
        guard case .destinationNAT(let server, _) = rule.target, let port = rule.destinationPort,
            let transport = rule.protocol.flatMap({ TransportProtocol($0) }),
            let mark = rule.comment.flatMap({ OwnershipMark($0) })
        else { return nil }
        topology = mark.topology
        namespace = rule.table.namespace
        family = rule.table.family
        self.transport = transport
        address = rule.destination?.value.network
        self.port = port
        isTranslated = Translator.embedded(in: server) != nil
    }

    private init?(_ element: Element) {
        guard case .destination(let server, _) = element.value,
            let mark = element.comment.flatMap({ OwnershipMark($0) })
        else { return nil }
        var address: IPAddress?
        var transport: TransportProtocol?
        var port: UInt16?
        for part in element.key {
            switch part {
            case .address(let value): address = value
            case .transport(let number): transport = TransportProtocol(number)
            case .port(let number): port = number
            case .interface, .subnet: return nil
            }
        }
        guard let transport, let port else { return nil }
        topology = mark.topology
        namespace = element.set.table.namespace
        family = element.set.table.family
        self.transport = transport
        self.address = address
        self.port = port
        isTranslated = Translator.embedded(in: server) != nil
    }

    init(_ port: Layout.Port, of topology: String, on namespace: Planning.Namespace) {
        self.topology = topology
        self.namespace = namespace
        family = port.clientFamily
        transport = port.transport
        address = port.specificHostAddress
        self.port = port.published
        isTranslated = port.isTranslated
    }

    /// Whether some packet is meant for both.
    func overlaps(_ other: PublishedPort) -> Bool {
        guard namespace == other.namespace, family == other.family, transport == other.transport, port == other.port
        else { return false }
        guard let address, let otherAddress = other.address else { return true }
        return address == otherAddress
    }
}

extension State<KernelObject> {
    /// What is published, with the container's address and port that it leads to in the end.
    ///
    /// The way of the host's `::1` is no port of its own where the port is published on every IPv6 address, which Docker's
    /// lists say too.
    var publishedPorts: [(port: PublishedPort, server: (address: IPAddress, port: UInt16))] {
        let all = objects.values.compactMap { object in
            PublishedPort(object).flatMap { port in object.destination.map { (port: port, server: $0) } }
        }
        let ports = Set(all.map(\.port))
        return all.filter { $0.port.whole.map { !ports.contains($0) } ?? true }
    }
}

extension PublishedPort {
    /// The port of every IPv6 address that this one of `::1` may be a part of.
    fileprivate var whole: PublishedPort? {
        guard isTranslated, address == .loopback(.v6) else { return nil }
        var port = self
        (port.address, port.isTranslated) = (nil, false)
        return port
    }
}

/// An endpoint's address with the host from which it is reached, since each may have the same addresses on bridges of its own.
struct HostedAddress: Hashable {
    let host: Planning.Namespace
    let address: IPAddress
}

extension KernelObject {
    /// Address and port of the container that the rule or element sends connections to, in the end.
    var destination: (address: IPAddress, port: UInt16)? {
        translatedTo.map { (Translator.embedded(in: $0.address) ?? $0.address, $0.port) }
    }

    private var translatedTo: (address: IPAddress, port: UInt16)? {
        switch self {
        case .rule(let rule):
            if case .destinationNAT(let address, let port) = rule.target { (address, port) } else { nil }
        case .element(let element):
            if case .destination(let address, let port) = element.value { (address, port) } else { nil }
        default: nil
        }
    }
}

extension TransportProtocol {
    fileprivate init?(_ protocol: Rule.InternetProtocol) {
        switch `protocol` {
        case .tcp: self = .tcp
        case .udp: self = .udp
        case .sctp: self = .sctp
        case .icmp, .icmpv6: return nil
        }
    }
}
