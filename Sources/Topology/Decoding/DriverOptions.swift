import YAML

extension FileDecoder {
    /// `driver_opts` of a network.
    mutating func options(_ node: Node, _ network: inout Topology.Network) {
        let what = network.title
        for entry in entries(of: node, "driver_opts of \(what)") ?? [] {
            network.marks[entry.key] = entry.value.mark
            switch entry.key {
            case "com.docker.network.bridge.name":
                network.bridgeName = text(entry.value, "bridge name of \(what)")
            case "com.docker.network.driver.mtu":
                network.mtu = mtu(entry.value, what, hasIPv6: network.hasIPv6)
            default: option(entry, what)
            }
        }
    }

    /// Largest packet in bytes, within what the kernel lets an Ethernet device have and what the protocols need.
    mutating func mtu(_ node: Node?, _ what: String, hasIPv6: Bool) -> UInt32? {
        guard let node, let mtu = integer(node, "MTU of \(what)", in: 68...65535) else { return nil }
        if hasIPv6 && mtu < 1280 {
            report("MTU \(mtu) of \(what) is too small for IPv6", at: node.mark, hint: "IPv6 needs 1280 (RFC 8200 §5)")
        }
        return UInt32(mtu)
    }

    /// An option that changes nothing is accepted with the value that Docker has by default.
    private mutating func option(_ entry: Node.Entry, _ what: String) {
        guard let defaults = Self.defaults[entry.key] else {
            report(
                "unknown option \(quoted(entry.key)) of \(what)", at: entry.mark,
                hint: speller.suggestion(for: entry.key, among: Self.known))
            return
        }
        guard let value = text(entry.value, "\(entry.key) of \(what)"), !defaults.contains(value) else { return }
        report(
            "option \(quoted(entry.key)) of \(what) is not supported yet", at: entry.mark,
            hint: defaults.first.map { "leave it out, which means \($0)" } ?? "leave it out")
    }

    /// Options of Docker's bridge driver that are not built, with the values that say what is done anyway
    /// (moby `bridge/labels.go`, `netlabel/labels.go`).
    private static let defaults: [String: [String]] = {
        let on = ["true", "1"]
        let off = ["false", "0"]
        let bridge: [String: [String]] = [
            "enable_icc": on, "enable_ip_masquerade": on, "inhibit_ipv4": off, "host_binding_ipv4": ["0.0.0.0"],
            "gateway_mode_ipv4": ["nat"], "gateway_mode_ipv6": ["nat"], "trusted_host_interfaces": [],
            "default_bridge": off,
        ]
        let network: [String: [String]] = [
            "container_iface_prefix": ["eth"], "host_ipv4": [], "host_ipv6": [], "advertise_addr_nmsgs": [],
            "advertise_addr_ms": [], "enable_ipv4": [], "enable_ipv6": [],
        ]
        return Dictionary(
            uniqueKeysWithValues: bridge.map { ("com.docker.network.bridge.\($0)", $1) }
                + network.map { ("com.docker.network.\($0)", $1) })
    }()

    private static let known =
        defaults.keys.sorted() + ["com.docker.network.bridge.name", "com.docker.network.driver.mtu"]
}
