import Addressing
import Links
import Netlink
import Planning

extension Snapshot {
    /// Tunnels that are to be made on the host's underlay, where another has what the kernel tells them apart by already.
    ///
    /// The kernel would refuse them too (`EEXIST`), but late and without saying who the other is.
    func tunnelCollisions(
        of topology: String, _ desired: State<KernelObject>, _ observed: State<KernelObject>
    ) throws(ReconcileError) -> [Collision] {
        let wanted = desired.objects.values.filter { observed[$0.id] == nil && $0.tunnelOnHost != nil }
        guard !wanted.isEmpty else { return [] }
        let taken = try tunnelsOfOthers(than: topology)
        return wanted.compactMap { object in
            guard let tunnel = object.tunnelOnHost, let owner = taken[tunnel] else { return nil }
            return Collision(
                object: object, obstacle: "\(tunnel) exists on the same underlay and is \(owner): \(tunnel.hint)")
        }
    }

    /// Who has a tunnel on the host's underlay.
    private func tunnelsOfOthers(than topology: String) throws(ReconcileError) -> [TunnelIdentity: String] {
        var owners: [TunnelIdentity: String] = [:]
        for namespace in [host] + named.values {
            for link in namespace.links {
                let mark = link.alias.flatMap { OwnershipMark($0) }
                guard let tunnel = link.device.flatMap(TunnelIdentity.init), mark?.topology != topology else {
                    continue
                }
                let below =
                    link.lowerNamespaceID == nil ? namespace.namespace : try lower(of: link, in: namespace)?.namespace
                guard below == .host else { continue }
                owners[tunnel] = mark.map { "of topology \($0.topology)" } ?? "not weft's"
            }
        }
        return owners
    }
}

/// What the kernel tells the tunnels of one underlay apart by.
private enum TunnelIdentity: Hashable {
    /// The identifier and port of a VXLAN.
    case segment(UInt32, port: UInt16)
    /// The ends of a tunnel of another kind, and its key.
    case ends(kind: String, local: IPAddress?, remote: IPAddress?, key: UInt32?)

    /// `nil` for what is no tunnel that a network has.
    init?(_ device: Device) {
        switch device {
        case .vxlan(let vxlan): self = .segment(vxlan.id, port: vxlan.port)
        case .gre(let gre): self = .ends(kind: gre.kind, local: gre.local, remote: gre.remote, key: gre.inputKey)
        case .ipTunnel(let tunnel):
            self = .ends(kind: tunnel.kind, local: tunnel.local, remote: tunnel.remote, key: nil)
        case .bridge, .dummy, .geneve, .ipvlan, .macvlan, .vlan, .vrf: return nil
        }
    }

    /// What gives the network a tunnel of its own.
    var hint: String {
        switch self {
        case .segment, .ends(kind: GRE.Variant.gretap.rawValue, _, _, _),
            .ends(kind: GRE.Variant.ip6gretap.rawValue, _, _, _):
            "com.docker.network.driver.overlay.vxlanid_list gives the network another"
        case .ends(_, _, _, key: nil): "weft.routed.backend gre has keys, by which networks are told apart"
        case .ends: "weft.routed.key gives the network another"
        }
    }
}

extension TunnelIdentity: CustomStringConvertible {
    var description: String {
        switch self {
        case .segment(let id, _): return "a vxlan with the identifier \(id)"
        case .ends(let kind, let local, let remote, let key):
            let ends = [local.map { " from \($0)" }, remote.map { " to \($0)" }].compactMap(\.self).joined()
            return "\(kind == IPTunnel.Variant.ipip.rawValue ? "an" : "a") \(kind)\(ends)"
                + (key.map { " with the key \($0)" } ?? "")
        }
    }
}

extension KernelObject {
    /// What a tunnel is told from others by whose packets go by the host's own interfaces.
    fileprivate var tunnelOnHost: TunnelIdentity? {
        guard case .link(let link) = self, (link.lower?.namespace ?? link.namespace) == .host else { return nil }
        return link.device.flatMap(TunnelIdentity.init)
    }
}
