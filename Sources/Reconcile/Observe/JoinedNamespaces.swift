import Linux
import Netlink
import Planning

/// Namespaces that are not weft's, and in which containers have interfaces.
struct JoinedNamespaces {
    /// Why a namespace cannot be joined.
    enum Refusal: Hashable {
        /// It cannot be opened.
        case closed(SystemCallError)
        /// It is the host's own.
        case host
        /// A topology has made it.
        case owned(OwnershipMark)
        /// It is also known by this name, or at this path.
        case same(Planning.Namespace)
    }

    /// Those that are there, as they are.
    private(set) var snapshots: [Planning.Namespace: NamespaceSnapshot] = [:]
    /// Why the others are not among them.
    private(set) var refusals: [Planning.Namespace: Refusal] = [:]

    /// Looks into those of `namespaces` that are there; of two names for one namespace the first counts.
    init(_ namespaces: [Planning.Namespace], on machine: Machine) throws(ReconcileError) {
        guard !namespaces.isEmpty else { return }
        let here = try machine.place(.host)
        let host = try calling { () throws(SystemCallError) in try here.namespace.inode() }
        var known: [UInt64: Planning.Namespace] = [:]
        for namespace in namespaces where snapshots[namespace] == nil && refusals[namespace] == nil {
            let place: Machine.Place
            do throws(ReconcileError) { place = try machine.place(namespace) } catch {
                guard case .system(let failure) = error else { throw error }
                refusals[namespace] = .closed(failure)
                continue
            }
            let inode = try calling { () throws(SystemCallError) in try place.namespace.inode() }
            let snapshot = try talking { () throws(NetlinkError) in try NamespaceSnapshot(namespace, place.routing) }
            if inode == host {
                refusals[namespace] = .host
            } else if let other = known[inode] {
                refusals[namespace] = .same(other)
            } else if let mark = snapshot.mark {
                refusals[namespace] = .owned(mark)
            } else {
                known[inode] = namespace
                snapshots[namespace] = snapshot
                continue
            }
            if snapshot.mark == nil { machine.close(namespace) }
        }
    }
}
