import Addressing
import Netlink
import Planning

// Objects in the words of the kernel: with numbers for links, and with our mark.
extension RoutingChannel {
    mutating func wire(_ neighbour: Planning.Neighbour) throws(ReconcileError) -> Netlink.Neighbour {
        var wire = Netlink.Neighbour(neighbour.address, at: neighbour.mac, link: try index(of: neighbour.link))
        wire.originator = ownProtocol
        return wire
    }

    /// In a bridge's table a permanent entry is an address of the machine's own; one that leads elsewhere is static.
    mutating func wire(_ entry: Planning.ForwardingEntry) throws(ReconcileError) -> Netlink.ForwardingEntry {
        var wire = Netlink.ForwardingEntry(
            entry.mac, to: entry.destination, link: try index(of: entry.link),
            flags: entry.holder == .link ? .own : .master)
        wire.vni = entry.vni
        wire.port = entry.port
        if entry.holder == .bridge { wire.state = .noARP }
        return wire
    }

    mutating func wire(_ route: Planning.Route) throws(ReconcileError) -> Netlink.Route {
        var wire = Netlink.Route(to: route.destination, gateway: route.gateway, link: try index(of: route.link))
        wire.originator = ownProtocol
        wire.metric = route.metric
        wire.table = route.table ?? Netlink.Route.mainTable
        wire.source = route.source
        return wire
    }

    func wire(_ rule: Planning.RoutingRule) -> Netlink.RoutingRule {
        var wire = Netlink.RoutingRule(rule.family, priority: rule.priority, table: rule.table)
        wire.source = rule.source
        wire.destination = rule.destination
        wire.inputLink = rule.inputLink
        wire.outputLink = rule.outputLink
        wire.mark = rule.mark
        wire.originator = ownProtocol
        return wire
    }

    /// An IPv6 address works at once: its uniqueness is the plan's business, and not asked of the network.
    mutating func wire(_ address: Planning.Address) throws(ReconcileError) -> Netlink.Address {
        var wire = Netlink.Address(address.address, link: try index(of: address.link))
        wire.originator = ownProtocol
        switch address.address.address.family {
        case .v4 where address.address.prefixLength < 31: wire.broadcast = address.address.subnet.last
        case .v4: break
        case .v6: wire.flags = .noDuplicateDetection
        }
        return wire
    }
}
