import Addressing
import Linux
import Netlink
import Planning
import Topology

extension Session {
    /// The objects of the topology `name` that exist; of what all share, what `desired` needs or nobody needs any more.
    ///
    /// - Parameter intent: What an interrupted plan was going to make.
    func observe(
        _ name: String, for desired: State<KernelObject>, intent: Record.Intent, in snapshot: Snapshot
    ) throws(ReconcileError) -> State<KernelObject> {
        var state = try OwnedObjects(of: name, intent: intent, in: snapshot).state
        for object in snapshot.plumbing(concerning: name, for: desired) { state[object.id] = object }
        for object in desired.objects.values {
            if let there = snapshot.counterpart(of: object) { state[object.id] = there }
        }
        for object in try sysctls(of: desired, in: snapshot) { state[object.id] = object }
        for object in try neighbours(of: desired, in: snapshot) { state[object.id] = object }
        for (id, object) in desired.objects {
            if let there = state[id] { state[id] = there.normalised(to: object) }
        }
        return state
    }

    /// Desired neighbours and forwarding entries that are there, in namespaces where nothing else made them be read.
    private func neighbours(
        of desired: State<KernelObject>, in snapshot: Snapshot
    ) throws(ReconcileError) -> [KernelObject] {
        let wanted = desired.objects.values.filter { [.neighbour, .forwarding].contains($0.id.kind) }
        var found: [KernelObject] = []
        for (namespace, objects) in Dictionary(grouping: wanted, by: \.id.namespace) {
            guard let there = snapshot[namespace], there.tables == nil else { continue }
            let place = try machine.place(namespace)
            let tables = try talking { () throws(NetlinkError) in try NeighbourTables(of: place.routing) }
            found += objects.compactMap { object in
                object.owners.first { $0.kind == .link }.flatMap { there.link(named: $0.name) }.flatMap {
                    tables.counterpart(of: object, on: $0)
                }
            }
        }
        return found
    }

    /// The values that the machine has where `desired` wants some; what is not there has none.
    private func sysctls(
        of desired: State<KernelObject>, in snapshot: Snapshot
    ) throws(ReconcileError) -> [KernelObject] {
        var wanted: [Planning.Namespace: [Planning.Sysctl]] = [:]
        for case .sysctl(let sysctl) in desired.objects.values {
            guard snapshot[sysctl.namespace] != nil else { continue }
            wanted[sysctl.namespace, default: []].append(sysctl)
        }
        var found: [KernelObject] = []
        try machine.visit(wanted.keys.sorted()) { (namespace) throws(SystemCallError) in
            for var sysctl in wanted[namespace] ?? [] {
                do throws(SystemCallError) {
                    let value = try Linux.Sysctl(sysctl.path).read()
                    // The kernel writes the numbers of a list with tabs in between, whatever was written.
                    let isSame = value.split(whereSeparator: \.isWhitespace) == sysctl.value.split(separator: " ")
                    if !isSame { sysctl.value = value }
                } catch {
                    guard error.errno == .noEntry else { throw error }
                    continue
                }
                found.append(.sysctl(sysctl))
            }
        }
        return found
    }
}

extension Snapshot {
    /// What is there in the place of a desired address, route, file, or link of a kind that all share, whoever put it there.
    ///
    /// Somebody else's address on our link that is just what is wanted is as good as ours.
    func counterpart(of object: KernelObject) -> KernelObject? {
        switch object {
        case .address(let address):
            guard let snapshot = self[address.namespace], let link = snapshot.link(named: address.link) else {
                return nil
            }
            let isThere = snapshot.addresses.contains { $0.link == link.index && $0.address == address.address }
            return isThere ? .address(snapshot.object(for: address.address, on: link, named: address.link)) : nil
        case .link(let link):
            guard OwnershipMark(link.alias)?.topology == OwnershipMark.sharedTopology else { return nil }
            guard let there = self[link.namespace]?.link(named: link.name), there.alias == link.alias,
                let device = there.device
            else { return nil }
            return .link(
                Planning.Link(
                    namespace: link.namespace, name: link.name, kind: .device(device), mac: there.macAddress,
                    mtu: there.mtu, alias: link.alias, alternativeName: there.alternativeNames.first,
                    group: there.group, hasNeighbours: !there.flags.contains(.noNeighbours)))
        case .up(let up):
            guard let there = self[up.namespace]?.link(named: up.link), there.isUp, isShared(there) else { return nil }
            return object
        case .route(let route):
            guard let there = self[route.namespace]?.link(named: route.link), isShared(there) else { return nil }
            let isThere = (self[route.namespace]?.routes ?? []).contains {
                $0.link == there.index && $0.destination == route.destination && $0.gateway == route.gateway
                    && $0.table == Netlink.Route.mainTable
            }
            return isThere ? object : nil
        case .file(let file):
            // One of another topology, whose containers are to know new names.
            let there = files.first { $0.path == file.path }
            let owners = [there, file].map { $0.flatMap { ConfigurationFile.owner(of: $0.content) } }
            return owners[0] == owners[1] ? there.map { .file($0) } : nil
        case .qdisc, .filter:
            let namespace = object.id.namespace
            guard let there = self[namespace]?.link(named: Translator.link), isShared(there) else { return nil }
            return translators[namespace]?.objects.first { $0.id == object.id }
        default: return nil
        }
    }

    private func isShared(_ link: Netlink.Link) -> Bool {
        link.alias.flatMap { OwnershipMark($0) }?.topology == OwnershipMark.sharedTopology
    }
}
