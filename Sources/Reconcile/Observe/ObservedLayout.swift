import Addressing
import Links
import Planning
import Topology

extension Layout {
    /// Namespaces that containers have interfaces in and that are not weft's.
    var joined: [Planning.Namespace] {
        containers.compactMap { container in
            if case .joined(let namespace) = container.sandbox { Namespace(namespace.reference) } else { nil }
        }
    }

    /// What `state` shows of the topology: names, addresses and ports as they are, and what only the file knows from
    /// `recorded`.
    ///
    /// What is on record and gone is left out; what is there and not on record is added as far as its mark tells what it is.
    init(observedIn state: State<KernelObject>, recorded: Layout) {
        let observation = LayoutObservation(of: state)
        let known = recorded.networks.filter { observation.has($0) }
        self.init(name: recorded.name, cables: recorded.cables, leases: recorded.leases)
        devices = recorded.devices
        fabric = recorded.fabric
        networks = known + observation.networks(except: Set(recorded.networks.map(\.declaration.key)))
        let cables = recorded.cables.indices.map { "link-\($0 + 1)" }
        containers =
            recorded.containers.filter { observation.has($0, in: recorded) }.map { observation.container($0, cables) }
            + observation.containers(except: Set(recorded.containers.map(\.name)), networks)
    }
}

/// The objects of a state by what a layout calls them.
private struct LayoutObservation {
    /// An interface of a container.
    struct Interface {
        let name: String
        let namespace: Planning.Namespace
        let network: String
        let mac: MACAddress?
        /// Where its other end is: the host, if that is where the network's bridge is.
        let host: Planning.Namespace
    }

    private let state: State<KernelObject>
    private let outside: Set<Namespace>
    private var interfaces: [String: [Interface]] = [:]
    private var addresses: [ObjectID: [InterfaceAddress]] = [:]
    private var services: [String: String] = [:]
    private var bridges: [Planning.Link] = []
    /// Networks whose parent the topology has made.
    private var networksWithParent: Set<String> = []
    /// Published ports by the address that they lead to.
    private var ports: [HostedAddress: Set<Layout.Port>] = [:]

    init(of state: State<KernelObject>) {
        self.state = state
        outside = state.namespacesOutsideContainers
        for object in state.objects.values { add(object) }
        for (published, server) in state.publishedPorts { add(published, leadingTo: server) }
    }

    private mutating func add(_ object: KernelObject) {
        switch object {
        case .namespace(let namespace) where !outside.contains(.named(namespace.name)):
            services[namespace.name] = OwnershipMark(namespace.alias)?.part ?? namespace.name
        case .address(let address):
            addresses[Planning.Link.id(address.namespace, address.link), default: []].append(address.address)
        case .link(let link):
            guard let network = OwnershipMark(link.alias)?.part else { return }
            if case .veth(let peer) = link.kind, outside.contains(link.namespace), let container = link.container {
                interfaces[container, default: []].append(
                    Interface(
                        name: peer.name, namespace: peer.namespace, network: network, mac: peer.mac,
                        host: link.namespace))
            } else if OwnershipMark(link.alias)?.isOfLink != false {
                return
            } else if link.isOnParent, let container = link.container {
                interfaces[container, default: []].append(
                    Interface(
                        name: link.name, namespace: link.namespace, network: network, mac: link.mac,
                        host: link.lower?.namespace ?? .host))
            } else if link.kindName == VLAN.kinds.first || link.kindName == Dummy.kinds.first {
                networksWithParent.insert(network)
            } else if link.isBridge, !network.contains("/") {
                bridges.append(link)
            }
        default: break
        }
    }

    private mutating func add(_ published: PublishedPort, leadingTo server: (address: IPAddress, port: UInt16)) {
        let anywhere = published.isTranslated ? IPAddress.unspecified(.v6) : nil
        ports[HostedAddress(host: published.namespace, address: server.address), default: []].insert(
            Layout.Port(
                hostAddress: published.address ?? anywhere, published: published.port, address: server.address,
                target: server.port, transport: published.transport, network: ""))
    }

    private func addresses(of interface: Interface) -> [InterfaceAddress] {
        (addresses[Planning.Link.id(interface.namespace, interface.name)] ?? []).sorted()
    }

    /// Whether the network is there; what the topology does not make itself is taken to be.
    func has(_ network: Layout.Network) -> Bool {
        if network.declaration.isPredefinedBridge || network.maker != nil { return true }
        if let parent = network.parent {
            return parent.origin == .existing || networksWithParent.contains(network.declaration.key)
        }
        guard network.overlay != nil else { return bridges.contains { $0.name == network.bridge } }
        return bridges.contains { OwnershipMark($0.alias)?.part == network.declaration.key }
    }

    /// Whether the network stack of the container is there.
    func has(_ container: Layout.Container, in layout: Layout) -> Bool {
        switch container.sandbox {
        case .own: return services[container.name] != nil
        case .host, .outside: return true
        // Nothing in the namespace shows who was taken off every network.
        case .joined: return container.endpoints.isEmpty || interfaces[container.name] != nil
        case .shared:
            return layout.owner(ofContainer: container.name).map { has($0, in: layout) } ?? false
        }
    }

    /// The container with the endpoints, addresses and ports that it has.
    func container(_ recorded: Layout.Container, _ cables: [String]) -> Layout.Container {
        guard recorded.hasInterfaces else { return recorded }
        var container = recorded
        let present = (interfaces[recorded.name] ?? []).filter { !cables.contains($0.network) }
        let order = Dictionary(recorded.endpoints.enumerated().map { ($1.network, $0) }) { first, _ in first }
        container.endpoints = present.sorted {
            (order[$0.network] ?? .max, $0.name) < (order[$1.network] ?? .max, $1.name)
        }.map { interface in
            endpoint(interface, of: container, recorded.endpoints.first { $0.network == interface.network })
        }
        container.ports = ports(of: container)
        return container
    }

    private func endpoint(
        _ interface: Interface, of container: Layout.Container, _ recorded: Layout.Endpoint?
    ) -> Layout.Endpoint {
        let mac = interface.mac ?? recorded?.mac ?? MACAddress(bits: 0)
        var endpoint =
            recorded ?? Layout.Endpoint(network: interface.network, interface: interface.name, addresses: [], mac: mac)
        let present = addresses(of: interface)
        endpoint.interface = interface.name
        endpoint.mac = mac
        endpoint.addresses = present.filter { !endpoint.linkLocalAddresses.contains($0) }
        endpoint.linkLocalAddresses = endpoint.linkLocalAddresses.filter(present.contains)
        return endpoint
    }

    private func ports(of container: Layout.Container) -> [Layout.Port] {
        let hosts = Dictionary((interfaces[container.name] ?? []).map { ($0.name, $0.host) }) { first, _ in first }
        return container.endpoints.flatMap { endpoint in
            let host = hosts[endpoint.interface] ?? .host
            return endpoint.addresses.flatMap { ports[HostedAddress(host: host, address: $0.address)] ?? [] }.map {
                port in
                var port = port
                port.network = endpoint.network
                return port
            }
        }.sorted { left, right in
            (left.target, left.transport, left.listeningAddress, left.published)
                < (right.target, right.transport, right.listeningAddress, right.published)
        }
    }

    /// Bridges of networks that are not on record, with the names and addresses that they have.
    func networks(except recorded: Set<String>) -> [Layout.Network] {
        bridges.compactMap { bridge in
            guard let key = OwnershipMark(bridge.alias)?.part, !recorded.contains(key) else { return nil }
            var declaration = Topology.Network(key: key)
            let addresses = (addresses[bridge.id] ?? []).sorted()
            declaration.hasIPv4 = addresses.contains { $0.address.family == .v4 }
            declaration.hasIPv6 = addresses.contains { $0.address.family == .v6 }
            return Layout.Network(
                declaration: declaration, name: bridge.alternativeName ?? bridge.name, bridge: bridge.name,
                segments: addresses.map { .init(subnet: $0.subnet, gateway: $0.address) })
        }.sorted { $0.name < $1.name }
    }

    /// Namespaces that are not on record, with the interfaces that lead to `networks`.
    func containers(except recorded: Set<String>, _ networks: [Layout.Network]) -> [Layout.Container] {
        let keys = Set(networks.map(\.declaration.key))
        return services.filter { !recorded.contains($0.key) }.sorted { $0.key < $1.key }.map { name, service in
            let cables = (interfaces[name] ?? []).map(\.network).filter { !keys.contains($0) }
            var found = container(Layout.Container(name: name, service: service, index: 1, sandbox: .own), cables)
            if found.endpoints.isEmpty { found.privateNetwork = Topology.Network.noneKey }
            return found
        }
    }
}
