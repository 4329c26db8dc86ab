import Addressing
import Links
import YAML

extension FileDecoder {
    /// The settings of a link, without a tunnel's ends; `nil`, reported, where one is missing that has no default.
    mutating func device(_ fields: Fields, _ type: LinkType) -> Device? {
        let what = type.title
        switch type {
        case .veth: return nil
        case .gre, .gretap, .ip6gre, .ip6gretap:
            return GRE.Variant(rawValue: type.rawValue).map { gre(fields, $0, what) }
        case .ipip, .sit: return IPTunnel.Variant(rawValue: type.rawValue).map { ipTunnel(fields, $0, what) }
        case .geneve: return geneve(fields, what)
        case .vxlan: return vxlan(fields, what)
        case .macvlan: return .macvlan(MACVLAN(choice(fields["mode"], "mode of \(what)") ?? .bridge))
        case .ipvlan:
            return .ipvlan(
                IPVLAN(
                    choice(fields["mode"], "mode of \(what)") ?? .l2,
                    choice(fields["flag"], "flag of \(what)") ?? .bridge))
        case .vlan:
            let tagging: VLAN.Tagging? = choice(fields["protocol"], "protocol of \(what)")
            return required("id", of: fields, what, in: VLAN.ids).map { .vlan(VLAN(id: $0, tagging ?? .customer)) }
        case .dummy: return .dummy(Dummy())
        case .vrf: return required("table", of: fields, what, in: 1...UInt32.max).map { .vrf(VRF(table: $0)) }
        case .bridge: return .bridge(bridge(fields, what))
        }
    }

    private mutating func required<Value: FixedWidthInteger>(
        _ key: String, of fields: Fields, _ what: String, in range: ClosedRange<Value>
    ) -> Value? {
        if fields[key] == nil {
            report(
                "\(what) has no \(key)", at: fields.mark,
                hint: "add `\(key):`, a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number(fields[key], "\(key) of \(what)", in: range)
    }

    private mutating func gre(_ fields: Fields, _ variant: GRE.Variant, _ what: String) -> Device {
        let keys: ClosedRange<UInt32> = 0...UInt32.max
        var gre = GRE(variant, key: number(fields["key"], "key of \(what)", in: keys))
        if let key = number(fields["ikey"], "ikey of \(what)", in: keys) { gre.inputKey = key }
        if let key = number(fields["okey"], "okey of \(what)", in: keys) { gre.outputKey = key }
        gre.inputChecksum = boolean(fields["csum"], "csum of \(what)") ?? false
        gre.outputChecksum = gre.inputChecksum
        gre.ttl = ttl(fields, what)
        gre.tos = tos(fields, what)
        gre.pathMTUDiscovery = boolean(fields["pmtudisc"], "pmtudisc of \(what)") ?? true
        gre.ignoresDF = boolean(fields["ignore_df"], "ignore_df of \(what)") ?? false
        gre.encapsulationLimit = number(fields["encaplimit"], "encaplimit of \(what)", in: 0...255)
        if gre.ignoresDF && gre.pathMTUDiscovery {
            report(
                "ignore_df of \(what) needs pmtudisc: false", at: fields["ignore_df"]?.mark,
                hint: "with path MTU discovery the packets themselves must not be fragmented")
        }
        checkLifetime(fields, gre.ttl, gre.pathMTUDiscovery, what)
        return .gre(gre)
    }

    private mutating func ipTunnel(_ fields: Fields, _ variant: IPTunnel.Variant, _ what: String) -> Device {
        var tunnel = IPTunnel(variant)
        tunnel.ttl = ttl(fields, what)
        tunnel.tos = tos(fields, what)
        tunnel.pathMTUDiscovery = boolean(fields["pmtudisc"], "pmtudisc of \(what)") ?? true
        checkLifetime(fields, tunnel.ttl, tunnel.pathMTUDiscovery, what)
        return .ipTunnel(tunnel)
    }

    /// The kernel refuses a fixed lifetime where packets may be fragmented (net/ipv4/ip_tunnel.c).
    private mutating func checkLifetime(_ fields: Fields, _ ttl: UInt8?, _ discovers: Bool, _ what: String) {
        guard ttl != nil, !discovers else { return }
        report("ttl of \(what) needs path MTU discovery", at: fields["ttl"]?.mark, hint: "leave out pmtudisc: false")
    }

    private mutating func geneve(_ fields: Fields, _ what: String) -> Device? {
        guard let id = required("id", of: fields, what, in: Geneve.ids) else { return nil }
        var geneve = Geneve(id: id)
        geneve.port = number(fields["port"], "port of \(what)", in: 1...UInt16.max) ?? geneve.port
        geneve.ttl = ttl(fields, what)
        geneve.tos = tos(fields, what)
        geneve.checksum = boolean(fields["csum"], "csum of \(what)") ?? geneve.checksum
        return .geneve(geneve)
    }

    private mutating func vxlan(_ fields: Fields, _ what: String) -> Device? {
        let isExternal = boolean(fields["external"], "external of \(what)") ?? false
        if isExternal, let node = fields["id"] {
            report("\(what) that is external has no id", at: node.mark, hint: "each frame brings its own")
        }
        guard let id = isExternal ? 0 : required("id", of: fields, what, in: VXLAN.ids) else { return nil }
        var vxlan = VXLAN(id: id)
        vxlan.isExternal = isExternal
        vxlan.local = fields["endpoints"] == nil ? address(fields["local"], "local of \(what)") : nil
        vxlan.remote = group(fields, what)
        vxlan.port = number(fields["port"], "port of \(what)", in: 1...UInt16.max) ?? vxlan.port
        vxlan.learning = boolean(fields["learning"], "learning of \(what)") ?? !isExternal
        vxlan.ageing = number(fields["ageing"], "ageing of \(what)", in: 0...UInt32.max) ?? vxlan.ageing
        vxlan.proxy = boolean(fields["proxy"], "proxy of \(what)") ?? false
        vxlan.l2miss = boolean(fields["l2miss"], "l2miss of \(what)") ?? false
        vxlan.l3miss = boolean(fields["l3miss"], "l3miss of \(what)") ?? false
        vxlan.ttl = ttl(fields, what)
        vxlan.tos = tos(fields, what)
        vxlan.checksum = boolean(fields["csum"], "csum of \(what)") ?? true
        return .vxlan(vxlan)
    }

    private mutating func group(_ fields: Fields, _ what: String) -> IPAddress? {
        guard let node = fields["group"], let group = address(node, "group of \(what)") else { return nil }
        if !group.isMulticast {
            report("group of \(what) must be a multicast address, not \(group)", at: node.mark)
        } else if fields["parent"] == nil {
            report(
                "\(what) with a group has no parent", at: fields.mark, hint: "add `parent:`, the group is joined there")
        } else if let other = fields["endpoints"] ?? (fields["external"]) {
            report("a group of \(what) goes with one endpoint that has an id", at: other.mark)
        }
        return group
    }

    private mutating func bridge(_ fields: Fields, _ what: String) -> Bridge {
        // The kernel takes hundredths of seconds; a file has seconds.
        func centiseconds(_ seconds: UInt32?) -> UInt32? { seconds.map { $0 * 100 } }
        let bridge = Bridge(
            spanningTree: boolean(fields["stp"], "stp of \(what)"),
            ageing: centiseconds(number(fields["ageing"], "ageing of \(what)", in: 0...1_000_000)),
            vlanFiltering: boolean(fields["vlan_filtering"], "vlan_filtering of \(what)") ?? false,
            defaultPVID: number(fields["default_pvid"], "default_pvid of \(what)", in: 0...VLAN.ids.upperBound),
            forwardDelay: centiseconds(number(fields["forward_delay"], "forward_delay of \(what)", in: 0...30)),
            multicastSnooping: boolean(fields["multicast_snooping"], "multicast_snooping of \(what)"),
            groupForwardMask: number(fields["group_fwd_mask"], "group_fwd_mask of \(what)", in: 0...UInt16.max))
        if let mask = bridge.groupForwardMask, mask & 0b111 != 0 {
            report(
                "group_fwd_mask of \(what) must leave the bits 0, 1 and 2 off", at: fields["group_fwd_mask"]?.mark,
                hint: "frames for spanning tree, pause and link aggregation are never forwarded")
        }
        if bridge.defaultPVID != nil && !bridge.vlanFiltering {
            report("default_pvid of \(what) needs vlan_filtering: true", at: fields["default_pvid"]?.mark)
        }
        return bridge.complete
    }

    private mutating func ttl(_ fields: Fields, _ what: String) -> UInt8? {
        number(fields["ttl"], "ttl of \(what)", in: 1...UInt8.max)
    }

    private mutating func tos(_ fields: Fields, _ what: String) -> UInt8 {
        number(fields["tos"], "tos of \(what)", in: 0...UInt8.max) ?? 0
    }
}
