import Linux
import Netlink
import Planning

/// Finds the other end of a veth pair: a link's number in another namespace, which is known by a number too.
struct VethPairs {
    struct End {
        let namespace: Planning.Namespace
        let link: Netlink.Link
    }

    private struct Key: Hashable {
        let index: Int32
        let other: Int32
    }

    private let machine: Machine
    private var ends: [Key: [End]] = [:]

    init(_ snapshots: some Sequence<NamespaceSnapshot>, machine: Machine) {
        self.machine = machine
        for snapshot in snapshots {
            for link in snapshot.links where link.kind == Veth.kind {
                guard let lower = link.lower else { continue }
                ends[Key(index: link.index, other: lower), default: []].append(
                    End(namespace: snapshot.namespace, link: link))
            }
        }
    }

    /// The other end of `link`, if it is in a namespace of the snapshot.
    ///
    /// Numbers of links repeat from namespace to namespace, so the namespace itself is compared by the id that the kernel gave
    /// it in the link's own.
    func peer(of link: Netlink.Link, in namespace: Planning.Namespace) throws(ReconcileError) -> End? {
        guard let lower = link.lower else { return nil }
        var candidates = ends[Key(index: lower, other: link.index)] ?? []
        // Hosts that are alike have links of the same numbers: the one that the link is named after is asked first.
        if let likely = candidates.firstIndex(where: { link.isNamed(after: $0) }) { candidates.swapAt(0, likely) }
        let place = try machine.place(namespace)
        for candidate in candidates {
            guard let id = link.lowerNamespaceID else {
                if candidate.namespace == namespace { return candidate }
                continue
            }
            let other = try machine.place(candidate.namespace).namespace
            let known = try talking { () throws(NetlinkError) in try place.routing.namespaceID(of: other) }
            if known == id { return candidate }
        }
        return nil
    }
}

extension Netlink.Link {
    /// Whether an alternative name says that the link leads to `end`, as `lab-web.eth0` does.
    fileprivate func isNamed(after end: VethPairs.End) -> Bool {
        alternativeNames.contains("\(end.namespace).\(end.link.name)")
    }
}
