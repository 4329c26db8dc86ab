import Addressing
import Links
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
        /// Largest IP packet of the segment, in bytes.
        var mtu: UInt32
        /// Whether the interface is a VRF's, so that only programs that are bound to that find their way out by it.
        var isInVRF = false
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
    let namespace: Namespace
    /// Whether the namespace is one that the file does not describe: it may have other interfaces and routes.
    let isJoined: Bool
    let attachments: [Attachment]
    /// Families that have a default route, with the MTU of the interface that it leads out of, in bytes.
    let gateways: [IPFamily: UInt32]
    /// Those of them whose default route leads to an internal network's bridge, where whatever goes further is dropped.
    let closedGateways: Set<IPFamily>
    /// Those of them whose default route leads to a router outside, beyond which the file knows nothing.
    let outerGateways: Set<IPFamily>
    /// The network that the default route of each family leads into.
    var gatewaySegments: [IPFamily: Segment] = [:]

    /// The way of a packet to `address` by the longest prefix, as the kernel chooses it.
    func way(to address: IPAddress) -> Way {
        let matches = attachments.filter { $0.address.subnet.contains(address) }
        guard let longest = matches.map(\.address.prefixLength).max() else {
            return gateways[address.family] != nil ? .gateway : .none
        }
        let segments = Set(matches.filter { $0.address.prefixLength == longest }.map(\.segment))
        guard let segment = segments.first, segments.count == 1 else { return .ambiguous }
        return .direct(segment)
    }

    /// Whether packets of `family` may go further than the host.
    func leavesHost(in family: IPFamily) -> Bool { gateways[family] != nil && !closedGateways.contains(family) }

    /// Whether packets to `address` go to the router of `segment`, as those from another subnet of it do.
    func goesByRouter(of segment: Segment, to address: IPAddress) -> Bool {
        way(to: address) == .gateway && gatewaySegments[address.family] == segment
    }

    /// The largest IP packet, in bytes, that the file lets pass whole from here to `target`; `nil` where there is no way.
    func packet(to target: Attachment) -> UInt32? {
        switch way(to: target.address.address) {
        case .direct(let segment): segment == target.segment ? target.mtu : nil
        // The host forwards it.
        case .gateway: gateways[target.address.address.family].map { min($0, target.mtu) }
        case .none, .ambiguous: nil
        }
    }

    /// The address that packets to `address` over `segment` come from.
    func source(to address: IPAddress, on segment: Segment) -> IPAddress? {
        attachments.first { $0.segment == segment && $0.address.subnet.contains(address) }?.address.address
    }

    /// An address on `segment`, for packets to another of its subnets.
    func address(on segment: Segment, in family: IPFamily) -> IPAddress? {
        attachments.first { $0.segment == segment && $0.address.address.family == family }?.address.address
    }

    /// Whether packets to `segment` leave by a VRF.
    func needsVRF(to segment: Segment) -> Bool { attachments.contains { $0.segment == segment && $0.isInVRF } }

    func isAttached(to segment: Segment, in family: IPFamily) -> Bool {
        attachments.contains { $0.segment == segment && $0.address.address.family == family }
    }
}

extension Station {
    /// The sandbox of `container`, whose bridge networks are among `networks`, with the ends of its `cables`.
    fileprivate init(of container: Layout.Container, on networks: [String: Layout.Network], cables: [Attachment]) {
        var attachments: [Attachment] = []
        var gateways: [IPFamily: UInt32] = [:]
        var closed: Set<IPFamily> = []
        var outer: Set<IPFamily> = []
        var segments: [IPFamily: Segment] = [:]
        for endpoint in container.endpoints {
            guard let network = networks[endpoint.network] else { continue }
            attachments += endpoint.addresses.map {
                Attachment(segment: .network(endpoint.network), address: $0, mtu: network.mtu)
            }
            for family in endpoint.defaultGatewayFor.intersection(endpoint.addresses.map(\.address.family)) {
                gateways[family] = network.mtu
                segments[family] = .network(endpoint.network)
                if network.declaration.isInternal { closed.insert(family) }
                if network.parent != nil { outer.insert(family) }
            }
        }
        self.init(
            name: container.name, namespace: container.namespace ?? .named(container.name),
            isJoined: container.sandbox != .own, attachments: attachments + cables, gateways: gateways,
            closedGateways: closed, outerGateways: outer, gatewaySegments: segments)
    }
}

/// The stations of a layout, and what connects them.
struct Stations {
    let all: [Station]
    /// The networks that have addresses, by key.
    let networks: [String: Layout.Network]
    /// The addresses that somebody has on an overlay, by the network's key: elsewhere the same may be another's.
    let taken: [String: Set<IPAddress>]
    /// What links give to the host that the layout is the part of.
    let onHost: [Station.Attachment]
    /// For each station that has a cable, the networks that it or anything at the other end of its cables is on.
    private let networksBehindCables: [String: Set<String>]
    /// What links make, where it is known who is on it.
    let linkSegments: LinkSegments

    /// - Parameter domains: What the links of the whole layout join, of which `layout` may be a part.
    init(of layout: Layout, in domains: Domains) {
        let networks = Dictionary(layout.networks.map { ($0.declaration.key, $0) }) { first, _ in first }
        taken = Self.addressesOnOverlays(of: layout)
        var cabled: [String: [Station.Attachment]] = [:]
        let host = layout.fabric?.host(layout.fabric?.played)
        linkSegments = LinkSegments(of: layout, domains)
        // An interface may be on a network by way of a bridge that one of the network's containers has.
        let routed = Set(
            layout.devices.filter { VRF.kinds.contains($0.device.kind) }.flatMap { vrf in
                vrf.ports.map {
                    Layout.DeviceLink.Interface(container: vrf.interface.container, name: $0.interface)
                }
            })
        let joined = Dictionary(networks.map { (domains.domain(of: $1, on: host?.name), $0) }) { first, _ in first }
        func attach(_ addresses: [InterfaceAddress], _ interface: Layout.DeviceLink.Interface) {
            let domain = domains.domain(of: interface)
            let segment = joined[domain].map { Station.Segment.network($0) } ?? .domain(domain)
            let mtu = domains.mtu(of: interface)
            cabled[interface.container, default: []] += addresses.map {
                .init(segment: segment, address: $0, mtu: mtu, isInVRF: routed.contains(interface))
            }
        }
        for end in layout.cables.flatMap({ [$0.first, $0.second] }) {
            attach(end.addresses, .init(container: end.container, name: end.interface))
        }
        for device in layout.devices { attach(device.addresses, device.interface) }
        all = layout.containers.filter(\.hasInterfaces).map {
            Station(of: $0, on: networks, cables: cabled[$0.name] ?? [])
        }
        self.networks = networks
        onHost = host.flatMap { cabled[$0.namespace] } ?? []
        networksBehindCables = Self.networksBehindCables(of: layout)
    }

    /// Whether the station has a cable, over which routes may lead that the file does not know.
    func hasCable(_ station: Station) -> Bool { networksBehindCables[station.name] != nil }

    /// Whether cables lead from the station to something on `network`.
    func isCabled(_ station: Station, to network: String) -> Bool {
        networksBehindCables[station.name]?.contains(network) ?? false
    }

    private static func addressesOnOverlays(of layout: Layout) -> [String: Set<IPAddress>] {
        var taken: [String: Set<IPAddress>] = [:]
        for network in layout.networks where network.overlay != nil {
            let others = network.remotes.flatMap { $0.addresses.map(\.address) }
            taken[network.declaration.key] = Set(network.segments.map(\.gateway) + others)
        }
        for container in layout.containers {
            for endpoint in container.endpoints where taken[endpoint.network] != nil {
                taken[endpoint.network]?.formUnion(endpoint.addresses.map(\.address))
            }
        }
        return taken
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
        var networks = Dictionary(layout.containers.map { ($0.name, $0.endpoints.map(\.network)) }) { $0 + $1 }
        if let fabric = layout.fabric, let host = fabric.host(fabric.played) {
            networks[host.namespace] = layout.networks.map(\.declaration.key)
        }
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
