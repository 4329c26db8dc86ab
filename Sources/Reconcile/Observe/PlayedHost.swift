import Addressing
import Netlink
import Planning
import Topology

extension Session {
    /// Refuses `host` where the topology `name` is here, but not as that host's part.
    public func checkHost(_ host: String?, of name: String) throws(ReconcileError) {
        guard let host, let layout = records[name]?.subject.layout, layout.fabric?.played != host else { return }
        throw .notThisHost(HostMismatch(host: host, reason: .other(layout.fabric?.played, topology: name)))
    }

    /// The host that this machine was last made for the topology `name`, by the record or by the marks on what there is.
    func host(of name: String, in snapshot: Snapshot) -> String? {
        if let record = records[name] { return record.subject.layout.fabric?.played }
        let marks = snapshot.named.values.compactMap(\.mark).filter { $0.topology == name }
        return marks.contains { $0.host != nil } ? nil : marks.compactMap(\.overlayHost).min()
    }
}

extension Snapshot {
    /// Refuses a machine that is not the host of `layout` that it is to be: its address must be here, on the interface by which
    /// routes to other hosts are to lead, and packets as large as the file says must pass.
    func checkHost(of layout: Layout) throws(ReconcileError) {
        guard let fabric = layout.fabric, let played = fabric.host(fabric.played) else { return }
        let isNextHop = layout.networks.compactMap(\.routed).contains { routed in
            routed.tunnels.isEmpty && routed.slices.contains { $0.host == played.name }
        }
        func mismatch(_ reason: HostMismatch.Reason) -> ReconcileError {
            .notThisHost(HostMismatch(host: played.name, reason: reason))
        }
        for address in played.addresses.map(\.address) {
            let links = host.addresses.filter { $0.address.address == address }.compactMap { host.link($0.link) }
            guard let link = links.first else { throw mismatch(.noAddress(address)) }
            guard link.mtu >= played.mtu else {
                throw mismatch(.smallMTU(link.mtu, declared: played.mtu, interface: link.name))
            }
            guard !isNextHop || links.contains(where: { $0.name == played.interface }) else {
                throw mismatch(.otherInterface(link.name, declared: played.interface, address: address))
            }
        }
    }
}
