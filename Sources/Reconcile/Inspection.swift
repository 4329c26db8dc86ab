import Addressing
import Netlink
public import Planning
import Topology

extension Session {
    /// The topologies that are on the machine, by name, as the kernel shows them.
    public func topologies() throws(ReconcileError) -> [TopologyStatus] {
        let snapshot = try snapshot()
        var statuses: [TopologyStatus] = []
        for name in snapshot.topologies.union(records.keys).sorted() {
            statuses.append(try status(of: name, in: snapshot))
        }
        return statuses
    }

    /// The topologies that are on the machine, by name, with their parts as the kernel shows them.
    public func foundTopologies() throws(ReconcileError) -> [FoundTopology] {
        let snapshot = try snapshot()
        var found: [FoundTopology] = []
        for name in snapshot.topologies.union(records.keys).sorted() {
            let subject = records[name]?.subject
            let state = try OwnedObjects(of: name, intent: intent(of: name), in: snapshot).state
            found.append(
                FoundTopology(
                    layout: Layout(observedIn: state, recorded: subject?.layout ?? Layout(name: name)),
                    created: subject?.created ?? [:]))
        }
        return found
    }

    private func status(of name: String, in snapshot: Snapshot) throws(ReconcileError) -> TopologyStatus {
        let record = records[name]
        let state = try OwnedObjects(of: name, intent: intent(of: name), in: snapshot).state
        let outside = state.namespacesOutsideContainers
        var networks: Set<String> = []
        var endpoints: [String: [ContainerStatus.Endpoint]] = [:]
        var servers: [String: Set<HostedAddress>] = [:]
        for case .link(let link) in state.objects.values {
            guard let part = OwnershipMark(link.alias)?.part else { continue }
            networks.insert(part)
            let ends = [(link.namespace, link.name)] + (link.peer.map { [($0.namespace, $0.name)] } ?? [])
            for case (.named(let container), let interface) in ends {
                let addresses = state.addresses(of: interface, in: .named(container))
                endpoints[container, default: []].append(
                    .init(network: part, interface: interface, addresses: addresses.map { "\($0)" }))
                servers[container, default: []].formUnion(
                    addresses.map { HostedAddress(host: link.namespace, address: $0.address) })
            }
        }
        let containers = state.objects.values.compactMap { object -> ContainerStatus? in
            guard case .namespace(let namespace) = object, !outside.contains(.named(namespace.name)) else { return nil }
            return ContainerStatus(
                name: namespace.name, service: OwnershipMark(namespace.alias)?.part ?? namespace.name,
                endpoints: (endpoints[namespace.name] ?? []).sorted { $0.interface < $1.interface },
                ports: state.ports(leadingTo: servers[namespace.name] ?? []))
        }
        return TopologyStatus(
            name: name, file: record?.subject.file, containers: containers.sorted { $0.name < $1.name },
            networks: networks.sorted(), isComplete: record?.phase == .complete)
    }
}

extension State<KernelObject> {
    fileprivate func addresses(of link: String, in namespace: Planning.Namespace) -> [InterfaceAddress] {
        objects.values.compactMap { object in
            guard case .address(let address) = object, address.namespace == namespace, address.link == link else {
                return nil
            }
            return address.address
        }.sorted()
    }

    /// What is published of a container, told by the rules or elements that translate to its addresses.
    fileprivate func ports(leadingTo own: Set<HostedAddress>) -> [String] {
        objects.values.compactMap { object -> String? in
            guard let published = PublishedPort(object), let server = object.destination,
                own.contains(HostedAddress(host: published.namespace, address: server.address))
            else { return nil }
            let host = published.address ?? IPAddress(published.family, bits: 0)
            let text = host.family == .v4 ? "\(host)" : "[\(host)]"
            return "\(text):\(published.port)->\(server.port)/\(published.transport)"
        }.sorted()
    }
}
