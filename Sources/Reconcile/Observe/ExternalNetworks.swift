import Addressing
import Links
import Netlink
import Planning
import Topology
import YAML

/// Finds the networks that a topology calls external: those of other topologies, and bridges that are not weft's.
struct ExternalNetworks {
    let snapshot: Snapshot
    /// The other topologies on the machine, as they are.
    let others: [Layout]
    /// What the host knows of who is on its links.
    let neighbours: [Netlink.Neighbour]
    /// Addresses that the topology's own endpoints have.
    let own: Set<IPAddress>

    /// The network that `declaration` means; thrown, at its place in the file, where there is none.
    func network(_ declaration: Topology.Network) throws(Diagnostic) -> ExternalNetwork {
        let name = declaration.name ?? declaration.key
        for layout in others {
            for network in layout.networks where network.maker == nil && !network.declaration.isPredefinedBridge {
                guard declaration.bridgeName.map({ $0 == network.bridge }) ?? (network.name == name) else { continue }
                return try self.network(network, of: layout, as: declaration)
            }
        }
        return try bridge(declaration.bridgeName ?? name, as: declaration, name)
    }

    private func network(
        _ network: Layout.Network, of layout: Layout, as declaration: Topology.Network
    ) throws(Diagnostic) -> ExternalNetwork {
        guard declaration.pools.isEmpty else {
            throw Diagnostic(
                "network `\(declaration.key)` is external and has `ipam`, but topology \(layout.name) gives its subnets",
                at: declaration.marks["ipam"], hint: "leave `ipam` out")
        }
        if let reason = layout.obstacle(toSharing: network) {
            throw Diagnostic(
                "network `\(declaration.key)` is external, and \(network.name) of topology \(layout.name) is \(reason)",
                at: declaration.marks["name"] ?? declaration.mark,
                hint: "put the services into the file of \(layout.name)")
        }
        return ExternalNetwork(
            network, of: layout.name, neighbours: others.neighbours(on: layout.identifier(of: network)))
    }

    private func bridge(
        _ bridge: String, as declaration: Topology.Network, _ name: String
    ) throws(Diagnostic) -> ExternalNetwork {
        let what = "network `\(declaration.key)` is external"
        let mark = declaration.marks["com.docker.network.bridge.name"] ?? declaration.marks["name"] ?? declaration.mark
        guard let link = snapshot.host.link(named: bridge), link.alias.flatMap({ OwnershipMark($0) }) == nil else {
            throw missing(bridge, declaration, mark)
        }
        guard link.kind == Bridge.kind else {
            throw Diagnostic(
                "\(what), and `\(bridge)` is \(link.kind.map { "a \($0) link" } ?? "a link"), not a bridge", at: mark,
                hint: "name a bridge: `ip link show type bridge` lists them")
        }
        let addresses = snapshot.host.addresses.filter { $0.link == link.index }.map(\.address).sorted()
        let gone: Netlink.Neighbour.State = [.incomplete, .failed, .noARP]
        let known = neighbours.filter { $0.link == link.index && $0.state.isDisjoint(with: gone) }.map(\.address)
        let external = ExternalNetwork(
            bridge: link.name, declaration: declaration, name: name, addresses: addresses, mtu: link.mtu,
            taken: Set(known).subtracting(own),
            neighbours: others.neighbours(on: Layout.identifier(ofBridge: link.name)))
        guard !external.network.segments.isEmpty else {
            throw Diagnostic(
                "\(what), and bridge \(link.name) has no address that tells its subnet", at: mark,
                hint: "give it a subnet: ipam: {config: [{subnet: …}]}, and a gateway if there is one")
        }
        return external
    }

    private func missing(_ bridge: String, _ declaration: Topology.Network, _ mark: Mark) -> Diagnostic {
        let names = others.flatMap(\.networks).filter { $0.maker == nil }.map(\.name)
        let isBridge = declaration.bridgeName != nil
        let near = isBridge ? nil : closest(to: bridge, among: names).map { "did you mean `\($0)`? " }
        return Diagnostic(
            "network `\(declaration.key)` is external, and no \(isBridge ? "bridge" : "network") `\(bridge)` is on the machine",
            at: mark,
            hint: (near ?? "")
                + "apply the topology that makes it first; `weft network ls` lists the networks there are")
    }
}

extension Layout {
    /// Why no other topology can have endpoints on `network`; `nil` if it can.
    fileprivate func obstacle(toSharing network: Network) -> String? {
        guard let fabric else { return nil }
        guard fabric.played != nil else { return "one of a lab's hosts, in namespaces of their own" }
        return network.declaration.spansHosts
            ? "of driver \(network.declaration.driver) and spans hosts, which know of no endpoints but those of their own file"
            : nil
    }
}

extension [Layout] {
    /// The endpoints on the network with that identifier.
    func neighbours(on identifier: String) -> [Layout.Neighbour] {
        flatMap { layout in
            let keys = Set(
                layout.networks.filter { layout.identifier(of: $0) == identifier }.map(\.declaration.key))
            guard !keys.isEmpty else { return [Layout.Neighbour]() }
            return layout.containers.flatMap { container in
                container.endpoints.filter { keys.contains($0.network) }.flatMap { endpoint in
                    endpoint.addresses.map {
                        Layout.Neighbour(
                            container: container.name, address: $0.address,
                            names: container.names(on: endpoint, of: layout.name))
                    }
                }
            }
        }
    }
}
