import Addressing
import Links
import YAML

extension LayoutBuilder {
    /// Reports a cable of which one machine alone has no more than an end.
    mutating func reportMachines(joinedBy cable: Topology.Cable) {
        let hosts = cable.ends.map { $0.place.host(services) }
        guard let played, hosts.contains(played), hosts.contains(where: { $0 != played }) else { return }
        let ends = cable.ends.map(\.place.title).joined(separator: " and ")
        findings.append(
            Diagnostic(
                "a veth link joins \(ends), and does not leave the machine that host \(quoted(played)) is",
                at: cable.mark,
                hint: "it is for a lab, without --host; between machines take a tunnel, such as gre or vxlan"))
    }

    /// Reports rules on the machine itself, where nothing would tell those of one topology from those of another.
    mutating func reportMachineRules() {
        guard let played else { return }
        let ends =
            topology.cables.flatMap(\.ends).map { ($0.place, $0.tables, $0.mark) }
            + topology.devices.flatMap(\.ends).map { ($0.place, $0.tables, $0.mark) }
        for (place, tables, mark) in ends where place == .host(played) && !tables.rules.isEmpty {
            findings.append(
                Diagnostic(
                    "a link has rules on \(place.title), a machine whose rules are not weft's", at: mark,
                    hint: "rules are for services, and for the hosts of a lab"))
        }
    }

    /// Takes what the kernel tells the tunnels of networks apart by, on the hosts where links may have the same.
    mutating func claimTunnels(of networks: [Layout.Network]) {
        let ends = topology.devices.flatMap(\.ends)
        let places = Set(ends.compactMap { if case .host(let name) = $0.place { name } else { nil } })
        guard !places.isEmpty, let fabric = FabricLayout(topology: topology).fabric(played: played) else { return }
        let members = topology.hostsByNetwork
        for network in networks {
            let carriers = fabric.hosts.filter { members[network.declaration.key]?.contains($0.name) ?? false }
            for local in carriers where places.contains(local.name) {
                for identity in carriers.flatMap({ network.tunnelIdentities(from: local, to: $0) }) {
                    _ = tunnels.claim(
                        PlacedTunnel(container: local.namespace, identity: identity),
                        for: "one of \(network.declaration.title)")
                }
            }
        }
    }

    /// Reports VXLANs of hosts that the kernel could not tell from an overlay's there.
    mutating func reportSharedSegments(_ networks: [Layout.Network]) {
        let members = topology.hostsByNetwork
        for link in topology.devices {
            guard case .vxlan(let vxlan) = link.device, !vxlan.isExternal else { continue }
            let hosts = link.ends.compactMap { if case .host(let name) = $0.place { name } else { nil } }
            let rival = networks.first { network in
                guard let overlay = network.overlay, overlay.encapsulation == .vxlan, overlay.port == vxlan.port else {
                    return false
                }
                return overlay.segments.contains { $0.identifier == vxlan.id }
                    && !(members[network.declaration.key] ?? []).isDisjoint(with: hosts)
            }
            guard let rival else { continue }
            findings.append(
                Diagnostic(
                    "a vxlan link of a host has the id \(vxlan.id), as \(rival.declaration.title) has there",
                    at: link.marks["id"] ?? link.mark, hint: "give the link another `id:`, or a `port:` of its own"))
        }
    }
}

extension Layout.Network {
    /// What the kernel tells the network's tunnels from the host `local` to `remote` apart by; none for VXLANs.
    fileprivate func tunnelIdentities(from local: Layout.Host, to remote: Layout.Host) -> [TunnelIdentity] {
        guard local.name != remote.name else { return [] }
        return tunnels.compactMap { tunnel in
            guard let family = tunnel.underlayFamily, let from = local.address(family), let to = remote.address(family)
            else { return nil }
            return tunnel.between(from, to).tunnelIdentity
        }
    }

    /// The network's tunnels without their ends.
    private var tunnels: [Device] {
        let carried = routed?.tunnels.map(\.device) ?? []
        guard let overlay, overlay.encapsulation == .gretap else { return carried }
        return overlay.segments.map { .gre(GRE(overlay.family == .v4 ? .gretap : .ip6gretap, key: $0.identifier)) }
    }
}

extension Topology {
    /// The interfaces that `links` make on `host` and that others may be upon, with their MTU in bytes.
    func linkInterfaces(on host: String) -> [String: UInt32] {
        var interfaces: [String: UInt32] = [:]
        for cable in cables {
            for end in cable.ends where end.place == .host(host) { interfaces[end.interface] = cable.mtu ?? 1500 }
        }
        for device in devices {
            switch device.device {
            case .bridge, .dummy:
                for end in device.ends where end.place == .host(host) { interfaces[end.interface] = device.mtu ?? 1500 }
            default: continue
            }
        }
        return interfaces
    }
}
