import Links
import YAML

extension FileDecoder {
    /// The options of macvlan networks, by name (moby `drivers/macvlan/macvlan_network.go`).
    static var macvlanOptions: [String: Option] {
        parentOptions.merging([
            "macvlan_mode": { decoder, node, network in
                decoder.choice(node, "macvlan_mode of \(network.title)").map { network.parent?.macvlan.mode = $0 }
            }
        ]) { $1 }
    }

    /// The options of ipvlan networks, by name (moby `drivers/ipvlan/ipvlan_network.go`).
    static var ipvlanOptions: [String: Option] {
        parentOptions.merging([
            "ipvlan_mode": { decoder, node, network in
                decoder.choice(node, "ipvlan_mode of \(network.title)").map { network.parent?.ipvlan.mode = $0 }
            },
            "ipvlan_flag": { decoder, node, network in
                decoder.choice(node, "ipvlan_flag of \(network.title)").map { network.parent?.ipvlan.flag = $0 }
            },
        ]) { $1 }
    }

    private static var parentOptions: [String: Option] {
        [
            "parent": { $0.parent($1, &$2) },
            "com.docker.network.driver.mtu": { $2.mtu = $0.mtu($1, $2.title, hasIPv6: $2.hasIPv6) },
            "com.docker.network.container_iface_prefix": {
                $2.options.interfacePrefix = $0.interfacePrefix($1, $2.title)
            },
        ]
    }

    /// Docker passes `parent` over where the network is internal, and makes a dummy.
    private mutating func parent(_ node: Node, _ network: inout Topology.Network) {
        guard let name = text(node, "parent of \(network.title)"), !name.isEmpty else { return }
        if let problem = NameRule.problem(withInterface: name) {
            report("parent \(quoted(name)) of \(network.title) \(problem)", at: node.mark)
        } else if network.isInternal {
            ignore("networks.\(network.key).driver_opts.parent")
        } else {
            network.parent?.interface = name
        }
    }
}
