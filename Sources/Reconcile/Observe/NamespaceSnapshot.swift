import Addressing
import Links
import Linux
import Netlink
import Planning

/// The links, addresses and routes of one namespace, as the kernel told of them.
struct NamespaceSnapshot {
    let namespace: Planning.Namespace
    let links: [Netlink.Link]
    let addresses: [Netlink.Address]
    let routes: [Netlink.Route]
    /// Read only where a link of ours is that they matter for: nothing else of a plan has neighbours or forwarding entries.
    let tables: NeighbourTables?
    /// The routing rules that are ours.
    let rules: [Netlink.RoutingRule]
    /// VLANs of ports by their links' numbers; read only where a bridge of ours filters by VLAN.
    let vlans: [Int32: PortVLANs]
    /// The numbers of the bridges that have a tunnel of ours as a port.
    private let tunnelBridges: Set<Int32>
    private let places: [Int32: Int]

    init(_ namespace: Planning.Namespace, _ socket: NetlinkSocket) throws(NetlinkError) {
        self.namespace = namespace
        links = try socket.links()
        addresses = try socket.addresses()
        routes = try socket.routes()
        tables = links.contains(where: NeighbourTables.matter) ? try NeighbourTables(of: socket) : nil
        rules = try socket.routingRules().filter { $0.originator == ownProtocol }
        vlans = links.contains(where: \.isFilteringBridge) ? try socket.portVLANs() : [:]
        tunnelBridges = Set(links.filter { $0.master != nil && NeighbourTables.matter(for: $0) }.compactMap(\.master))
        places = Dictionary(links.enumerated().map { ($1.index, $0) }) { first, _ in first }
    }

    /// The link with the number `index`.
    func link(_ index: Int32?) -> Netlink.Link? { index.flatMap { places[$0] }.map { links[$0] } }

    /// The link that has `name` as its name or as an alternative one.
    func link(named name: String) -> Netlink.Link? {
        links.first { $0.name == name || $0.alternativeNames.contains(name) }
    }

    /// The mark on the loopback, which is the namespace's.
    var mark: OwnershipMark? { links.first { $0.flags.contains(.loopback) }?.alias.flatMap { OwnershipMark($0) } }

    /// Whether we gave the address to its link, which is ours.
    ///
    /// Kernels before 5.18 keep no originator, not even their own of loopback's; there a permanent address that does not follow
    /// from the link's own (`fe80::/10`) is taken for ours.
    func isOurs(_ address: Netlink.Address) -> Bool {
        if keepsOriginators { return address.originator == ownProtocol }
        return address.flags.contains(.permanent) && !address.address.address.isLinkLocal
    }

    /// Whether the kernel says that we gave `link` an address.
    func hasAddressOfOurs(_ link: Netlink.Link) -> Bool {
        addresses.contains { $0.link == link.index && $0.originator == ownProtocol }
    }

    /// What of `link`, which is ours, the tables have that is ours too.
    func entries(on link: Netlink.Link) -> [KernelObject] {
        guard let tables else { return [] }
        let master = self.link(link.master)
        let isJudged = master.map { NeighbourTables.matter(for: $0) || tunnelBridges.contains($0.index) } ?? false
        return tables.objects(on: link, in: namespace, isPort: isJudged)
    }

    /// The address of a link, with what was before it there.
    func object(for address: InterfaceAddress, on link: Netlink.Link, named name: String) -> Planning.Address {
        var object = Planning.Address(namespace: namespace, link: name, address: address)
        let others = addresses.filter { $0.link == link.index && address.isBeside($0.address) }
        // On an address of IPv6 the same flag says that it is a temporary one.
        guard address.address.family == .v4,
            others.contains(where: { $0.address == address && $0.flags.contains(.secondary) })
        else { return object }
        object.primary = others.first { !$0.flags.contains(.secondary) }?.address
        return object
    }

    private var keepsOriginators: Bool { addresses.contains { $0.originator != nil } }
}

extension InterfaceAddress {
    /// Whether both have the same subnet, with prefixes of the same length.
    fileprivate func isBeside(_ other: InterfaceAddress) -> Bool { subnet == other.subnet }
}

extension Netlink.Link {
    /// Whether it is a bridge that filters by VLAN.
    var isFilteringBridge: Bool {
        guard case .bridge(let bridge) = device else { return false }
        return bridge.vlanFiltering
    }
}
