import YAML

extension FileDecoder {
    /// `driver_opts` of a network.
    mutating func options(_ node: Node, _ network: inout Topology.Network) {
        let what = network.title
        for entry in entries(of: node, "driver_opts of \(what)") ?? [] {
            network.marks[entry.key] = entry.value.mark
            if case .scalar(let text, _) = entry.value.content { network.driverOptions[entry.key] = text }
            guard let option = Self.options[entry.key] else {
                self.option(entry, what)
                continue
            }
            option(&self, entry.value, &network)
        }
        modes(of: network)
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

    /// Options that are not built, with the values that say what is done anyway.
    private static let defaults: [String: [String]] = [
        "com.docker.network.bridge.default_bridge": ["false", "0"]
    ]

    private static let known = defaults.keys.sorted() + options.keys.sorted()
}
