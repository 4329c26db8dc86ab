import Links

extension BridgePort {
    /// Commands of iproute2 that make the link a port and treat it so.
    var creation: [String] {
        (isBridge ? [] : ["\(namespace.ip) link set \(link) master \(bridge)"]) + treatment(from: nil)
            + vlanCommands(from: nil)
    }

    /// A bridge's own port goes back to what it was born with.
    var deletion: [String] { isBridge ? [] : ["\(namespace.ip) link set \(link) nomaster"] }

    /// Commands of iproute2 that make the port what `new` is.
    func changing(to new: BridgePort) -> [String] {
        guard bridge == new.bridge else { return new.creation }
        return new.treatment(from: self) + new.vlanCommands(from: vlans)
    }

    private func treatment(from old: BridgePort?) -> [String] {
        let settings: [(String, Bool, Bool)] = [
            ("hairpin", old?.isHairpin ?? false, isHairpin), ("isolated", old?.isIsolated ?? false, isIsolated),
            ("learning", old?.isLearning ?? true, isLearning),
            ("flood", old?.isFlooded ?? true, isFlooded),
            ("neigh_suppress", old?.suppressesNeighbours ?? false, suppressesNeighbours),
        ]
        let words = settings.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.2 ? "on" : "off")" }
        guard !words.isEmpty else { return [] }
        return ["\(namespace.ip) link set \(link) type bridge_slave \(words.joined(separator: " "))"]
    }

    private func vlanCommands(from old: PortVLANs?) -> [String] {
        guard let vlans else { return [] }
        let own = isBridge ? " self" : ""
        func commands(_ verb: String, _ runs: [PortVLANs.Run]) -> [String] {
            runs.map { "\(namespace.bridge) vlan \(verb) dev \(link) \($0)\(own)" }
        }
        let before = old ?? .access(1)
        return commands("delete", vlans.runs(unwantedIn: before)) + commands("add", vlans.runs(missingIn: before))
    }
}
