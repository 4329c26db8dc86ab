public import Addressing
import Planning
import Topology

/// A change of one endpoint of a running container.
public enum Connection: Hashable, Sendable {
    /// A new endpoint; addresses that are not given are the lowest free ones.
    case connect(addresses: [IPAddress], aliases: [String])
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
        var known = record.layout
        let (key, taken) = try place(of: network, in: &known, connection, snapshot)
        var layout: Layout
        do throws(ConnectionError) {
            switch connection {
            case .connect(let addresses, let aliases):
                layout = try known.connecting(
                    container, to: key, requested: addresses, aliases: aliases, taken: taken)
            case .disconnect: layout = try known.disconnecting(container, from: key)
            }
        } catch {
            throw .connection(error)
        }
        layout = try amidOthers(layout, in: snapshot)
        let firewall = try firewall(record.firewall, for: layout, in: snapshot)
        return try proposal(layout, State(desiredBy: layout, firewall: firewall), file: record.file, firewall: firewall)
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
        let isPredefined = [Topology.Network.predefinedBridgeKey, "host", "none"].contains(name)
        guard case .connect = connection, there != nil || !isPredefined else {
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
