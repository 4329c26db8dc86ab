import Addressing
import Links
import Netlink
import Planning
import Topology

extension Session {
    /// Refuses what would take the name, the subnet or the port of somebody else.
    func check(
        _ layout: Layout, _ desired: State<KernelObject>, _ observed: State<KernelObject>, in snapshot: Snapshot
    ) throws(ReconcileError) {
        try checkKernel(desired, observed)
        let intent = intent(of: layout.name)
        let tunnels = try snapshot.tunnelCollisions(of: layout.name, desired, observed)
        let own = observed.linkEnds
        let collisions =
            desired.objects.values.filter { observed[$0.id] == nil }.compactMap {
                snapshot.collision(with: $0, own: own, intent: intent)
            }
            + snapshot.subnetCollisions(of: layout, desired)
            + snapshot.fileCollisions(of: layout, desired, observed) + tunnels
        guard collisions.isEmpty else { throw .collisions(collisions.sorted { $0.object.id < $1.object.id }) }
        try checkBridgeFilter(desired, observed)
        let conflicts = try portConflicts(of: layout, observed, in: snapshot)
        guard conflicts.isEmpty else { throw .portsInUse(conflicts) }
    }

    /// Refuses to keep endpoints of a bridge apart where the kernel does not show bridged packets to the firewall.
    private func checkBridgeFilter(
        _ desired: State<KernelObject>, _ observed: State<KernelObject>
    ) throws(ReconcileError) {
        let missing = desired.objects.values.filter { object in
            guard case .sysctl(let sysctl) = object else { return false }
            return sysctl.namespace == .host && sysctl.path.starts(with: ["net", "bridge"])
                && observed[object.id] == nil
        }
        guard let switches = missing.min(by: { $0.id < $1.id }) else { return }
        throw .kernel(
            "the kernel has no br_netfilter, without which no firewall sees what endpoints of one bridge send each other; "
                + "load it (modprobe br_netfilter, CONFIG_BRIDGE_NETFILTER), or leave enable_icc: false out",
            object: switches)
    }

    /// Ports that are not published yet, and that another topology publishes or a process listens on.
    private func portConflicts(
        of layout: Layout, _ observed: State<KernelObject>, in snapshot: Snapshot
    ) throws(ReconcileError) -> [PortConflict] {
        let played = layout.containers.filter { layout.fabric?.played == nil || $0.host == layout.fabric?.played }
        let published = Set(observed.objects.values.compactMap { PublishedPort($0) })
        var conflicts: [PortConflict] = []
        let hosts = Dictionary(grouping: played, by: layout.hostNamespace(of:))
        for (namespace, containers) in hosts.sorted(by: { $0.key < $1.key }) {
            let ports = containers.flatMap { container in container.ports.map { (container.name, $0) } }
            // On a host that is still to be made nobody listens yet.
            guard !ports.isEmpty, snapshot[namespace] != nil else { continue }
            let ofOthers = namespace == .host ? snapshot.portsPublished(exceptBy: layout.name) : []
            let sockets = try boundSockets(in: namespace)
            conflicts += ports.compactMap { container, port in
                let wanted = PublishedPort(port, of: layout.name, on: namespace)
                let holder =
                    ofOthers.first { $0.overlaps(wanted) }.map { "topology \($0.topology) publishes it" }
                    ?? (published.contains(wanted) ? nil : sockets.first { $0.occupies(port) }?.holder(on: namespace))
                return holder.map { PortConflict(container: container, port: port, holder: $0) }
            }
        }
        // A port that is translated too is the same one of the file.
        return conflicts.filter { conflict in
            !conflict.port.isTranslated
                || !conflicts.contains { !$0.port.isTranslated && $0.isAboutSame(as: conflict) }
        }
    }
}

extension PortConflict {
    /// Whether both are about one port of a container.
    fileprivate func isAboutSame(as other: PortConflict) -> Bool {
        (container, port.published, port.transport) == (other.container, other.port.published, other.port.transport)
    }
}

extension State<KernelObject> {
    /// Both ends of each link.
    fileprivate var linkEnds: Set<ObjectID> {
        objects.values.reduce(into: []) { ends, object in
            if case .link(let link) = object { ends.formUnion(link.identities) }
        }
    }
}

extension BoundSocket {
    /// The socket's process, in words.
    fileprivate func holder(on namespace: Planning.Namespace) -> String {
        "a process of \(namespace == .host ? "the host" : "namespace \(namespace)") listens on \(address) port \(port)"
    }

    /// Whether the socket would lose packets to the published `port`.
    fileprivate func occupies(_ port: Layout.Port) -> Bool {
        guard let transport = Transport(rawValue: port.transport.rawValue) else { return false }
        let address = port.hostAddress ?? .unspecified(port.address.family)
        return occupies(transport, address, port.published)
    }
}

extension Snapshot {
    /// What stands in the way of making `object`.
    ///
    /// - Parameter own: The ends of the topology's links, which the plan deletes before it gives their names to others.
    fileprivate func collision(
        with object: KernelObject, own: Set<ObjectID>, intent: Record.Intent
    ) -> Collision? {
        switch object {
        case .namespace(let namespace): collision(with: namespace, object, intent)
        case .link(let link): collision(with: link, object, own)
        case .file(let file): collision(with: file, object)
        case .address(let address): collision(with: address, object)
        case .route(let route): collision(with: route, object)
        default: nil
        }
    }

    private func collision(
        with namespace: NamespaceObject, _ object: KernelObject, _ intent: Record.Intent
    ) -> Collision? {
        if let mark = named[namespace.name]?.mark {
            return Collision(object: object, obstacle: "a namespace of that name belongs to topology \(mark.topology)")
        }
        if foreign.contains(namespace.name) {
            return Collision(object: object, obstacle: "a namespace of that name exists and is not weft's")
        }
        guard unmounted.contains(namespace.name), !intent.namespaces.contains(namespace.name) else { return nil }
        return Collision(object: object, obstacle: "a file of that name exists in /run/netns and is not weft's")
    }

    private func collision(
        with link: Planning.Link, _ object: KernelObject, _ own: Set<ObjectID>
    ) -> Collision? {
        let ends = [(link.namespace, link.name)] + (link.peer.map { [($0.namespace, $0.name)] } ?? [])
        let names = ends + (link.alternativeName.map { [(link.namespace, $0)] } ?? [])
        for (namespace, name) in names {
            guard let there = self[namespace]?.link(named: name),
                !own.contains(Planning.Link.id(namespace, there.name))
            else { continue }
            let kind = there.kind.map { "a \($0) link" } ?? "a link"
            let owner = there.alias.flatMap { OwnershipMark($0) }.map { "of topology \($0.topology)" } ?? "not weft's"
            let place = namespace == .host ? "" : " in namespace \(namespace)"
            return Collision(object: object, obstacle: "\(kind) named \(name) exists\(place) and is \(owner)")
        }
        return nil
    }

    /// An address in a namespace that is not weft's, on whose subnet another interface there is already.
    private func collision(with address: Planning.Address, _ object: KernelObject) -> Collision? {
        guard let namespace = joined.snapshots[address.namespace] else { return nil }
        for there in namespace.addresses where there.address.subnet.overlaps(address.address.subnet) {
            guard let link = namespace.link(there.link), link.name != address.link,
                !there.address.address.isLinkLocal
            else { continue }
            return Collision(
                object: object, obstacle: "\(link.name) in namespace \(address.namespace) has \(there.address) already")
        }
        return nil
    }

    /// A route of somebody else's on this machine to where one is to lead, or in a namespace by a link that may be not weft's.
    private func collision(with route: Planning.Route, _ object: KernelObject) -> Collision? {
        guard route.holder != nil || route.namespace == .host, let namespace = self[route.namespace] else {
            return nil
        }
        return namespace.routes.lazy.compactMap { there -> Collision? in
            guard let link = namespace.link(there.link) else { return nil }
            let other = Planning.Route(there, by: link.name, with: [], in: route.namespace)
            guard other.id == route.id else { return nil }
            return Collision(object: object, obstacle: "a route to \(route.destination) by \(link.name) exists")
        }.first
    }

    private func collision(with file: ConfigurationFile, _ object: KernelObject) -> Collision? {
        guard let there = files.first(where: { $0.path == file.path }) else { return nil }
        let owner = ConfigurationFile.owner(of: there.content).map { "belongs to topology \($0.topology)" }
        return Collision(object: object, obstacle: "the file exists and \(owner ?? "is not weft's")")
    }

    /// Files of containers on the host's network, of whose names there are namespaces: `ip netns exec` would show them there.
    fileprivate func fileCollisions(
        of layout: Layout, _ desired: State<KernelObject>, _ observed: State<KernelObject>
    ) -> [Collision] {
        let folders = Set(layout.containers.filter { $0.sandbox == .host }.compactMap(\.ownFiles))
        return desired.objects.values.compactMap { object in
            guard case .file(let file) = object, folders.contains(file.container), observed[object.id] == nil else {
                return nil
            }
            let owner = named[file.container]?.mark?.topology
            guard owner.map({ $0 != layout.name }) ?? foreign.contains(file.container) else { return nil }
            let whose = owner.map { "belongs to topology \($0)" } ?? "exists and is not weft's"
            return Collision(object: object, obstacle: "a namespace named \(file.container) \(whose)")
        }
    }

    /// Bridges of other topologies whose subnet overlaps one of `layout`.
    fileprivate func subnetCollisions(of layout: Layout, _ desired: State<KernelObject>) -> [Collision] {
        layout.networks.flatMap { network -> [Collision] in
            guard let object = desired[Planning.Link.id(.host, network.bridge)] else { return [] }
            return network.segments.flatMap { segment in
                bridgesOfOthers(than: layout.name, except: network.bridge, overlapping: segment.subnet).map {
                    Collision(object: object, obstacle: "its subnet \(segment.subnet) overlaps that of \($0)")
                }
            }
        }
    }

    private func bridgesOfOthers(
        than topology: String, except bridge: String, overlapping subnet: Subnet
    ) -> [String] {
        host.links.compactMap { link in
            guard link.kind == Bridge.kind, link.name != bridge,
                let mark = link.alias.flatMap({ OwnershipMark($0) }), mark.topology != topology,
                host.addresses.contains(where: { $0.link == link.index && $0.address.subnet.overlaps(subnet) })
            else { return nil }
            return "bridge \(link.name) of topology \(mark.topology)"
        }
    }
}
