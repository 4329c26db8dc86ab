import Addressing
import YAML

extension Topology {
    /// The hosts on which each network has services, by the network's key.
    var hostsByNetwork: [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for service in services where service.scale > 0 {
            guard let host = service.host else { continue }
            for attachment in service.mode.attachments { result[attachment.network, default: []].insert(host) }
        }
        return result
    }

    /// What the underlay of tunnels must have: addresses of one family on all `carriers`, and room for the packets of `network`.
    ///
    /// - Parameter overhead: What the tunnels add to a packet, in bytes.
    func tunnelFindings(
        of network: Network, on carriers: [Host], overhead: (IPFamily) -> UInt32
    ) -> [Diagnostic] {
        guard let family = Host.commonFamily(of: carriers) else {
            let names = carriers.map { quoted($0.name) }.joined(separator: ", ")
            return [
                Diagnostic(
                    "\(network.title) is on hosts \(names), which have no address family in common", at: network.mark,
                    hint: "give each of them an IPv4 address")
            ]
        }
        let overhead = overhead(family)
        let underlay = network.underlayMTU(of: carriers.map(\.mtu))
        let least = network.leastMTU
        guard underlay < overhead + least else { return [] }
        let smallest = carriers.first { $0.mtu == underlay }
        let mark =
            network.mtu == nil
            ? smallest?.mark(of: "mtu") ?? network.mark : network.mark(of: "com.docker.network.driver.mtu")
        return [
            Diagnostic(
                "MTU \(underlay) of the underlay leaves \(Int(underlay) - Int(overhead)) bytes for a packet of "
                    + "\(network.title)", at: mark,
                hint: "\(network.hasIPv6 ? "IPv6" : "IPv4") needs \(least), and the encapsulation takes \(overhead)")
        ]
    }
}

extension Topology.Network {
    /// Largest layer-3 packet between hosts with these MTUs, in bytes, unless the file says another.
    func underlayMTU(of hosts: [UInt32]) -> UInt32 { mtu ?? hosts.min() ?? Topology.Host.defaultMTU }

    /// The least MTU that IP has on the network, in bytes (RFC 791, RFC 8200).
    var leastMTU: UInt32 { hasIPv6 ? 1280 : 68 }
}

extension Topology.Host {
    /// Whether the host has an address of `family`.
    func has(_ family: IPFamily) -> Bool { addresses.contains { $0.address.family == family } }

    /// The family in which all of `hosts` reach each other, IPv4 if both; `nil` if there is none.
    static func commonFamily(of hosts: [Topology.Host]) -> IPFamily? {
        IPFamily.allCases.first { family in hosts.allSatisfy { $0.has(family) } }
    }
}
