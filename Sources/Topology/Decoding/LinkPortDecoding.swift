import Addressing
import Links
import YAML

extension FileDecoder {
    /// `ports` of a bridge or VRF: names of interfaces, or mappings; and the bridge's own port, `vlans`.
    mutating func ports(
        _ node: Node?, of type: LinkType, _ bridge: String, _ own: Node?
    ) -> [Topology.DeviceLink.Port] {
        var ports = items(of: node, "ports of \(type.title)").compactMap { port($0, of: type) }
        if let own, let fields = fields(of: own, "vlans of \(type.title)", .linkVLANs) {
            var port = Topology.DeviceLink.Port(interface: bridge, mark: own.mark)
            port.vlans = vlans(fields, "vlans of \(type.title)")
            ports.append(port)
        }
        return ports
    }

    private mutating func port(_ node: Node, of type: LinkType) -> Topology.DeviceLink.Port? {
        let what = "a port of \(type.title)"
        guard case .mapping = node.content else {
            return text(node, what).map { Topology.DeviceLink.Port(interface: $0, mark: node.mark) }
        }
        let vocabulary = type == .bridge ? Vocabulary.linkPort : Vocabulary(path: "links.ports", used: ["interface"])
        guard let fields = fields(of: node, what, vocabulary) else { return nil }
        if fields["interface"] == nil { report("\(what) has no interface", at: node.mark, hint: "add `interface:`") }
        let isHairpin = boolean(fields["hairpin"], "hairpin of \(what)") ?? false
        let isIsolated = boolean(fields["isolated"], "isolated of \(what)") ?? false
        let isLearning = boolean(fields["learning"], "learning of \(what)") ?? true
        let vlans = vlans(fields, what)
        let stations = items(of: fields["fdb"], "fdb of \(what)").compactMap { mac($0, "an address in fdb of \(what)") }
        return text(fields["interface"], "interface of \(what)").map { interface in
            var port = Topology.DeviceLink.Port(interface: interface, mark: node.mark)
            port.isHairpin = isHairpin
            port.isIsolated = isIsolated
            port.isLearning = isLearning
            port.stations = stations
            port.vlans = vlans
            return port
        }
    }

    /// `vlan` for a port behind which nobody knows of VLANs; `trunk` for one with tags, and `native` for what has none there.
    private mutating func vlans(_ fields: Fields, _ what: String) -> PortVLANs? {
        let access = number(fields["vlan"], "vlan of \(what)", in: VLAN.ids)
        let native = number(fields["native"], "native of \(what)", in: VLAN.ids)
        let tagged = trunk(fields["trunk"], "trunk of \(what)")
        if let node = fields["vlan"], fields["trunk"] != nil || fields["native"] != nil {
            report("\(what) has a vlan of its own or a trunk, not both", at: node.mark, hint: "see `native`")
            return nil
        }
        if let access { return .access(access) }
        guard fields["trunk"] != nil || native != nil else { return nil }
        return PortVLANs(
            pvid: native, untagged: native.map { [$0] } ?? [], tagged: native.map { tagged.subtracting([$0]) } ?? tagged
        )
    }

    /// A list of VLANs and of ranges such as `10-19`.
    private mutating func trunk(_ node: Node?, _ what: String) -> Set<UInt16> {
        var ids: Set<UInt16> = []
        for item in texts(node, what) {
            let ends = item.text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
            guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2, first <= last,
                VLAN.ids.contains(first), VLAN.ids.contains(last)
            else {
                report(
                    "\(quoted(item.text)) is neither a VLAN from \(VLAN.ids.lowerBound) to \(VLAN.ids.upperBound) nor a "
                        + "range of them", at: item.mark, hint: "such as [10, 20-29]")
                continue
            }
            ids.formUnion(first...last)
        }
        return ids
    }
}
