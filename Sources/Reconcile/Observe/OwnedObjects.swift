import Addressing
import Netlink
import Planning
import Topology

/// The objects of one topology in a snapshot, told by their marks.
struct OwnedObjects {
    private let snapshot: Snapshot
    private let topology: String
    /// Links that an interrupted plan was going to make, and may have made with their group but without their mark yet.
    private let intendedLinks: Set<String>
    /// The ends without a mark of pairs that are ours.
    private var paired: Set<ObjectID> = []
    private(set) var state = State<KernelObject>()

    init(
        of topology: String, intent: Record.Intent, in snapshot: Snapshot
    ) throws(ReconcileError) {
        self.snapshot = snapshot
        self.topology = topology
        intendedLinks = intent.links
        for namespace in snapshot.named.values where namespace.mark?.topology == topology { add(namespace) }
        try addLinks(of: snapshot.host)
        for namespace in snapshot.named.values { try addLinks(of: namespace) }
        for namespace in snapshot.named.values where namespace.mark?.topology == topology {
            try addOrphans(in: namespace)
        }
        for object in snapshot.rules(of: topology) { add(object) }
        for file in snapshot.files where ConfigurationFile.owner(of: file.content)?.topology == topology {
            add(.file(file))
        }
    }

    private mutating func add(_ object: KernelObject) { state[object.id] = object }

    private mutating func add(_ snapshot: NamespaceSnapshot) {
        guard case .named(let name) = snapshot.namespace, let mark = snapshot.mark else { return }
        for rule in snapshot.rules { add(.routingRule(Planning.RoutingRule(rule, in: snapshot.namespace))) }
        let isUp = snapshot.links.contains { $0.flags.contains(.loopback) && $0.isUp }
        add(.namespace(NamespaceObject(name: name, alias: mark.text, isLoopbackUp: isUp)))
    }

    private mutating func addLinks(of namespace: NamespaceSnapshot) throws(ReconcileError) {
        for link in namespace.links where isOwned(link, in: namespace) {
            guard let object = try object(of: link, in: namespace) else { continue }
            add(.link(object))
            if let end = object.peer { paired.insert(Planning.Link.id(end.namespace, end.name)) }
            addState(of: link, in: namespace)
            if link.name == Translator.link {
                for object in snapshot.translators[namespace.namespace]?.objects ?? [] { add(object) }
            }
            if let end = object.peer, let snapshot = snapshot[end.namespace], let peer = snapshot.link(named: end.name)
            {
                addState(of: peer, in: snapshot)
            }
        }
    }

    /// Adds the ends of pairs whose other end, which has the mark, is in a namespace that somebody deleted.
    ///
    /// The kernel has not taken them away yet. They go, and with them all that they have.
    private mutating func addOrphans(in namespace: NamespaceSnapshot) throws(ReconcileError) {
        for link in namespace.links where link.kind == Veth.kind && link.lowerNamespaceID != nil {
            guard (link.alias ?? "").isEmpty, !paired.contains(Planning.Link.id(namespace.namespace, link.name)),
                namespace.hasAddressOfOurs(link), try snapshot.pairs.peer(of: link, in: namespace.namespace) == nil,
                let object = try object(of: link, in: namespace)
            else { continue }
            add(.link(object))
        }
    }

    /// Links that topologies share, which whoever needs them first makes: with their group, and with their mark right after.
    private static let sharedLinks: Set = [Translator.link, Topology.Network.predefinedBridgeName]

    /// A namespace's loopback has a mark too, but is no link of a plan.
    private func isOwned(_ link: Netlink.Link, in namespace: NamespaceSnapshot) -> Bool {
        guard !link.flags.contains(.loopback) else { return false }
        guard let alias = link.alias, !alias.isEmpty else {
            let shared = OwnershipMark(topology: OwnershipMark.sharedTopology)
            if link.group == shared.linkGroup, Self.sharedLinks.contains(link.name) {
                return isUnusedByOthers(link, shared, in: namespace)
            }
            // In a namespace of the topology a link of its group is its own, whatever is on record.
            return link.group == OwnershipMark(topology: topology).linkGroup
                && (intendedLinks.contains(link.name) || namespace.mark?.topology == topology)
        }
        return OwnershipMark(alias).map { $0.topology == topology || isUnusedByOthers(link, $0, in: namespace) }
            ?? false
    }

    /// Whether `link` is one that topologies share, and no other topology has a port on it.
    private func isUnusedByOthers(
        _ link: Netlink.Link, _ mark: OwnershipMark, in namespace: NamespaceSnapshot
    ) -> Bool {
        guard mark.topology == OwnershipMark.sharedTopology, namespace.isOpen(to: topology) else { return false }
        if link.name == Translator.link {
            return !snapshot.portsPublished(exceptBy: topology).contains {
                $0.isTranslated && $0.namespace == namespace.namespace
            }
        }
        return namespace.links.filter { $0.master == link.index }.allSatisfy { port in
            port.alias.flatMap { OwnershipMark($0) }?.topology == topology
        }
    }

    /// `nil` for a link of a kind that no plan makes, which somebody gave our mark.
    private func object(
        of link: Netlink.Link, in namespace: NamespaceSnapshot
    ) throws(ReconcileError) -> Planning.Link? {
        let kind: Planning.Link.Kind
        var lower: Planning.Link.Lower?
        if let device = link.device {
            kind = .device(device)
            lower = try snapshot.lower(of: link, in: namespace)
        } else if link.kind == Veth.kind {
            let other = try snapshot.pairs.peer(of: link, in: namespace.namespace)
            var peer = Planning.Link.Peer(
                namespace: other?.namespace ?? .host, name: other?.link.name ?? "", mac: other?.link.macAddress)
            if let mtu = other?.link.mtu, mtu != link.mtu { peer.mtu = mtu }
            kind = .veth(peer: peer)
        } else {
            return nil
        }
        return Planning.Link(
            namespace: namespace.namespace, name: link.name, kind: kind, lower: lower, mac: link.macAddress,
            mtu: link.mtu, alias: link.alias ?? "", alternativeName: link.alternativeNames.first, group: link.group,
            hasNeighbours: !link.flags.contains(.noNeighbours))
    }

    /// Whether the link is up, where it is a port, and what of its addresses and routes is ours.
    private mutating func addState(of link: Netlink.Link, in snapshot: NamespaceSnapshot) {
        let namespace = snapshot.namespace
        if link.isUp { add(.up(LinkUp(namespace: namespace, link: link.name))) }
        if let port = snapshot.port(link) { add(.port(port)) }
        let addresses = snapshot.addresses.filter { $0.link == link.index && snapshot.isOurs($0) }.map(\.address)
        for address in addresses { add(.address(snapshot.object(for: address, on: link, named: link.name))) }
        for object in snapshot.entries(on: link) { add(object) }
        for route in snapshot.routes where route.link == link.index && route.originator == ownProtocol {
            let object = Planning.Route(route, by: link.name, with: addresses, in: namespace)
            // What another link's address is the source of is told with its holder.
            if state[object.id] == nil { add(.route(object)) }
        }
        addRoutes(from: addresses, of: link, in: snapshot)
    }

    /// The routes by other links, ours or not, whose packets are sent from `addresses` of `link`.
    private mutating func addRoutes(
        from addresses: [InterfaceAddress], of link: Netlink.Link, in snapshot: NamespaceSnapshot
    ) {
        for route in snapshot.routes where route.link != link.index && route.originator == ownProtocol {
            guard let source = route.source, let address = addresses.first(where: { $0.address == source }),
                let way = snapshot.link(route.link)
            else { continue }
            let others = snapshot.addresses.filter { $0.link == way.index }.map(\.address)
            var object = Planning.Route(route, by: way.name, with: others, in: snapshot.namespace)
            object.holder = .init(link: link.name, address: address)
            add(.route(object))
        }
    }
}
