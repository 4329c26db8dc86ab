public import Addressing

extension Layout {
    /// The hosts that a topology is spread over, and what connects them.
    public struct Fabric: Hashable, Sendable, Codable {
        /// The hosts, in file order.
        public var hosts: [Host]
        /// Name of the namespace that holds the underlay of a lab.
        public var namespace: String
        /// The underlay's segments, in the order of the hosts that are first on each.
        public var segments: [Segment]
        /// The host that this machine is; absent where all of them are namespaces of this machine, a lab.
        public var played: String?

        /// The host of that name.
        public func host(_ name: String?) -> Host? { hosts.first { $0.name == name } }
    }

    /// A host with every choice made.
    public struct Host: Hashable, Sendable, Codable {
        /// Its name.
        public var name: String
        /// Name of the namespace that stands for it in a lab.
        public var namespace: String
        /// Its interface on the underlay.
        public var interface: String
        /// Its addresses there, IPv4 first.
        public var addresses: [InterfaceAddress]
        /// Ethernet address of the interface in a lab.
        public var mac: MACAddress
        /// Largest layer-3 packet on the underlay, in bytes.
        public var mtu: UInt32
        /// The next hops of its default routes in a lab.
        public var gateways: [IPAddress]

        /// The address by which hosts reach each other in `family`.
        public func address(_ family: IPFamily) -> IPAddress? {
            addresses.first { $0.address.family == family }?.address
        }
    }

    /// Hosts that see each other without a router.
    public struct Segment: Hashable, Sendable, Codable {
        /// Names of the hosts, in file order.
        public var hosts: [String]
        /// What the lab's router has on the segment; none where there is only one segment.
        public var gateways: [InterfaceAddress]
    }
}

/// Connects the hosts of a topology.
struct FabricLayout {
    let topology: Topology

    /// The hosts and their segments, of which this machine is `played`; `nil` for a topology without hosts.
    func fabric(played: String?) -> Layout.Fabric? {
        guard !topology.hosts.isEmpty else { return nil }
        let groups = segments
        let segments = groups.map { group in
            Layout.Segment(hosts: group.map(\.name), gateways: gateways(of: group, isRouted: groups.count > 1))
        }
        var defaults: [String: [IPAddress]] = [:]
        for (group, segment) in zip(groups, segments) {
            for host in group { defaults[host.name] = nextHops(of: host, segment, isRouted: groups.count > 1) }
        }
        return Layout.Fabric(
            hosts: topology.hosts.map { host($0, gateways: defaults[$0.name] ?? []) },
            namespace: topology.underlayName, segments: segments, played: played)
    }

    private func host(_ host: Topology.Host, gateways: [IPAddress]) -> Layout.Host {
        let name = topology.namespaceName(of: host)
        return Layout.Host(
            name: host.name, namespace: name, interface: host.interface, addresses: host.addresses.sorted(),
            mac: host.addresses.first { $0.address.family == .v4 }.map { MACAddress(derivedFrom: $0.address) }
                ?? MACAddress(of: "\(name)/\(host.interface)"),
            mtu: host.mtu, gateways: gateways)
    }

    /// The hosts by segment: those with a subnet in common see each other.
    private var segments: [[Topology.Host]] {
        var segmentOf: [Subnet: Int] = [:]
        var groups: [[Topology.Host]] = []
        for host in topology.hosts {
            let subnets = host.addresses.map(\.subnet)
            let known = Set(subnets.compactMap { segmentOf[$0] }).sorted()
            let first = known.first ?? groups.count
            if first == groups.count { groups.append([]) }
            // A host with addresses of both families may join what looked like two segments.
            for other in known.dropFirst() {
                groups[first] += groups[other]
                groups[other] = []
                for (subnet, segment) in segmentOf where segment == other { segmentOf[subnet] = first }
            }
            groups[first].append(host)
            for subnet in subnets { segmentOf[subnet] = first }
        }
        return groups.filter { !$0.isEmpty }
    }

    /// Addresses of the lab's router on the segment of `hosts`: the gateways that the file names and no host has, else the
    /// lowest of each subnet that no host has.
    private func gateways(of hosts: [Topology.Host], isRouted: Bool) -> [InterfaceAddress] {
        let taken = Set(hosts.flatMap { $0.addresses.map(\.address) })
        return Set(hosts.flatMap { $0.addresses.map(\.subnet) }).sorted().flatMap { subnet -> [InterfaceAddress] in
            let named = Set(hosts.flatMap(\.gateways)).filter { subnet.contains($0) }.sorted()
            let own = named.isEmpty && isRouted ? [lowest(of: subnet, except: taken)].compactMap(\.self) : named
            return own.filter { !taken.contains($0) }.map { InterfaceAddress($0, in: subnet) }
        }
    }

    private func lowest(of subnet: Subnet, except taken: Set<IPAddress>) -> IPAddress? {
        var pool = AddressPool(subnet)
        var next = pool.gateway
        while let address = next, taken.contains(address) { next = pool.takeLowest() }
        return next
    }

    private func nextHops(of host: Topology.Host, _ segment: Layout.Segment, isRouted: Bool) -> [IPAddress] {
        host.addresses.sorted().compactMap { address in
            host.gateways.first { address.subnet.contains($0) }
                ?? (isRouted ? segment.gateways.first { address.subnet == $0.subnet }?.address : nil)
        }
    }
}
