import Addressing
import Linux
import Netlink
import Planning
import Topology

extension Session {
    /// What the machine around the topology `name` uses already.
    func surroundings(of name: String, in snapshot: Snapshot) throws(ReconcileError) -> Surroundings {
        let others = records.filter { $0.key != name }.values.map(\.subject.leases)
        let resolver = try Self.resolver()
        let bridge = Topology.Network.predefinedBridgeKey
        return Surroundings(
            reserved: snapshot.occupiedSubnets(exceptOf: name)
                + resolver.nameservers.compactMap {
                    Subnet(containing: $0, prefixLength: $0.family.bitWidth)
                },
            predefinedBridgeAddresses: Set(others.flatMap { $0.addresses.values.flatMap { $0[bridge] ?? [] } }),
            ephemeralPorts: try Self.ephemeralPorts(),
            predefinedBridgeSubnets: snapshot.sharedBridgeSubnets,
            busyPorts: try busyPorts(exceptOf: name, in: snapshot), resolver: resolver)
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

extension Snapshot {
    /// Subnets that the host reaches on a link of somebody else.
    func occupiedSubnets(exceptOf topology: String) -> [Subnet] {
        host.routes.filter { route in
            route.table == Netlink.Route.mainTable && route.gateway == nil && route.destination.prefixLength > 0
                && !route.destination.network.isLinkLocal && !route.destination.network.isMulticast
                && owner(of: route).map { $0 != topology && $0 != OwnershipMark.sharedTopology } ?? true
        }.map(\.destination)
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
