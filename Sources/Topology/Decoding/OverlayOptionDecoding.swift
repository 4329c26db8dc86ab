import YAML

extension FileDecoder {
    /// The options of overlays, by name (moby `drivers/overlay`), and our own.
    static var overlayOptions: [String: Option] {
        [
            "com.docker.network.driver.overlay.vxlanid_list": { $0.identifiers($1, &$2) },
            "com.docker.network.driver.mtu": { $2.mtu = $0.mtu($1, $2.title, hasIPv6: false) },
            "com.docker.network.container_iface_prefix": {
                $2.options.interfacePrefix = $0.interfacePrefix($1, $2.title)
            },
            "encrypted": { $0.encryption($1, $2) },
            "weft.overlay.encapsulation": { $0.encapsulation($1, &$2) },
            "weft.overlay.port": { decoder, node, network in
                // What Docker lets a swarm's data path have (moby `daemon/cluster`, DataPathPort).
                let port = decoder.integer(node, "port of \(network.title)", in: 1024...49151)
                port.map { network.overlay?.port = UInt16($0) }
            },
            "weft.overlay.vxlanid_start": { decoder, node, network in
                let what = "lowest \(network.identifierName) of \(network.title)"
                let first = decoder.integer(node, what, in: identifiers)
                first.map { network.overlay?.firstIdentifier = UInt32($0) }
            },
        ]
    }

    private typealias Overlay = Topology.Network.OverlayOptions

    private static var identifiers: ClosedRange<Int> {
        Int(Overlay.allowedIdentifiers.lowerBound)...Int(Overlay.allowedIdentifiers.upperBound)
    }

    /// Numbers with commas in between.
    private mutating func identifiers(_ node: Node, _ network: inout Topology.Network) {
        let what = "\(network.identifierName) of \(network.title)"
        guard let text = text(node, what) else { return }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(coreSchema: String(part).trimmed), Self.identifiers.contains(number) else {
                let range = Self.identifiers
                report(
                    "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound), not "
                        + quoted(String(part)), at: node.mark, hint: "several subnets have several, such as 4096,4097")
                return
            }
            network.overlay?.identifiers.append(UInt32(number))
        }
    }

    private mutating func encapsulation(_ node: Node, _ network: inout Topology.Network) {
        guard let text = text(node, "encapsulation of \(network.title)") else { return }
        guard let encapsulation = Overlay.Encapsulation(rawValue: text) else {
            let known = Overlay.Encapsulation.allCases.map(\.rawValue).joined(separator: " and ")
            return report(
                "encapsulation \(quoted(text)) of \(network.title) is not supported", at: node.mark,
                hint: "there are \(known)")
        }
        network.overlay?.encapsulation = encapsulation
    }

    /// Docker takes the option's being there for yes, unless it says otherwise.
    private mutating func encryption(_ node: Node, _ network: Topology.Network) {
        var isAsked = node.isNull
        if case .scalar("", _) = node.content { isAsked = true }
        if isAsked || boolean(node, "encrypted of \(network.title)") ?? false {
            report(
                "encryption of \(network.title) is not supported yet", at: node.mark,
                hint: "leave `encrypted` out, and keep the underlay to yourself")
        }
    }
}

extension Topology.Network {
    /// What messages call the overlay's number, whether the option that decides comes before or after.
    fileprivate var identifierName: String {
        let encapsulation = driverOptions["weft.overlay.encapsulation"].flatMap(OverlayOptions.Encapsulation.init)
        return (encapsulation ?? .vxlan).identifierName
    }
}
