import Addressing
import Linux
import Netlink
import Planning
import Topology
import YAML

extension Session {
    /// Families for which the namespaces that services of `topology` join have default routes of somebody else's, by service;
    /// thrown where a namespace is missing, or cannot be joined.
    func routedFamilies(
        of topology: Topology, in snapshot: Snapshot
    ) throws(ReconcileError) -> [String: Set<IPFamily>] {
        let findings = topology.services.compactMap {
            findingOnHost(for: $0, of: topology) ?? snapshot.finding(for: $0, of: topology)
        }
        guard findings.isEmpty else { throw .missing(Diagnostics(findings)) }
        var routed: [String: Set<IPFamily>] = [:]
        for service in topology.services {
            guard let namespace = service.namespace.flatMap({ snapshot[Planning.Namespace($0)] }) else { continue }
            let defaults = namespace.routes.filter { route in
                route.table == Netlink.Route.mainTable && route.destination.prefixLength == 0
                    && route.originator != ownProtocol
            }
            routed[service.name] = Set(defaults.map(\.destination.family))
        }
        return routed
    }

    /// Why `service` cannot use the network of another topology's container: it is the host's.
    private func findingOnHost(for service: Topology.Service, of topology: Topology) -> Diagnostic? {
        guard case .container(let name) = service.mode, !topology.hasContainer(name) else { return nil }
        let owner = records.first { other, record in
            other != topology.name && record.subject.layout.owner(ofContainer: name)?.sandbox == .host
        }
        return owner.map { other, _ in
            Diagnostic(
                "service `\(service.name)` uses the network of container `\(name)` of topology \(other), which is the host's",
                at: service.marks["network_mode"] ?? service.mark, hint: "write network_mode: host")
        }
    }
}

extension NamespaceReference {
    /// What to do where the namespace is not there.
    fileprivate var hint: String {
        switch self {
        case .name(let name): "weft joins what exists: `ip netns add \(name)` makes it"
        case .path: "weft joins what exists: see that the path is that of a namespace"
        case .process: "weft joins what exists: name a process that runs"
        }
    }
}

extension Snapshot {
    /// Why `service` cannot use the namespace that it names; `nil` if it can, or names none.
    fileprivate func finding(for service: Topology.Service, of topology: Topology) -> Diagnostic? {
        let what = "service `\(service.name)`"
        if case .container(let name) = service.mode { return finding(container: name, what, service, topology) }
        guard let reference = service.namespace else { return nil }
        let mark = service.marks["x-weft"] ?? service.mark
        switch joined.refusals[Planning.Namespace(reference)] {
        case nil: return nil
        case .closed(let error)?:
            let isMissing = error.errno == .noEntry
            return Diagnostic(
                isMissing
                    ? "\(what) joins namespace \(reference), which is not there"
                    : "\(what) joins namespace \(reference): \(error)",
                at: mark, hint: isMissing ? reference.hint : nil)
        case .host?:
            return Diagnostic(
                "\(what) joins namespace \(reference), which is the host's own", at: mark,
                hint: "write network_mode: host")
        case .owned(let owner)?:
            return Diagnostic(
                "\(what) joins namespace \(reference), which belongs to topology \(owner.topology)", at: mark,
                hint: "write network_mode: container:\(reference), or `weft network connect` its container")
        case .same(let other)?:
            return Diagnostic(
                "\(what) joins namespace \(reference), which is that of another service, known as \(other)", at: mark,
                hint: "write network_mode: service:NAME")
        }
    }

    /// Why there is no namespace for `network_mode: container:NAME`, where the topology itself has no such container.
    private func finding(
        container name: String, _ what: String, _ service: Topology.Service, _ topology: Topology
    ) -> Diagnostic? {
        guard !topology.hasContainer(name) else { return nil }
        let owner = named[name]?.mark?.topology
        if owner.map({ $0 != topology.name }) ?? foreign.contains(name) { return nil }
        let known = topology.allContainerNames + named.keys + foreign
        return Diagnostic(
            "\(what) uses the network of container `\(name)`, which is neither in this topology nor on the machine",
            at: service.marks["network_mode"] ?? service.mark,
            hint: closest(to: name, among: known.sorted()).map { "did you mean `\($0)`?" }
                ?? "`weft ps` and `ip netns` list what there is")
    }
}
