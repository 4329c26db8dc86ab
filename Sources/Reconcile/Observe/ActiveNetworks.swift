import Netlink
import Planning
import Topology

extension Session {
    /// Refuses a plan that takes networks away, or moves them to other addresses, on which others have endpoints.
    ///
    /// Their addresses and routes would be wrong, and nobody would tell them.
    /// - Parameter layout: What the topology is to be.
    func check(
        _ plan: Plan<KernelObject>, to layout: Layout, alongWith others: Set<String> = [], in snapshot: Snapshot
    ) throws(ReconcileError) {
        let name = layout.name
        var bridges: Set<String> = []
        for case .delete(let object) in plan.operations {
            switch object {
            case .link(let link) where link.isBridge: bridges.insert(link.name)
            case .address(let address) where address.namespace == .host: bridges.insert(address.link)
            default: continue
            }
        }
        var active = try lostParents(layout, exceptOf: others, in: snapshot)
        for bridge in snapshot.host.links where bridges.contains(bridge.name) {
            guard bridge.alias.flatMap({ OwnershipMark($0) })?.topology == name else { continue }
            let members = try snapshot.members(of: bridge, exceptOf: others.union([name]))
            let network = bridge.alternativeNames.first ?? bridge.name
            if !members.isEmpty { active.append(ActiveNetwork(name: network, members: members)) }
        }
        guard active.isEmpty else { throw .activeEndpoints(active.sorted { $0.name < $1.name }) }
    }

    /// Networks upon a parent that `layout` makes no more, or otherwise, and on which others have endpoints.
    private func lostParents(
        _ layout: Layout, exceptOf others: Set<String>, in snapshot: Snapshot
    ) throws(ReconcileError) -> [ActiveNetwork] {
        func lost(_ network: Layout.Network) -> Bool {
            guard case .topology(layout.name, let key)? = network.maker, let parent = network.parent else {
                return false
            }
            let rest = layout.networks.first { $0.declaration.key == key }
            return rest?.parent?.interface != parent.interface || rest?.segments != network.segments
        }
        let users = records.keys.filter { !others.contains($0) && $0 != layout.name }
        guard users.contains(where: { records[$0]?.subject.layout.networks.contains(where: lost) ?? false }) else {
            return []
        }
        var members: [String: [String]] = [:]
        for user in try otherLayouts(than: layout.name, in: snapshot) where users.contains(user.name) {
            for network in user.networks where lost(network) {
                members[network.name, default: []] += user.containers.filter { container in
                    container.endpoints.contains { $0.network == network.declaration.key }
                }.map { "\(user.name): \($0.name)" }
            }
        }
        return members.filter { !$0.value.isEmpty }.map { ActiveNetwork(name: $0.key, members: $0.value.sorted()) }
    }

    /// `names` in an order in which they can be removed: who uses a network of another comes before that one.
    public func removalOrder(of names: [String]) -> [String] {
        let makers = records.mapValues { record in
            record.subject.layout.networks.compactMap { network -> String? in
                if case .topology(let maker, _)? = network.maker { maker } else { nil }
            }
        }
        var order: [String] = []
        var seen: Set<String> = []
        func visit(_ name: String) {
            guard seen.insert(name).inserted else { return }
            for user in names where makers[user]?.contains(name) ?? false { visit(user) }
            order.append(name)
        }
        for name in names { visit(name) }
        return order
    }
}

extension Layout.Network {
    /// Whether the topology `name` has made it, and another one uses it.
    func isMade(by name: String) -> Bool { if case .topology(name, _)? = maker { true } else { false } }
}

extension Snapshot {
    /// Who has ports on `bridge`, besides `topologies`: `TOPOLOGY: CONTAINER`.
    fileprivate func members(
        of bridge: Netlink.Link, exceptOf topologies: Set<String>
    ) throws(ReconcileError) -> [String] {
        var members: Set<String> = []
        for port in host.links where port.master == bridge.index {
            guard let mark = port.alias.flatMap({ OwnershipMark($0) }), !topologies.contains(mark.topology) else {
                continue
            }
            let container = try pairs.peer(of: port, in: .host).map { "\($0.namespace)" } ?? port.name
            members.insert("\(mark.topology): \(container)")
        }
        return members.sorted()
    }

    /// What people should know of the bridges that `layout` uses without owning them.
    func notes(on layout: Layout) -> [String] {
        layout.networks.filter { $0.isForeign && !$0.declaration.hasBridgeOfLinks }.compactMap { network in
            guard let link = host.link(named: network.bridge), !link.isUp else { return nil }
            return "bridge \(link.name) is down, and not weft's to bring up: `ip link set \(link.name) up`"
        }
            + layout.networks.compactMap { network in
                guard layout.isOnThisMachine, let parent = network.parent, parent.origin == .existing,
                    let link = host.link(named: parent.interface), !link.isUp
                else { return nil }
                return "parent \(link.name) is down, and not weft's to bring up: `ip link set \(link.name) up`"
            }
    }
}

extension Layout {
    /// Whether the host of the layout's containers is this machine, and no namespace.
    fileprivate var isOnThisMachine: Bool { fabric.map { $0.played != nil } ?? true }
}
