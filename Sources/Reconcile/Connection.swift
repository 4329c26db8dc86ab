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
    /// What must be done so that `container` is, or is not, on the network `key` of the topology `name`.
    ///
    /// The rest is as it was last applied. The file is not changed: a plan of it shows the difference, an apply undoes it.
    public func propose(
        _ connection: Connection, of container: String, with key: String, in name: String
    ) throws(ReconcileError) -> Proposal {
        guard let record = records[name]?.subject else { throw .noSuchTopology(name, known: records.keys.sorted()) }
        let layout: Layout
        do throws(ConnectionError) {
            switch connection {
            case .connect(let addresses, let aliases):
                let taken =
                    key == Topology.Network.predefinedBridgeKey
                    ? Set(records.filter { $0.key != name }.values.flatMap(\.subject.layout.predefinedAddresses)) : []
                layout = try record.layout.connecting(
                    container, to: key, requested: addresses, aliases: aliases, taken: taken)
            case .disconnect: layout = try record.layout.disconnecting(container, from: key)
            }
        } catch {
            throw .connection(error)
        }
        return try proposal(
            layout, State(desiredBy: layout, firewall: record.firewall), file: record.file, firewall: record.firewall)
    }
}

extension Layout {
    /// Addresses of endpoints on the predefined bridge.
    fileprivate var predefinedAddresses: [IPAddress] {
        containers.flatMap(\.endpoints).filter { $0.network == Topology.Network.predefinedBridgeKey }
            .flatMap(\.addresses).map(\.address)
    }
}
