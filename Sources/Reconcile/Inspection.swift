import Addressing
import Netlink
public import Planning
import Topology

extension Session {
    /// The topologies that are on the machine, by name, and nothing of what they consist of.
    public func presentTopologies() throws(ReconcileError) -> [PresentTopology] {
        presentNames(in: try snapshot()).map { PresentTopology(name: $0, file: records[$0]?.subject.file) }
    }

    /// The topologies that are on the machine, by name, as the kernel shows them.
    public func topologies() throws(ReconcileError) -> [TopologyStatus] {
        let snapshot = try snapshot()
        var statuses: [TopologyStatus] = []
        for name in presentNames(in: snapshot) {
            statuses.append(try status(of: name, in: snapshot))
        }
        return statuses
    }

    /// The topologies that are on the machine, by name, with their parts as the kernel shows them.
    public func foundTopologies() throws(ReconcileError) -> [FoundTopology] {
        let snapshot = try snapshot()
        var found: [FoundTopology] = []
        for name in presentNames(in: snapshot) {
            found.append(
                FoundTopology(
                    layout: try observedLayout(of: name, in: snapshot), created: records[name]?.subject.created ?? [:]))
        }
        return found
    }

    /// The topologies other than `name` that are on the machine, as the kernel shows them.
    func otherLayouts(than name: String, in snapshot: Snapshot) throws(ReconcileError) -> [Layout] {
        var layouts: [Layout] = []
        for other in presentNames(in: snapshot) where other != name {
            layouts.append(try observedLayout(of: other, in: snapshot))
        }
        return layouts
    }

    private func presentNames(in snapshot: Snapshot) -> [String] {
        snapshot.topologies.union(records.keys).sorted()
    }

    private func observedLayout(of name: String, in snapshot: Snapshot) throws(ReconcileError) -> Layout {
        let state = try OwnedObjects(of: name, intent: intent(of: name), in: snapshot).state
        return Layout(observedIn: state, recorded: records[name]?.subject.layout ?? Layout(name: name))
    }

    private func status(of name: String, in snapshot: Snapshot) throws(ReconcileError) -> TopologyStatus {
        let record = records[name]
        let state = try OwnedObjects(of: name, intent: intent(of: name), in: snapshot).state
        let outside = state.namespacesOutsideContainers
        let servings = Servings(of: state)
        var networks: Set<String> = []
        var endpoints: [Planning.Namespace: [ContainerStatus.Endpoint]] = [:]
        var servers: [Planning.Namespace: Set<HostedAddress>] = [:]
        for case .link(let link) in state.objects.values {
            guard let part = OwnershipMark(link.alias)?.part else { continue }
            networks.insert(part)
            let ends = [(link.namespace, link.name)] + (link.peer.map { [($0.namespace, $0.name)] } ?? [])
            for (namespace, interface) in ends where !outside.contains(namespace) {
                let addresses = servings.addresses(of: interface, in: namespace)
                endpoints[namespace, default: []].append(
                    .init(network: part, interface: interface, addresses: addresses.map { "\($0)" }))
                servers[namespace, default: []].formUnion(
                    addresses.map { HostedAddress(host: link.namespace, address: $0.address) })
            }
        }
        func container(_ name: String, _ service: String, _ namespace: Planning.Namespace) -> ContainerStatus {
            let own = endpoints[namespace] ?? []
            return ContainerStatus(
                name: name, service: service, namespace: namespace,
                endpoints: own.sorted { $0.interface < $1.interface },
                ports: servings.ports(leadingTo: servers[namespace] ?? []))
        }
        var containers = state.objects.values.compactMap { object -> ContainerStatus? in
            guard case .namespace(let namespace) = object, !outside.contains(.named(namespace.name)) else { return nil }
            return container(
                namespace.name, OwnershipMark(namespace.alias)?.part ?? namespace.name, .named(namespace.name))
        }
        var guests: Set<Planning.Namespace> = []
        for recorded in record?.subject.layout.containers ?? [] {
            guard let namespace = recorded.namespace else { continue }
            switch recorded.sandbox {
            case .joined where snapshot[namespace] != nil && snapshot.named["\(namespace)"] == nil:
                containers.append(container(recorded.name, recorded.service, namespace))
            case .outside(let name) where snapshot.hasNamespace(name): guests.insert(namespace)
            case .host: guests.insert(record?.subject.layout.hostNamespace(of: recorded) ?? .host)
            default: continue
            }
        }
        return TopologyStatus(
            name: name, file: record?.subject.file, containers: containers.sorted { $0.name < $1.name },
            networks: networks.sorted(), guests: guests, isComplete: record?.phase == .complete)
    }
}

extension Snapshot {
    /// Whether a namespace of that name is there, whoever made it.
    func hasNamespace(_ name: String) -> Bool { named[name] != nil || foreign.contains(name) }
}

/// The addresses of a topology's interfaces and the ports that lead to them, each found at once: there may be thousands.
private struct Servings {
    private struct Interface: Hashable {
        let namespace: Planning.Namespace
        let link: String
    }

    private var addresses: [Interface: [InterfaceAddress]] = [:]
    private var ports: [HostedAddress: [String]] = [:]

    init(of state: State<KernelObject>) {
        for case .address(let address) in state.objects.values {
            addresses[Interface(namespace: address.namespace, link: address.link), default: []].append(address.address)
        }
        for (published, server) in state.publishedPorts {
            let host = published.address ?? .unspecified(published.family)
            let text = host.family == .v4 ? "\(host)" : "[\(host)]"
            ports[HostedAddress(host: published.namespace, address: server.address), default: []].append(
                "\(text):\(published.port)->\(server.port)/\(published.transport)")
        }
    }

    func addresses(of link: String, in namespace: Planning.Namespace) -> [InterfaceAddress] {
        addresses[Interface(namespace: namespace, link: link), default: []].sorted()
    }

    /// What is published of a container, told by the rules or elements that translate to its addresses.
    func ports(leadingTo own: Set<HostedAddress>) -> [String] {
        own.flatMap { ports[$0] ?? [] }.sorted()
    }
}
