public import Addressing

extension Device {
    /// The families of the underlay that a tunnel of this kind can have; none for what is no tunnel.
    public var underlayFamilies: Set<IPFamily> {
        switch self {
        case .gre(let gre): [gre.variant.family]
        case .ipTunnel: [.v4]
        case .geneve, .vxlan: [.v4, .v6]
        case .bridge, .dummy, .ipvlan, .macvlan, .vlan, .vrf: []
        }
    }

    /// The family of the underlay that a tunnel has by its addresses, IPv4 if it has none; `nil` for what is no tunnel.
    public var underlayFamily: IPFamily? {
        switch self {
        case .gre(let gre): gre.variant.family
        case .ipTunnel: .v4
        case .geneve(let geneve): geneve.remote?.family ?? .v4
        case .vxlan(let vxlan): (vxlan.remote ?? vxlan.local)?.family ?? .v4
        case .bridge, .dummy, .ipvlan, .macvlan, .vlan, .vrf: nil
        }
    }

    /// Bytes that a tunnel over `family` puts before a layer-3 packet; 0 for what is no tunnel.
    public func overhead(over family: IPFamily) -> UInt32 {
        let header: UInt32 = family == .v4 ? 20 : 40
        let ethernet: UInt32 = isEthernet ? 14 : 0
        switch self {
        case .gre(let gre):
            let options: [Bool] = [
                gre.outputKey != nil, gre.outputChecksum, gre.outputSequence, gre.encapsulationLimit != nil,
                gre.encapsulationLimit != nil,
            ]
            return header + 4 + UInt32(options.count { $0 }) * 4 + ethernet
        case .ipTunnel: return header
        // UDP, and a header of the same length (RFC 7348 §5, RFC 8926 §3.1).
        case .geneve, .vxlan: return header + 8 + 8 + ethernet
        case .bridge, .dummy, .ipvlan, .macvlan, .vlan, .vrf: return 0
        }
    }

    /// The tunnel with its ends.
    public func between(_ local: IPAddress, _ remote: IPAddress) -> Device {
        switch self {
        case .gre(var gre):
            gre.local = local
            gre.remote = remote
            return .gre(gre)
        case .ipTunnel(var tunnel):
            tunnel.local = local
            tunnel.remote = remote
            return .ipTunnel(tunnel)
        case .geneve(var geneve):
            geneve.remote = remote
            return .geneve(geneve)
        case .vxlan(var vxlan):
            vxlan.local = local
            vxlan.remote = remote
            return .vxlan(vxlan)
        case .bridge, .dummy, .ipvlan, .macvlan, .vlan, .vrf: return self
        }
    }

    /// Whether its packets travel in the namespace that it is born in, rather than in that of the request: so do those of the
    /// tunnels that are older than namespaces (`ip_tunnel_newlink`, net/ipv4/ip_tunnel.c, before Linux 6.14).
    public var travelsWhereBorn: Bool {
        switch self {
        case .gre, .ipTunnel: true
        case .bridge, .dummy, .geneve, .ipvlan, .macvlan, .vlan, .vrf, .vxlan: false
        }
    }

    /// The tunnel as its other end has it: what it sends with is what the other receives with.
    public var mirrored: Device {
        guard case .gre(var gre) = self else { return self }
        (gre.inputKey, gre.outputKey) = (gre.outputKey, gre.inputKey)
        (gre.inputChecksum, gre.outputChecksum) = (gre.outputChecksum, gre.inputChecksum)
        return .gre(gre)
    }

    /// Whether the link has Ethernet frames, and so can be a bridge's port and have an Ethernet address.
    public var isEthernet: Bool {
        switch self {
        case .gre(let gre): gre.variant.isEthernet
        case .ipTunnel: false
        case .bridge, .dummy, .geneve, .ipvlan, .macvlan, .vlan, .vrf, .vxlan: true
        }
    }
}
