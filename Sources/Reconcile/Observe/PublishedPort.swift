import Addressing
import Planning
import Topology

/// A port of the host that a topology's rules translate.
struct PublishedPort: Hashable {
    let topology: String
    let family: IPFamily
    let transport: TransportProtocol
    /// The host's address; every one of the family if absent.
    let address: IPAddress?
    let port: UInt16

    /// What `rule` publishes, if it publishes anything.
    init?(_ rule: Rule) {
        guard case .destinationNAT = rule.target, let port = rule.destinationPort,
            let transport = rule.protocol.flatMap({ TransportProtocol($0) }),
            let mark = rule.comment.flatMap({ OwnershipMark($0) })
        else { return nil }
        topology = mark.topology
        family = rule.table.family
        self.transport = transport
        address = rule.destination?.value.network
        self.port = port
    }

    init(_ port: Layout.Port, of topology: String) {
        self.topology = topology
        family = port.address.family
        transport = port.transport
        address = port.hostAddress
        self.port = port.published
    }

    /// Whether some packet is meant for both.
    func overlaps(_ other: PublishedPort) -> Bool {
        guard family == other.family, transport == other.transport, port == other.port else { return false }
        guard let address, let otherAddress = other.address else { return true }
        return address == otherAddress
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

extension Snapshot {
    /// What topologies other than `topology` publish.
    func portsPublished(exceptBy topology: String) -> [PublishedPort] {
        firewall.topologies.subtracting([topology]).sorted().flatMap { firewall.owned(by: $0) }.compactMap { object in
            guard case .rule(let rule) = object else { return nil }
            return PublishedPort(rule)
        }
    }
}
