import Links
import Linux
import Netlink
import Planning

extension Snapshot {
    /// What is below `link`, as far as it is in a namespace of the snapshot.
    ///
    /// The kernel says in which namespace that is by a number which only the link's own namespace knows.
    func lower(
        of link: Netlink.Link, in namespace: NamespaceSnapshot
    ) throws(ReconcileError) -> Planning.Link.Lower? {
        guard let id = link.lowerNamespaceID else {
            return namespace.link(link.lower).map { .init(namespace: namespace.namespace, link: $0.name) }
        }
        let here = try machine.place(namespace.namespace)
        let hosts = named.values.filter { $0.mark?.host != nil }
        let others = named.values.filter { $0.mark?.host == nil }
        // Most tunnels are upon a host, of which there are fewer than of all else.
        for candidate in [host] + hosts + others where candidate.namespace != namespace.namespace {
            let other = try machine.place(candidate.namespace).namespace
            let known = try talking { () throws(NetlinkError) in try here.routing.namespaceID(of: other) }
            guard known == id else { continue }
            return .init(namespace: candidate.namespace, link: candidate.link(link.lower)?.name)
        }
        return nil
    }
}
