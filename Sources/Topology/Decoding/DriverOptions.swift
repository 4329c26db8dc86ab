import YAML

extension FileDecoder {
    /// `driver_opts` of a network.
    mutating func options(_ node: Node, _ network: inout Topology.Network) {
        let what = network.title
        let known = Self.options(of: network.driver)
        let entries = entries(of: node, "driver_opts of \(what)") ?? []
        for entry in entries {
            network.marks[entry.key] = entry.value.mark
            if case .scalar(let text, _) = entry.value.content { network.driverOptions[entry.key] = text }
        }
        for entry in entries {
            guard let option = known[entry.key] else {
                self.option(entry, of: network, known.keys)
                continue
            }
            option(&self, entry.value, &network)
        }
        modes(of: network)
    }

    /// The options that networks of `driver` have, by name.
    private static func options(of driver: Topology.Network.Driver) -> [String: Option] {
        switch driver {
        case .overlay: overlayOptions
        case .macvlan: macvlanOptions
        case .ipvlan: ipvlanOptions
        case .routed: routedOptions
        case .bridge, .host, .none: options
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

    /// An option that the driver does not have: another's, or none.
    private mutating func option(
        _ entry: Node.Entry, of network: Topology.Network, _ known: some Sequence<String>
    ) {
        let what = network.title
        let kinds: [(Topology.Network.Driver, String)] = [
            (.bridge, "bridges"), (.overlay, "overlays"), (.routed, "routed networks"),
            (.macvlan, "driver macvlan"), (.ipvlan, "driver ipvlan"),
        ]
        let owners = kinds.filter { $0.0 != network.driver && Self.options(of: $0.0)[entry.key] != nil }.map(\.1)
        if !owners.isEmpty {
            let kind = owners.joined(separator: " and ")
            report("option \(quoted(entry.key)) of \(what) is for \(kind)", at: entry.mark, hint: "leave it out")
        } else {
            report(
                "unknown option \(quoted(entry.key)) of \(what)", at: entry.mark,
                hint: speller.suggestion(for: entry.key, among: known.sorted())
                    ?? known.first { $0.hasSuffix(".\(entry.key)") }.map { "did you mean \($0)?" })
        }
    }
}
