public import Addressing
public import Topology

/// The way of IPv6 clients to published ports of containers that have IPv4 alone, and of the host's own `::1` to those of all.
///
/// Rules send their connections to the container's address embedded in a prefix of our own (RFC 6052), with an address of the
/// translator as the source. The routes lead both into one link, where a program turns each packet into one of IPv4, and
/// replies back (RFC 7915). All topologies share the link. It is what Docker starts `docker-proxy` for.
public enum Translator {
    /// The link that packets change their version on.
    public static let link = "weft64"

    /// 64:ff9b:1:0:77:6566::/96, of the prefix for local use of RFC 8215.
    public static let prefix = subnet(IPAddress(.v6, bits: 0x0064_ff9b_0001_0000_0077_6566 << 32), 96)

    /// The IPv4 addresses that clients seem to have: 192.0.0.2, and 192.0.0.3 for the host's own `::1` (RFC 7335).
    public static let clients = subnet(IPAddress(.v4, bits: 0xc000_0002), 31)

    /// The source address of a client's connection.
    static let client = embedding(clients.network)
    /// That of a connection from the host's `::1`.
    static let loopbackClient = embedding(clients.last)
    /// `::1`.
    static let loopback = Subnet.single(.loopback(.v6))

    /// The IPv6 address that stands for an IPv4 one.
    public static func embedding(_ address: IPAddress) -> IPAddress {
        IPAddress(.v6, bits: prefix.network.bits | address.bits)
    }

    /// The IPv4 address that `address` stands for, if it is of the prefix.
    public static func embedded(in address: IPAddress) -> IPAddress? {
        prefix.contains(address) ? IPAddress(.v4, bits: address.bits) : nil
    }

    private static func subnet(_ address: IPAddress, _ length: Int) -> Subnet {
        guard let subnet = Subnet(containing: address, prefixLength: length) else {
            preconditionFailure("the length is in range")
        }
        return subnet
    }

    /// The link with what belongs to it, if `layout` has a port that needs it.
    static func objects(for layout: Layout) -> [KernelObject] {
        guard layout.containers.contains(where: { $0.ports.contains(where: \.isTranslated) }) else { return [] }
        // The name is the whole mark: it is no network's.
        let mark = OwnershipMark(topology: OwnershipMark.sharedTopology)
        // Larger than any packet that comes along: what is too large for the link after it is found out there.
        let pass = Link(
            namespace: .host, name: link, kind: .bridge, mac: MACAddress(bridge: link), mtu: 65535, alias: mark.text,
            group: mark.linkGroup, hasNeighbours: false)
        let filter = PacketFilter(namespace: .host, link: link, program: .translator)
        let sysctl = Sysctl.interface(.host, link, family: "ipv6", "disable_ipv6", "0")
        let routes = [prefix, clients].map {
            KernelObject.route(Route(namespace: .host, destination: $0, gateway: nil, link: link))
        }
        return [
            .link(pass), .qdisc(Qdisc(namespace: .host, link: link)), .filter(filter), .sysctl(sysctl),
            .up(LinkUp(namespace: .host, link: link, after: [filter.id, sysctl.id])),
        ] + routes + Sysctl.forwarding(.v6).map { .sysctl($0) }
    }
}

extension Layout.Port {
    /// Whether the port's clients have IPv6, and are led to an IPv4 address of its container.
    public var isTranslated: Bool { clientFamily != address.family }
}
