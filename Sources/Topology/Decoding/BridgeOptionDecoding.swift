import Addressing
import YAML

extension FileDecoder {
    /// Reads the value of one option into a network.
    typealias Option = (inout FileDecoder, Node, inout Topology.Network) -> Void

    /// The options of Docker's bridge driver that are built, by name (moby `bridge/labels.go`, `netlabel/labels.go`).
    static var options: [String: Option] {
        let bridge: [String: Option] = [
            "name": { $2.bridgeName = $0.text($1, "bridge name of \($2.title)") },
            "enable_icc": { $0.set(&$2.options.connectsEndpoints, "enable_icc of \($2.title)", $1) },
            "enable_ip_masquerade": { $0.set(&$2.options.masquerades, "enable_ip_masquerade of \($2.title)", $1) },
            // Docker's own mark of its predefined bridge, which it accepts of any network and heeds of none.
            "default_bridge": { decoder, node, network in
                var isMarked = false
                decoder.set(&isMarked, "default_bridge of \(network.title)", node)
            },
            "inhibit_ipv4": { $0.set(&$2.options.inhibitsIPv4, "inhibit_ipv4 of \($2.title)", $1) },
            "host_binding_ipv4": { $0.bindingAddress($1, &$2) },
            "gateway_mode_ipv4": { $2.options.gatewayModeIPv4 = $0.gatewayMode($1, .v4, $2.title) ?? .nat },
            "gateway_mode_ipv6": { $2.options.gatewayModeIPv6 = $0.gatewayMode($1, .v6, $2.title) ?? .nat },
            "trusted_host_interfaces": { $2.options.trustedInterfaces = $0.interfaces($1, $2.title) },
        ]
        let network: [String: Option] = [
            "driver.mtu": { $2.mtu = $0.mtu($1, $2.title, hasIPv6: $2.hasIPv6) },
            "container_iface_prefix": { $2.options.interfacePrefix = $0.interfacePrefix($1, $2.title) },
            "host_ipv4": { $2.options.hostIPv4 = $0.address($1, "host_ipv4 of \($2.title)", .v4) },
            "host_ipv6": { $2.options.hostIPv6 = $0.address($1, "host_ipv6 of \($2.title)", .v6) },
            // The ranges are those of moby `osl/interface_linux.go`.
            "advertise_addr_nmsgs": {
                $2.options.announcementCount = $0.integer($1, "advertise_addr_nmsgs of \($2.title)", in: 0...3)
            },
            "advertise_addr_ms": {
                $2.options.announcementInterval = $0.integer($1, "advertise_addr_ms of \($2.title)", in: 100...2000)
            },
            "enable_ipv4": { decoder, node, network in
                guard network.marks["enable_ipv4"] == nil else { return }
                decoder.set(&network.hasIPv4, "enable_ipv4 of \(network.title)", node)
            },
            "enable_ipv6": { decoder, node, network in
                guard network.marks["enable_ipv6"] == nil else { return }
                decoder.set(&network.hasIPv6, "enable_ipv6 of \(network.title)", node)
            },
        ]
        return Dictionary(
            uniqueKeysWithValues: bridge.map { ("com.docker.network.bridge.\($0)", $1) }
                + network.map { ("com.docker.network.\($0)", $1) })
    }

    /// A boolean as Go's `strconv.ParseBool` reads it, which Docker does: `1`, `t` and `true`, `0`, `f` and `false`.
    private mutating func set(_ value: inout Bool, _ what: String, _ node: Node) {
        guard let text = text(node, what) else { return }
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": value = true
        case "0", "f", "F", "false", "FALSE", "False": value = false
        default: report("\(what) must be true or false, not \(quoted(text))", at: node.mark)
        }
    }

    private mutating func bindingAddress(_ node: Node, _ network: inout Topology.Network) {
        let address = address(node, "host_binding_ipv4 of \(network.title)", .v4)
        network.options.bindingAddress = address.flatMap { $0.isUnspecified ? nil : $0 }
    }

    private mutating func gatewayMode(
        _ node: Node, _ family: IPFamily, _ what: String
    ) -> Topology.Network.GatewayMode? {
        let what = "gateway mode of \(what) for \(family.name)"
        guard let text = text(node, what) else { return nil }
        if let mode = Topology.Network.GatewayMode(rawValue: text) { return mode }
        let all = Topology.Network.GatewayMode.allCases.map(\.rawValue)
        report(
            "unknown \(what) \(quoted(text))", at: node.mark,
            hint: speller.suggestion(for: text, among: all) ?? "there is " + all.joined(separator: ", "))
        return nil
    }

    /// Names of interfaces with a colon in between (moby `bridge/bridge_linux.go`, parseNetworkGenericOptions).
    private mutating func interfaces(_ node: Node, _ what: String) -> [String] {
        let what = "trusted_host_interfaces of \(what)"
        guard let text = text(node, what) else { return [] }
        return text.split(separator: ":").map(String.init).filter { name in
            guard let problem = NameRule.problem(withInterface: name) else { return true }
            report("\(what): interface name \(quoted(name)) \(problem)", at: node.mark)
            return false
        }
    }

    mutating func interfacePrefix(_ node: Node, _ what: String) -> String? {
        let what = "container_iface_prefix of \(what)"
        guard let prefix = text(node, what) else { return nil }
        guard let problem = NameRule.problem(withInterface: "\(prefix)999") else { return prefix }
        report("\(what): interface name \(quoted("\(prefix)999")) \(problem)", at: node.mark)
        return nil
    }

    /// Gateway modes are for bridges with a way out, but `isolated` is for those without.
    mutating func modes(of network: Topology.Network) {
        for (family, key) in [(IPFamily.v4, "gateway_mode_ipv4"), (.v6, "gateway_mode_ipv6")] {
            let mode = network.options.gatewayMode(family)
            guard mode == .isolated, !network.isInternal else { continue }
            report(
                "gateway mode isolated of \(network.title), which is not internal",
                at: network.marks["com.docker.network.bridge.\(key)"],
                hint: "set internal: true, or choose another mode")
        }
    }
}
