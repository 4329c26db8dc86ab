import Addressing
import Links
import Netlink
import Planning

/// The neighbours and forwarding entries of one namespace, as the kernel told of them.
struct NeighbourTables {
    let neighbours: [Netlink.Neighbour]
    let entries: [Netlink.ForwardingEntry]

    init(of socket: NetlinkSocket) throws(NetlinkError) {
        neighbours = try socket.neighbours()
        entries = try socket.forwardingEntries()
    }

    /// Kinds of links whose neighbours and forwarding entries a plan says one by one.
    static let tunnelKinds: Set<String> = ["vxlan", "geneve", "gretap", "ip6gretap"]

    /// Whether of `link` there is more in the tables than what has our protocol number: it is a tunnel of ours, or a bridge of
    /// the file's links.
    static func matter(for link: Netlink.Link) -> Bool {
        guard let kind = link.kind, let mark = link.alias.flatMap({ OwnershipMark($0) }) else { return false }
        return tunnelKinds.contains(kind) || kind == Bridge.kind && mark.isOfLink
    }

    /// What of `link`, which is ours, is ours too: a neighbour by its protocol number; on a tunnel, where nobody but us has
    /// any business, everything that somebody said is to stay; where it `isPort` of a bridge of the file's links, or of one that a
    /// tunnel of ours leads to, what the bridge was told.
    func objects(on link: Netlink.Link, in namespace: Planning.Namespace, isPort: Bool) -> [KernelObject] {
        let isTunnel = link.kind.map { Self.tunnelKinds.contains($0) } ?? false
        let known = neighbours.filter { neighbour in
            neighbour.link == link.index && !neighbour.flags.contains(.proxy)
                && (neighbour.originator == ownProtocol || isTunnel && neighbour.state.contains(.permanent))
        }.compactMap { Planning.Neighbour($0, on: link.name, in: namespace) }
        let leading =
            isTunnel || isPort
            ? entries.filter {
                $0.link == link.index && $0.isSaid && !link.isDestination($0) && (isTunnel || $0.master != nil)
            } : []
        return known.map { .neighbour($0) }
            + leading.map { .forwarding(Planning.ForwardingEntry($0, on: link.name, in: namespace)) }
    }

    /// What there is in the place of `object`, whoever put it there.
    func counterpart(of object: KernelObject, on link: Netlink.Link) -> KernelObject? {
        switch object {
        case .neighbour(let wanted):
            neighbours.first { $0.link == link.index && $0.address == wanted.address && !$0.flags.contains(.proxy) }
                .flatMap { Planning.Neighbour($0, on: link.name, in: wanted.namespace) }.map { .neighbour($0) }
        case .forwarding(let wanted):
            entries.filter { $0.link == link.index && $0.isSaid }
                .map { Planning.ForwardingEntry($0, on: link.name, in: wanted.namespace) }
                .first { $0.id == wanted.id }.map { .forwarding($0) }
        default: nil
        }
    }
}

extension Netlink.Link {
    /// Whether the entry is just where the link, a VXLAN, itself says that unknown frames go.
    fileprivate func isDestination(_ entry: Netlink.ForwardingEntry) -> Bool {
        guard case .vxlan(let settings) = device, let remote = settings.remote else { return false }
        return entry.macAddress == MACAddress(bits: 0) && entry.destination == remote
    }
}

extension Netlink.ForwardingEntry {
    /// Whether somebody said it, rather than the kernel having learned it or it being an address of a bridge's own.
    ///
    /// One of a link's own that leads nowhere is an address that the link listens to, as every Ethernet link has.
    fileprivate var isSaid: Bool {
        master == nil
            ? destination != nil && !state.isDisjoint(with: [.permanent, .noARP])
            : state.contains(.noARP) && !state.contains(.permanent)
    }
}

extension Planning.Neighbour {
    /// `nil` for one whose Ethernet address is not known.
    fileprivate init?(_ neighbour: Netlink.Neighbour, on link: String, in namespace: Planning.Namespace) {
        guard let mac = neighbour.macAddress else { return nil }
        self.init(
            namespace: namespace, link: link, address: neighbour.address, mac: mac,
            isPermanent: neighbour.state.contains(.permanent))
    }
}

extension Planning.ForwardingEntry {
    fileprivate init(_ entry: Netlink.ForwardingEntry, on link: String, in namespace: Planning.Namespace) {
        self.init(
            namespace: namespace, link: link, mac: entry.macAddress, holder: entry.master == nil ? .link : .bridge)
        destination = entry.destination
        vni = entry.vni
        port = entry.port
    }
}
