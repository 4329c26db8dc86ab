import Links
import Netlink
import Planning

extension Snapshot {
    /// VXLANs that are to be made on the host's underlay, where another has their identifier and port already.
    ///
    /// The kernel would refuse them too (`EEXIST`, drivers/net/vxlan), but late and without saying who the other is.
    func tunnelCollisions(
        of topology: String, _ desired: State<KernelObject>, _ observed: State<KernelObject>
    ) throws(ReconcileError) -> [Collision] {
        let wanted = desired.objects.values.filter { observed[$0.id] == nil && $0.segmentOnHost != nil }
        guard !wanted.isEmpty else { return [] }
        let taken = try segmentsOfOthers(than: topology)
        return wanted.compactMap { object in
            guard let segment = object.segmentOnHost, let owner = taken[segment] else { return nil }
            return Collision(
                object: object,
                obstacle: "a vxlan with the identifier \(segment.id) exists on the same underlay and is \(owner): "
                    + "com.docker.network.driver.overlay.vxlanid_list gives the network another")
        }
    }

    /// Who has a segment on the host's underlay.
    private func segmentsOfOthers(than topology: String) throws(ReconcileError) -> [VXLANSegment: String] {
        var owners: [VXLANSegment: String] = [:]
        for namespace in [host] + named.values {
            for link in namespace.links {
                let mark = link.alias.flatMap { OwnershipMark($0) }
                guard case .vxlan(let settings)? = link.device, mark?.topology != topology else { continue }
                let below =
                    link.lowerNamespaceID == nil ? namespace.namespace : try lower(of: link, in: namespace)?.namespace
                guard below == .host else { continue }
                owners[VXLANSegment(settings)] = mark.map { "of topology \($0.topology)" } ?? "not weft's"
            }
        }
        return owners
    }
}

/// What the kernel tells the VXLANs of one underlay apart by.
private struct VXLANSegment: Hashable {
    var id: UInt32
    var port: UInt16

    init(_ settings: VXLAN) {
        id = settings.id
        port = settings.port
    }
}

extension KernelObject {
    /// The segment of a VXLAN whose packets go by the host's own interfaces.
    fileprivate var segmentOnHost: VXLANSegment? {
        guard case .link(let link) = self, case .device(.vxlan(let settings)) = link.kind,
            (link.lower?.namespace ?? link.namespace) == .host
        else { return nil }
        return VXLANSegment(settings)
    }
}
