import Addressing
import Planning
public import Topology

/// A change of one endpoint of a running container.
public enum Connection: Hashable, Sendable {
    /// A new endpoint.
    case connect(EndpointRequest)
    /// No endpoint any more.
    case disconnect
}

extension Session {
    /// What must be done so that `container` of the topology `name` is, or is not, on a network.
    ///
    /// The rest is as it was last applied. The file is not changed: a plan of it shows the difference, an apply undoes it.
    /// - Parameter network: Docker's name of the network, which may be one of another topology.
    public func propose(
        _ connection: Connection, of container: String, with network: String, in name: String
    ) throws(ReconcileError) -> Proposal {
        guard let record = records[name]?.subject else { throw .noSuchTopology(name, known: records.keys.sorted()) }
        let snapshot = try snapshot()
        let layout = try amidOthers(
            try changed(record.layout, by: connection, of: container, with: network, in: snapshot), in: snapshot)
        try snapshot.checkHost(of: layout)
        let firewall = try firewall(record.firewall, for: layout, in: snapshot)
        return try proposal(layout, State(desiredBy: layout, firewall: firewall), file: record.file, firewall: firewall)
    }

    private func changed(
        _ layout: Layout, by connection: Connection, of container: String, with network: String, in snapshot: Snapshot
    ) throws(ReconcileError) -> Layout {
        var known = layout
        let isOwn = layout.networks.contains { $0.name == network }
        do throws(ConnectionError) {
            switch connection {
            case _ where !isOwn && network == Topology.Network.hostKey: throw .hostNetwork(container: container)
            case .connect where !isOwn && network == Topology.Network.noneKey:
                return try known.setting(container, private: true)
            case .disconnect where !isOwn && network == Topology.Network.noneKey:
                return try known.setting(container, private: false)
            default: break
            }
        } catch {
            throw .connection(error)
        }
        let (key, taken) = try place(of: network, in: &known, connection, snapshot)
        let reserved = try subnetsToAvoid(for: layout, in: snapshot)
        do throws(ConnectionError) {
            switch connection {
            case .connect(let request):
                return try known.connecting(container, to: key, as: request, taken: taken, reserved: reserved)
            case .disconnect: return try known.disconnecting(container, from: key)
            }
        } catch {
            throw .connection(error)
        }
    }

    /// Subnets of the machine that networks of `layout` must avoid; in a lab hosts have nothing of the machine's.
    private func subnetsToAvoid(for layout: Layout, in snapshot: Snapshot) throws(ReconcileError) -> [Subnet] {
        if let fabric = layout.fabric, fabric.played == nil { return [] }
        return try reservedSubnets(exceptOf: layout.name, in: snapshot)
    }

    /// The key of the network called `name` in `layout`, and the addresses that others have on it.
    ///
    /// A network of another topology is put into `layout` where it is not in it yet.
    private func place(
        of name: String, in layout: inout Layout, _ connection: Connection, _ snapshot: Snapshot
    ) throws(ReconcileError) -> (key: String, taken: Set<IPAddress>) {
        let there = layout.networks.first { $0.name == name }
        if let there, there.maker == nil || there.declaration.hasBridgeOfLinks {
            let key = there.declaration.key
            return (key, takenAddresses(of: layout.name)[key] ?? [])
        }
        guard case .connect = connection, there != nil || name != Topology.Network.predefinedBridgeKey else {
            return (there?.declaration.key ?? name, [])
        }
        var declaration = Topology.Network(key: name)
        declaration.isExternal = true
        declaration.name = name
        declaration.bridgeName = there?.bridge
        // What the file says of a bridge that is not weft's is known to nobody else.
        if let there, there.isForeign { declaration = there.declaration }
        let found = try externalNetworks([declaration], of: layout.name, leases: layout.leases, in: snapshot)
        guard let external = found.values.first else { return (name, []) }
        if there == nil { layout.networks.append(external.network(declaredAs: declaration)) }
        return (there?.declaration.key ?? name, external.taken)
    }
}
