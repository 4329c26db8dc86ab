import Addressing

/// Which ports of the host are given away, and to whom.
struct PortBook {
    private struct Slot: Hashable {
        var transport: TransportProtocol
        var port: UInt16
    }

    private var holders: [Slot: [(address: IPAddress?, owner: String)]] = [:]

    /// Who has `port` on an address that `address` covers or is covered by; `nil` if it is free.
    func holder(of port: UInt16, _ transport: TransportProtocol, on address: IPAddress?) -> String? {
        holders[Slot(transport: transport, port: port)]?.first { Self.collide($0.address, address) }?.owner
    }

    /// Gives `port` to `owner`.
    mutating func give(_ port: UInt16, _ transport: TransportProtocol, on address: IPAddress?, to owner: String) {
        holders[Slot(transport: transport, port: port), default: []].append((address, owner))
    }

    /// Whether a listener on each is one too many: no address is every one, 0.0.0.0 and `::` are every one of a family.
    private static func collide(_ first: IPAddress?, _ second: IPAddress?) -> Bool {
        guard let first, let second else { return true }
        return first.family == second.family && (first == second || first.isUnspecified || second.isUnspecified)
    }
}

extension Topology {
    /// Families in which `service` is reached from outside: those of its networks that are not internal.
    func outwardFamilies(of service: Service, _ networks: [String: Network]) -> Set<IPFamily> {
        var families: Set<IPFamily> = []
        for attachment in service.mode.attachments {
            guard let network = networks[attachment.network], !network.isInternal else { continue }
            if network.hasIPv4 { families.insert(.v4) }
            if network.hasIPv6 { families.insert(.v6) }
        }
        return families
    }
}
