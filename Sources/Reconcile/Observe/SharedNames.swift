import Planning
import Topology

// On a network that several topologies are on everybody knows everybody by name, as in Docker. Whose apply or removal changes
// that writes the hosts files of the others' containers too, so that a plan of theirs finds nothing to do.
extension Session {
    /// `layout`, knowing the endpoints that other topologies have on its networks.
    func amidOthers(_ layout: Layout, in snapshot: Snapshot) throws(ReconcileError) -> Layout {
        guard !sharers(of: layout.sharedNetworks, exceptOf: [layout.name]).isEmpty else { return layout }
        return layout.amid(try otherLayouts(than: layout.name, in: snapshot))
    }

    /// The hosts files of other topologies' containers as they are to be once this one is `layout`, of those that are there.
    ///
    /// - Parameter gone: Topologies whose files do not matter any more.
    func hostsFiles(
        amid layout: Layout, exceptOf gone: Set<String> = [], in snapshot: Snapshot
    ) throws(ReconcileError) -> [ConfigurationFile] {
        let before = records[layout.name]?.subject.layout.sharedNetworks ?? []
        let networks = layout.sharedNetworks.union(before)
        let sharers = sharers(of: networks, exceptOf: gone.union([layout.name]))
        guard !sharers.isEmpty else { return [] }
        let all = (try otherLayouts(than: layout.name, in: snapshot) + [layout.here]).sorted { $0.name < $1.name }
        let owners = Dictionary(
            snapshot.files.map { ($0.path, ConfigurationFile.owner(of: $0.content)?.topology) }
        ) { first, _ in first }
        return sharers.flatMap { sharer in
            let known = sharer.amid(all.filter { $0.name != sharer.name })
            return known.hostsFiles(on: networks).filter { owners[$0.path] == sharer.name }
        }
    }

    /// The topologies on record, by name, that have some of the networks with these identifiers.
    ///
    /// One whose last change has not come to its end is left to the next.
    private func sharers(of networks: Set<String>, exceptOf gone: Set<String>) -> [Layout] {
        records.filter { name, record in
            !gone.contains(name) && record.phase == .complete
                && !record.subject.layout.sharedNetworks.isDisjoint(with: networks)
        }.map(\.value.subject.layout).sorted { $0.name < $1.name }
    }
}

extension Layout {
    /// Identifiers of the networks on which endpoints know those of other topologies; on the predefined bridge nobody is known by
    /// name.
    fileprivate var sharedNetworks: Set<String> {
        Set(networks.filter { !$0.declaration.isPredefinedBridge }.map(identifier(of:)))
    }

    /// The layout without what is on other machines, whose bridges are not this one's.
    fileprivate var here: Layout {
        guard let played = fabric?.played else { return self }
        var layout = self
        layout.containers.removeAll { $0.host != played }
        return layout
    }

    /// The layout, knowing the endpoints of `others` on its networks.
    fileprivate func amid(_ others: [Layout]) -> Layout {
        var layout = self
        for index in networks.indices where !networks[index].declaration.isPredefinedBridge {
            let neighbours = others.neighbours(on: identifier(of: networks[index]))
            layout.networks[index].neighbours = neighbours.isEmpty && networks[index].maker == nil ? nil : neighbours
        }
        return layout
    }

    /// The hosts files of the containers that are on networks with these identifiers.
    fileprivate func hostsFiles(on identifiers: Set<String>) -> [ConfigurationFile] {
        let keys = Set(networks.filter { identifiers.contains(identifier(of: $0)) }.map(\.declaration.key))
        return hostsFiles { container in container.endpoints.contains { keys.contains($0.network) } }
    }
}

extension State<KernelObject> {
    /// The state with `files`, where it has none of the same path.
    func adding(_ files: [ConfigurationFile]) -> Self {
        var state = self
        for file in files where state[file.id] == nil { state[file.id] = .file(file) }
        return state
    }

    /// Whether nothing of the topology `name` is in it, but perhaps files of others.
    func isFree(of name: String) -> Bool {
        objects.values.allSatisfy { object in
            guard case .file(let file) = object else { return false }
            return ConfigurationFile.owner(of: file.content).map { $0.topology != name } ?? false
        }
    }
}
