import Links
import Netlink
import Planning

/// How a bridge treats its ports.
extension RoutingChannel {
    /// Tells the bridge how to treat `port`, which is one already; `old` is how it does, `nil` for a port that is new.
    mutating func treat(_ port: Planning.BridgePort, from old: Planning.BridgePort? = nil) throws(ReconcileError) {
        func changed(_ was: Bool, _ isNow: Bool) -> Bool? { was == isNow ? nil : isNow }
        let settings = Netlink.BridgePort(
            hairpin: changed(old?.isHairpin ?? false, port.isHairpin),
            isolated: changed(old?.isIsolated ?? false, port.isIsolated),
            learning: changed(old?.isLearning ?? true, port.isLearning),
            unicastFlood: changed(old?.isFlooded ?? true, port.isFlooded),
            neighbourSuppression: changed(old?.suppressesNeighbours ?? false, port.suppressesNeighbours))
        if settings != Netlink.BridgePort() {
            append(.setLink(.name(port.link), [.bridgePort(settings)]), .port(port))
        }
        guard let vlans = port.vlans else { return }
        let before = if let vlans = old?.vlans { vlans } else { try vlansOfNewPort(on: port.bridge) }
        try change(port, from: before, to: vlans)
    }

    /// Gives a bridge's own port the VLANs that it was born with.
    mutating func resetVLANs(of port: Planning.BridgePort) throws(ReconcileError) {
        guard let vlans = port.vlans else { return }
        try change(port, from: vlans, to: try vlansOfNewPort(on: port.bridge))
    }

    private mutating func change(
        _ port: Planning.BridgePort, from old: PortVLANs, to new: PortVLANs
    ) throws(ReconcileError) {
        let index = try index(of: port.link)
        let unwanted = new.runs(unwantedIn: old)
        let missing = new.runs(missingIn: old)
        if !unwanted.isEmpty {
            append(.deleteVLANs(unwanted, of: index, isBridge: port.isBridge), .port(port), isDeletion: true)
        }
        if !missing.isEmpty { append(.addVLANs(missing, to: index, isBridge: port.isBridge), .port(port)) }
    }

    private mutating func vlansOfNewPort(on bridge: String) throws(ReconcileError) -> PortVLANs {
        let index = try index(of: bridge)
        let link = try talking { () throws(NetlinkError) in try routing.link(.index(index)) }
        return link.device?.vlansOfNewPort ?? PortVLANs()
    }
}

extension Device {
    /// The VLANs that a port has when it comes onto the bridge, and the bridge's own from the beginning.
    var vlansOfNewPort: PortVLANs? {
        guard case .bridge(let bridge) = self else { return nil }
        return bridge.defaultPVID.flatMap { $0 == 0 ? nil : .access($0) }
    }
}
