import Links
import YAML

extension Topology {
    /// Faults of macvlan and ipvlan networks: interfaces that cannot be shared as the file says.
    var parentFindings: [Diagnostic] {
        let shared = networks.filter { $0.parent?.interface != nil }
        let members = hostsByNetwork
        return shared.indices.flatMap { index -> [Diagnostic] in
            let network = shared[index]
            let rival = shared[..<index].first { other in
                other.parent?.interface == network.parent?.interface
                    && (hosts.isEmpty || !(members[other.key] ?? []).isDisjoint(with: members[network.key] ?? []))
            }
            return [rival.map { finding(network, $0) }, crowd(on: network)].compactMap(\.self)
        }
    }

    /// Docker lets a parent be of one network (moby `drivers/macvlan/macvlan_network.go`), and the kernel of one kind.
    private func finding(_ network: Network, _ other: Network) -> Diagnostic {
        Diagnostic(
            "parent \(quoted(network.parent?.interface ?? "")) of \(network.title) is also that of \(other.title)",
            at: network.mark(of: "parent"), hint: "give one of them a VLAN of it, such as eth0.10")
    }

    /// In passthru mode there is room for one on each host.
    private func crowd(on network: Network) -> Diagnostic? {
        guard network.driver == .macvlan, network.parent?.macvlan.mode == .passthru else { return nil }
        var counts: [String?: Int] = [:]
        for service in services where service.mode.attachments.contains(where: { $0.network == network.key }) {
            counts[service.host, default: 0] += service.scale
        }
        guard let most = counts.values.max(), most > 1 else { return nil }
        return Diagnostic(
            "\(network.title) has \(most) endpoints on one parent, and macvlan_mode passthru has room for one",
            at: network.mark(of: "macvlan_mode"), hint: "macvlan_mode: bridge lets several share it")
    }
}
