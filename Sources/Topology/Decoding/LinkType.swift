/// The types that an entry of `links:` can have: the kernel's names.
enum LinkType: String, CaseIterable, CustomStringConvertible {
    case veth, gre, gretap, ip6gre, ip6gretap, ipip, sit, geneve, vxlan, macvlan, ipvlan, vlan, dummy, vrf, bridge

    var description: String { rawValue }

    /// The link in a message: `a gre link`.
    var title: String { linkTitle(rawValue) }

    /// Whether it has two endpoints; a vxlan may also have one.
    var isTunnel: Bool {
        switch self {
        case .gre, .gretap, .ip6gre, .ip6gretap, .ipip, .sit, .geneve, .vxlan: true
        case .veth, .macvlan, .ipvlan, .vlan, .dummy, .vrf, .bridge: false
        }
    }

    /// Whether it cannot be without an interface below.
    var needsParent: Bool { self == .macvlan || self == .ipvlan || self == .vlan }

    /// Whether it is an Ethernet tunnel, where neighbours may be told rather than asked for.
    private var hasNeighbours: Bool { [.gretap, .ip6gretap, .geneve, .vxlan].contains(self) }

    private var settings: Set<String> {
        switch self {
        case .veth: []
        case .gre, .gretap: ["key", "ikey", "okey", "ttl", "tos", "csum", "pmtudisc", "ignore_df"]
        case .ip6gre, .ip6gretap: ["key", "ikey", "okey", "ttl", "tos", "csum", "encaplimit"]
        case .ipip, .sit: ["ttl", "tos", "pmtudisc"]
        case .geneve: ["id", "port", "ttl", "tos", "csum"]
        case .vxlan:
            [
                "id", "port", "ttl", "tos", "csum", "learning", "ageing", "proxy", "l2miss", "l3miss", "external",
                "group",
                "local", "parent",
            ]
        case .macvlan: ["mode", "parent"]
        case .ipvlan: ["mode", "flag", "parent"]
        case .vlan: ["id", "protocol", "parent"]
        case .dummy: []
        case .vrf: ["table", "ports"]
        case .bridge:
            [
                "stp", "ageing", "forward_delay", "vlan_filtering", "default_pvid", "multicast_snooping",
                "group_fwd_mask", "ports", "vlans",
            ]
        }
    }

    private var endKeys: Set<String> {
        Set(["service", "host", "interface", "addresses", "mac", "routes", "rules"])
            .union(hasNeighbours ? ["neighbours"] : []).union(self == .vxlan ? ["fdb"] : [])
    }

    /// The keys of an entry.
    var vocabulary: Vocabulary {
        let own = isTunnel ? Set(["endpoints"]).union(self == .vxlan ? endKeys : []) : endKeys
        return Vocabulary(path: "links", used: Set(["type", "mtu"]).union(settings).union(own))
    }

    /// The keys of one of a tunnel's endpoints.
    var endVocabulary: Vocabulary { Vocabulary(path: "links.endpoints", used: endKeys.union(["local"])) }
}

/// A link of the kind called `kind`, in a message.
func linkTitle(_ kind: String) -> String { "\(kind.hasPrefix("ip") ? "an" : "a") \(kind) link" }

extension Vocabulary {
    static let linkParent = Vocabulary(path: "links.parent", used: ["service", "host", "interface"])
    static let linkPort = Vocabulary(
        path: "links.ports", used: ["interface", "hairpin", "isolated", "learning", "fdb", "vlan", "trunk", "native"])
    static let linkVLANs = Vocabulary(path: "links.vlans", used: ["vlan", "trunk", "native"])
    static let route = Vocabulary(path: "links.routes", used: ["destination", "via", "metric", "table", "source"])
    static let rule = Vocabulary(path: "links.rules", used: ["priority", "from", "to", "iif", "fwmark", "table"])
    static let neighbour = Vocabulary(path: "links.neighbours", used: ["address", "mac"])
    static let forwarding = Vocabulary(path: "links.fdb", used: ["mac", "destination"])
}
