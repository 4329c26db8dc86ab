import Addressing
import Links
import Netlink
import Planning

extension NamespaceSnapshot {
    /// The port that `link` is, or the bridge itself where its VLANs are not those that it was born with.
    func port(_ link: Netlink.Link) -> Planning.BridgePort? {
        if let master = self.link(link.master) {
            var port = Planning.BridgePort(
                namespace: namespace, link: link.name, bridge: master.name,
                isHairpin: link.bridgePort?.hairpin ?? false)
            port.isIsolated = link.bridgePort?.isolated ?? false
            port.isLearning = link.bridgePort?.learning ?? true
            port.entersVRF = master.kind == VRF.kinds.first
            port.isFlooded = link.bridgePort?.unicastFlood ?? true
            port.suppressesNeighbours = link.bridgePort?.neighbourSuppression ?? false
            port.vlans = master.isFilteringBridge ? vlans[link.index] ?? PortVLANs() : nil
            return port
        }
        guard link.isFilteringBridge, let own = vlans[link.index], own != link.device?.vlansOfNewPort else {
            return nil
        }
        var port = Planning.BridgePort(namespace: namespace, link: link.name, bridge: link.name)
        port.vlans = own
        return port
    }
}

extension Planning.Route {
    /// What the kernel tells of a route by the link called `link`, which has `addresses`.
    init(
        _ route: Netlink.Route, by link: String, with addresses: [InterfaceAddress], in namespace: Planning.Namespace
    ) {
        self.init(
            namespace: namespace, destination: route.destination, gateway: route.gateway, link: link,
            via: route.gateway.flatMap { gateway in addresses.first { $0.subnet.contains(gateway) } })
        metric = route.metric == route.destination.family.defaultMetric ? nil : route.metric
        table = route.table == Netlink.Route.mainTable ? nil : route.table
        source = route.source
    }
}

extension IPFamily {
    /// The metric of a route that was given none: what the kernel makes of that.
    fileprivate var defaultMetric: UInt32? { self == .v4 ? nil : 1024 }
}

extension Planning.RoutingRule {
    /// What the kernel tells of a rule.
    init(_ rule: Netlink.RoutingRule, in namespace: Planning.Namespace) {
        self.init(namespace: namespace, rule.family, priority: rule.priority, table: rule.table)
        source = rule.source
        destination = rule.destination
        inputLink = rule.inputLink
        outputLink = rule.outputLink
        mark = rule.mark
    }
}
