import Addressing
import Linux
import Netlink
import Planning
import Topology
import YAML

extension Session {
    /// What the machine around `topology` uses already.
    ///
    /// - Parameters:
    ///   - leases: What the topology's own endpoints have.
    ///   - own: What there is of the topology.
    func surroundings(
        of topology: Topology, leases: Leases, own: State<KernelObject>, in snapshot: Snapshot
    ) throws(ReconcileError) -> Surroundings {
        let name = topology.name
        let resolver = try Self.resolver()
        var surroundings = Surroundings(
            reserved: snapshot.occupiedSubnets(exceptOf: name) + resolver.serverSubnets,
            takenAddresses: takenAddresses(of: name),
            externalNetworks: try externalNetworks(
                topology.networks.filter { $0.isExternal && $0.driver == .bridge && !$0.hasBridgeOfLinks }, of: name,
                leases: leases,
                in: snapshot),
            routedFamilies: try routedFamilies(of: topology, in: snapshot),
            ephemeralPorts: try Self.ephemeralPorts(),
            predefinedBridgeSubnets: snapshot.sharedBridgeSubnets,
            busyPorts: try busyPorts(exceptOf: name, in: snapshot), resolver: resolver, translatesClients: true,
            interfaces: snapshot.interfaces(except: own))
        surroundings.reservedPorts = try Self.reservedPorts()
        return surroundings
    }

    /// Subnets that no network of the topology `name` may have.
    func reservedSubnets(exceptOf name: String, in snapshot: Snapshot) throws(ReconcileError) -> [Subnet] {
        snapshot.occupiedSubnets(exceptOf: name) + (try Self.resolver()).serverSubnets
    }

    /// Addresses that other topologies' endpoints have on networks that the topology `name` makes, and on the predefined bridge.
    func takenAddresses(of name: String) -> [String: Set<IPAddress>] {
        var taken: [String: Set<IPAddress>] = [:]
        for layout in records.values.map(\.subject.layout) where layout.name != name {
            for network in layout.networks {
                let key: String
                switch network.maker {
                case .topology(name, let owned): key = owned
                case nil where network.declaration.isPredefinedBridge: key = Topology.Network.predefinedBridgeKey
                default: continue
                }
                let endpoints = layout.containers.flatMap(\.endpoints).filter { $0.network == network.declaration.key }
                taken[key, default: []].formUnion(endpoints.flatMap(\.addresses).map(\.address))
            }
        }
        return taken
    }

    /// The networks that the topology `name` calls external, by key; thrown where one is missing.
    func externalNetworks(
        _ declarations: [Topology.Network], of name: String, leases: Leases, in snapshot: Snapshot
    ) throws(ReconcileError) -> [String: ExternalNetwork] {
        guard !declarations.isEmpty else { return [:] }
        let own = Set(leases.addresses.values.flatMap { $0.values.joined() })
        let place = try machine.place(.host)
        let finder = ExternalNetworks(
            snapshot: snapshot, others: try otherLayouts(than: name, in: snapshot),
            neighbours: try talking { () throws(NetlinkError) in try place.routing.neighbours() }, own: own)
        var found: [String: ExternalNetwork] = [:]
        var missing: [Diagnostic] = []
        for declaration in declarations {
            do throws(Diagnostic) { found[declaration.key] = try finder.network(declaration) } catch {
                missing.append(error)
            }
        }
        guard missing.isEmpty else { throw .missing(Diagnostics(missing)) }
        return found
    }

    /// What `/etc/resolv.conf` says; without such a file there is nothing to avoid or to hand on.
    private static func resolver() throws(ReconcileError) -> Topology.Resolver {
        let bytes = try calling { () throws(SystemCallError) -> [UInt8] in
            do throws(SystemCallError) { return try readFile("/etc/resolv.conf") } catch {
                guard error.errno == .noEntry else { throw error }
                return []
            }
        }
        return Topology.Resolver(configuration: String(decoding: bytes, as: UTF8.self))
    }

    private static func ephemeralPorts() throws(ReconcileError) -> ClosedRange<UInt16> {
        let text = try calling { () throws(SystemCallError) in
            try Linux.Sysctl(["net", "ipv4", "ip_local_port_range"]).read()
        }
        let ports = text.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        guard ports.count == 2, ports[0] <= ports[1] else { return Surroundings().ephemeralPorts }
        return ports[0]...ports[1]
    }

    /// A list such as `8080,9000-9010`; the kernel writes it in that form (networking/ip-sysctl.rst).
    private static func reservedPorts() throws(ReconcileError) -> Set<UInt16> {
        let bytes = try calling { () throws(SystemCallError) in
            try readFile("/proc/sys/net/ipv4/ip_local_reserved_ports")
        }
        var ports: Set<UInt16> = []
        for item in String(decoding: bytes, as: UTF8.self).split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let bounds = item.split(separator: "-").compactMap { UInt16($0) }
            guard let first = bounds.first, let last = bounds.last, first <= last else { continue }
            ports.formUnion(first...last)
        }
        return ports
    }

    private func busyPorts(
        exceptOf name: String, in snapshot: Snapshot
    ) throws(ReconcileError) -> [TransportProtocol: Set<UInt16>] {
        var ports: [TransportProtocol: Set<UInt16>] = [:]
        for socket in try boundSockets(in: .host) {
            ports[socket.transport == .tcp ? .tcp : .udp, default: []].insert(socket.port)
        }
        for other in snapshot.portsPublished(exceptBy: name) {
            ports[other.transport, default: []].insert(other.port)
        }
        return ports
    }

    /// The sockets of a host that wait for somebody.
    func boundSockets(in namespace: Planning.Namespace) throws(ReconcileError) -> [BoundSocket] {
        let diagnostics = try machine.socket(.socketDiagnostics, in: namespace)
        return try talking { () throws(NetlinkError) in try diagnostics.boundSockets() }
    }
}

extension Topology.Resolver {
    /// The addresses of the nameservers.
    fileprivate var serverSubnets: [Subnet] {
        nameservers.compactMap { Subnet(containing: $0, prefixLength: $0.family.bitWidth) }
    }
}

extension Snapshot {
    /// Subnets that the host reaches on a link of somebody else.
    func occupiedSubnets(exceptOf topology: String) -> [Subnet] {
        host.routes.filter { route in
            route.table == Netlink.Route.mainTable && route.gateway == nil && route.destination.prefixLength > 0
                && !route.destination.network.isLinkLocal && !route.destination.network.isMulticast
                && owner(of: route).map { $0 != topology && $0 != OwnershipMark.sharedTopology } ?? true
        }.map(\.destination)
    }

    /// The host's interfaces but its loopback and those of `own`, with their MTU in bytes.
    func interfaces(except own: State<KernelObject>) -> [String: UInt32] {
        let others = host.links.filter { link in
            !link.flags.contains(.loopback) && own[Planning.Link.id(.host, link.name)] == nil
        }
        return Dictionary(others.map { ($0.name, $0.mtu) }) { first, _ in first }
    }

    /// Subnets of the bridge that all topologies share.
    var sharedBridgeSubnets: [Subnet] {
        host.links.filter { mark(of: $0)?.topology == OwnershipMark.sharedTopology }.flatMap { link in
            host.addresses.filter { $0.link == link.index && !$0.address.address.isLinkLocal }.map(\.address.subnet)
        }
    }

    private func owner(of route: Netlink.Route) -> String? {
        host.link(route.link).flatMap { mark(of: $0) }?.topology
    }

    private func mark(of link: Netlink.Link) -> OwnershipMark? { link.alias.flatMap { OwnershipMark($0) } }
}
