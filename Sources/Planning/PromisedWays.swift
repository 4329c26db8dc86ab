import Addressing
import Topology

/// A sandbox as the host of an IP network that the file makes it: links with addresses, and default routes.
struct Station {
    /// What an interface is attached to.
    enum Segment: Hashable {
        case network(String)
        case domain(Domains.Node)
    }

    /// An address on an interface.
    struct Attachment {
        var segment: Segment
        var address: InterfaceAddress
    }

    /// Where a packet to an address goes first.
    enum Way: Hashable {
        /// To the address itself.
        case direct(Segment)
        /// To the default gateway.
        case gateway
        /// Nowhere.
        case none
        /// The file does not tell: two interfaces have a subnet that holds the address.
        case ambiguous
    }

    let name: String
    let attachments: [Attachment]
    /// Families that have a default route.
    let gateways: Set<IPFamily>
    /// Those of them whose default route leads to an internal network's bridge, where whatever goes further is dropped.
    let closedGateways: Set<IPFamily>

    var namespace: Namespace { .named(name) }

    /// The way of a packet to `address` by the longest prefix, as the kernel chooses it.
    func way(to address: IPAddress) -> Way {
        let matches = attachments.filter { $0.address.subnet.contains(address) }
        guard let longest = matches.map(\.address.prefixLength).max() else {
            return gateways.contains(address.family) ? .gateway : .none
        }
        let segments = Set(matches.filter { $0.address.prefixLength == longest }.map(\.segment))
        guard let segment = segments.first, segments.count == 1 else { return .ambiguous }
        return .direct(segment)
    }

    /// The address that packets to `address` over `segment` come from.
    func source(to address: IPAddress, on segment: Segment) -> IPAddress? {
        attachments.first { $0.segment == segment && $0.address.subnet.contains(address) }?.address.address
    }

    func isAttached(to segment: Segment) -> Bool { attachments.contains { $0.segment == segment } }
}

/// The stations of a layout, and what connects them.
struct Stations {
    let all: [Station]
    /// The bridge networks by key.
    let networks: [String: Layout.Network]
    /// For each station that has a cable, the networks that it or anything at the other end of its cables is on.
    private let networksBehindCables: [String: Set<String>]

    init(of layout: Layout) {
        let bridges = layout.networks.filter { $0.declaration.driver == .bridge }
        let networks = Dictionary(bridges.map { ($0.declaration.key, $0) }) { first, _ in first }
        var cabled: [String: [Station.Attachment]] = [:]
        let domains = Domains(of: layout)
        // An interface may be on a network by way of a bridge that one of the network's containers has.
        let joined = Dictionary(networks.keys.map { (domains.domain(ofNetwork: $0), $0) }) { first, _ in first }
        func attach(_ addresses: [InterfaceAddress], _ interface: Layout.DeviceLink.Interface) {
            let domain = domains.domain(of: interface)
            let segment = joined[domain].map { Station.Segment.network($0) } ?? .domain(domain)
            cabled[interface.container, default: []] += addresses.map { .init(segment: segment, address: $0) }
        }
        for end in layout.cables.flatMap({ [$0.first, $0.second] }) {
            attach(end.addresses, .init(container: end.container, name: end.interface))
        }
        for device in layout.devices { attach(device.addresses, device.interface) }
        all = layout.containers.filter { $0.sandbox == .own }.map { container in
            let endpoints = container.endpoints.filter { networks[$0.network] != nil }
            let attachments = endpoints.flatMap { endpoint in
                endpoint.addresses.map { Station.Attachment(segment: .network(endpoint.network), address: $0) }
            }
            func families(_ endpoint: Layout.Endpoint) -> Set<IPFamily> {
                endpoint.defaultGatewayFor.intersection(endpoint.addresses.map(\.address.family))
            }
            let closed = endpoints.filter { networks[$0.network]?.declaration.isInternal ?? false }
            return Station(
                name: container.name, attachments: attachments + (cabled[container.name] ?? []),
                gateways: Set(endpoints.flatMap { families($0) }),
                closedGateways: Set(closed.flatMap { families($0) }))
        }
        self.networks = networks
        networksBehindCables = Self.networksBehindCables(of: layout)
    }

    /// Whether the station has a cable, over which routes may lead that the file does not know.
    func hasCable(_ station: Station) -> Bool { networksBehindCables[station.name] != nil }

    /// Whether cables lead from the station to something on `network`.
    func isCabled(_ station: Station, to network: String) -> Bool {
        networksBehindCables[station.name]?.contains(network) ?? false
    }

    private static func networksBehindCables(of layout: Layout) -> [String: Set<String>] {
        var neighbours: [String: [String]] = [:]
        for cable in layout.cables {
            neighbours[cable.first.container, default: []].append(cable.second.container)
            neighbours[cable.second.container, default: []].append(cable.first.container)
        }
        for device in layout.devices {
            let others = [device.peer, device.parent].compactMap { $0?.container } + [device.interface.container]
            for other in others {
                neighbours[device.interface.container, default: []].append(other)
                neighbours[other, default: []].append(device.interface.container)
            }
        }
        let networks = Dictionary(layout.containers.map { ($0.name, $0.endpoints.map(\.network)) }) { $0 + $1 }
        var result: [String: Set<String>] = [:]
        for start in neighbours.keys where result[start] == nil {
            var group: Set<String> = [start]
            var rest = [start]
            while let name = rest.popLast() {
                rest += (neighbours[name] ?? []).filter { group.insert($0).inserted }
            }
            let reached = Set(group.flatMap { networks[$0] ?? [] })
            for name in group { result[name] = reached }
        }
        return result
    }
}
