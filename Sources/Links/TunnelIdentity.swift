public import Addressing

/// What the kernel tells the tunnels of one namespace apart by that have no port: of two that agree it refuses the second.
///
/// It is the kind too, because each has a table of its own or entries of its own type: a gre and a gretap tunnel with the same
/// ends and key live side by side (`ip_tunnel_find`, net/ipv4/ip_tunnel.c; `ip6gre_tunnel_find`, net/ipv6/ip6_gre.c). The key
/// that packets are sent with does not count. A tunnel that is bound to a link is told apart by that, and has no identity here.
public struct TunnelIdentity: Hashable, Sendable {
    /// The name under which the kernel knows the kind.
    public var kind: String
    /// The address that packets are taken at.
    public var local: IPAddress
    /// The address of the other end.
    public var remote: IPAddress
    /// The key that packets must have to be taken, if there is one; over IPv6 the kernel takes 0 for none.
    public var key: UInt32?

    /// The identity of a tunnel of that `kind` with these ends.
    public init(kind: String, local: IPAddress, remote: IPAddress, key: UInt32?) {
        self.kind = kind
        self.local = local
        self.remote = remote
        self.key = local.family == .v6 && key == 0 ? nil : key
    }
}

extension Device {
    /// What the kernel tells the tunnel apart by; `nil` for other links, and for a tunnel whose ends are not fixed.
    public var tunnelIdentity: TunnelIdentity? {
        switch self {
        case .gre(let gre):
            guard let local = gre.local, let remote = gre.remote else { return nil }
            return TunnelIdentity(kind: kind, local: local, remote: remote, key: gre.inputKey)
        case .ipTunnel(let tunnel):
            guard let local = tunnel.local, let remote = tunnel.remote else { return nil }
            return TunnelIdentity(kind: kind, local: local, remote: remote, key: nil)
        case .bridge, .dummy, .geneve, .ipvlan, .macvlan, .vlan, .vrf, .vxlan: return nil
        }
    }
}

extension TunnelIdentity {
    /// Where it leads, and what packets must have: `from 10.0.0.1 to 10.0.0.2 with the key 7`.
    public var ends: String {
        // IPIP and SIT have no keys at all.
        let keyed = GRE.kinds.contains(kind) ? key.map { " with the key \($0)" } ?? " without a key" : ""
        return "from \(local) to \(remote)\(keyed)"
    }
}
