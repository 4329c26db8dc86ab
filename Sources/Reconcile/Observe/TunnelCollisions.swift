import Addressing
import Links
import Netlink
import Planning

extension Snapshot {
    /// Tunnels that are to be made on an underlay where the kernel could not tell them from another that is there.
    ///
    /// The kernel would refuse them too (`EEXIST`, drivers/net/vxlan, net/ipv4/ip_tunnel.c, net/ipv6/ip6_gre.c), but late and
    /// without saying who the other is.
    func tunnelCollisions(
        of topology: String, _ desired: State<KernelObject>, _ observed: State<KernelObject>
    ) throws(ReconcileError) -> [Collision] {
        let wanted = desired.objects.values.filter { object in
            object.tunnel.map { $0 != observed[object.id]?.tunnel } ?? false
        }
        guard !wanted.isEmpty else { return [] }
        let taken = try holders(of: Set(wanted.compactMap(\.tunnel)), except: topology)
        return wanted.compactMap { object in
            guard let tunnel = object.tunnel, let holder = taken[tunnel] else { return nil }
            return Collision(
                object: object,
                obstacle: "\(tunnel.header.title) exists on the same underlay and is \(holder)\(object.remedy)")
        }
    }

    /// Who has which of `wanted`, other than `topology`: `not weft's (gre1)`.
    private func holders(
        of wanted: Set<Tunnel>, except topology: String
    ) throws(ReconcileError) -> [Tunnel: String] {
        let headers = Set(wanted.map(\.header))
        var holders: [Tunnel: String] = [:]
        for namespace in [host] + named.values {
            for link in namespace.links {
                let mark = link.alias.flatMap { OwnershipMark($0) }
                guard let header = link.device.flatMap({ Tunnel.Header($0, isBound: link.lower != nil) }),
                    headers.contains(header), mark?.topology != topology
                else { continue }
                let below =
                    link.lowerNamespaceID == nil ? namespace.namespace : try lower(of: link, in: namespace)?.namespace
                guard let below else { continue }
                let place = namespace.namespace == below ? "" : " in namespace \(namespace.namespace)"
                let owner = mark.map { "of topology \($0.topology)" } ?? "not weft's"
                holders[Tunnel(underlay: below, header: header)] = "\(owner) (\(link.name)\(place))"
            }
        }
        return holders
    }
}

/// What the kernel tells the tunnels of one namespace apart by.
private struct Tunnel: Hashable {
    /// What is the same in all packets.
    enum Header: Hashable {
        case vxlan(id: UInt32, port: UInt16)
        case plain(TunnelIdentity)

        /// What packets of `device` have; `nil` for other links, and for tunnels that a link tells apart, to which it `isBound`.
        init?(_ device: Device, isBound: Bool) {
            if case .vxlan(let settings) = device {
                self = .vxlan(id: settings.id, port: settings.port)
            } else if let identity = device.tunnelIdentity, !isBound {
                self = .plain(identity)
            } else {
                return nil
            }
        }

        /// The tunnel in a message.
        var title: String {
            switch self {
            case .vxlan(let id, _): "a vxlan with the identifier \(id)"
            case .plain(let identity):
                "\(identity.kind.hasPrefix("ip") ? "an" : "a") \(identity.kind) tunnel \(identity.ends)"
            }
        }
    }

    /// Where its packets travel.
    var underlay: Planning.Namespace
    var header: Header
}

extension KernelObject {
    fileprivate var tunnel: Tunnel? {
        guard case .link(let link) = self, let device = link.device,
            let header = Tunnel.Header(device, isBound: link.lower?.link != nil)
        else { return nil }
        return Tunnel(underlay: link.lower?.namespace ?? link.namespace, header: header)
    }

    /// How the file gives a network's tunnel another number.
    fileprivate var remedy: String {
        guard case .link(let link) = self, let mark = OwnershipMark(link.alias), !mark.isOfLink else { return "" }
        // Only an overlay's travels elsewhere than it is.
        if link.lower != nil { return ": com.docker.network.driver.overlay.vxlanid_list gives the network another" }
        if case .gre = link.device { return ": weft.routed.key gives the network another" }
        return ": weft.routed.backend gre has keys, by which networks are told apart"
    }
}
