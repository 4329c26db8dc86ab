import Addressing
import Links
import YAML

extension Topology {
    /// Faults of overlays: identifiers, subnets, and underlays that can't carry them.
    var overlayFindings: [Diagnostic] {
        let overlays = networks.filter { $0.driver == .overlay }
        guard !overlays.isEmpty else { return gatewayBridgeFindings }
        let members = hostsByNetwork
        return overlays.flatMap { network in
            let carriers = hosts.filter { members[network.key]?.contains($0.name) ?? false }
            return subnetFindings(of: network) + portFindings(of: network)
                + tunnelFindings(of: network, on: carriers) { network.overlay?.overhead($0) ?? 0 }
        } + identifierFindings(of: overlays) + gatewayBridgeFindings
    }

    private func subnetFindings(of network: Network) -> [Diagnostic] {
        let counts = IPFamily.allCases.map { family in network.pools.count { $0.subnet.family == family } }
        guard network.hasIPv6, counts.contains(where: { $0 > 1 }) else { return [] }
        return [
            Diagnostic(
                "\(network.title) has IPv6 and several subnets of a family", at: network.mark(of: "ipam"),
                hint: "an overlay with IPv6 has one subnet of each family")
        ]
    }

    private func portFindings(of network: Network) -> [Diagnostic] {
        guard let options = network.overlay, options.encapsulation == .gretap,
            options.port != Network.OverlayOptions.vxlanPort
        else { return [] }
        return [
            Diagnostic(
                "\(network.title) has a port, and its encapsulation \(options.encapsulation) has none",
                at: network.mark(of: "weft.overlay.port"), hint: "leave it out, or use encapsulation vxlan")
        ]
    }

    private func identifierFindings(of overlays: [Network]) -> [Diagnostic] {
        var owners = Uses<OverlayNumber>()
        return overlays.flatMap { network -> [Diagnostic] in
            guard let options = network.overlay, !options.identifiers.isEmpty else { return [] }
            let mark = network.mark(of: "com.docker.network.driver.overlay.vxlanid_list")
            let name = options.encapsulation.identifierName
            let wanted = max(1, network.pools.count { $0.subnet.family == .v4 })
            if options.identifiers.count < wanted {
                return [
                    Diagnostic(
                        "\(network.title) has \(wanted) subnets and \(options.identifiers.count) \(name)s",
                        at: mark, hint: "give one for each, with commas in between")
                ]
            }
            return options.identifiers.compactMap { identifier in
                owners.claim(.init(options.encapsulation, identifier), for: network.title).map {
                    Diagnostic(
                        "\(name) \(identifier) of \(network.title) is "
                            + ($0 == network.title ? "given twice" : "also that of \($0)"), at: mark,
                        hint: "networks and subnets are kept apart by it, so each needs its own")
                }
            }
        }
    }

    private var gatewayBridgeFindings: [Diagnostic] {
        networks.filter { $0.isGatewayBridge && $0.driver != .bridge }.map {
            Diagnostic(
                "\($0.title) is the way out of overlays, and of driver \($0.driver)", at: $0.mark(of: "driver"),
                hint: "leave `driver` out, or give the network another name")
        }
    }
}

/// What keeps an overlay's frames apart from those of others: the same number is another one in another encapsulation.
private struct OverlayNumber: Hashable {
    var encapsulation: Topology.Network.OverlayOptions.Encapsulation
    var identifier: UInt32

    init(_ encapsulation: Topology.Network.OverlayOptions.Encapsulation, _ identifier: UInt32) {
        self.encapsulation = encapsulation
        self.identifier = identifier
    }
}

extension Topology.Network.OverlayOptions.Encapsulation {
    /// What messages call the number that keeps networks apart.
    var identifierName: String {
        switch self {
        case .vxlan: "VXLAN identifier"
        case .gretap: "GRE key"
        }
    }
}

extension Topology.Network.OverlayOptions {
    /// What the encapsulation adds to a packet of the overlay on an underlay of `family`, in bytes.
    func overhead(_ family: IPFamily) -> UInt32 {
        // The identifier is in the header, whichever it is.
        let tunnel: Device =
            switch encapsulation {
            case .vxlan: .vxlan(VXLAN(id: firstIdentifier))
            case .gretap: .gre(GRE(family == .v4 ? .gretap : .ip6gretap, key: firstIdentifier))
            }
        return tunnel.overhead(over: family)
    }
}
