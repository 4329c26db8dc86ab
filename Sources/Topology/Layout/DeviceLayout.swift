public import Addressing
public import Links
import YAML

extension Layout {
    /// An interface of `links:` that is no end of a cable, with everything chosen.
    public struct DeviceLink: Hashable, Sendable, Codable {
        /// An interface of a sandbox, or of a host.
        public struct Interface: Hashable, Sendable, Codable {
            /// Name of the namespace; of a host, that which stands for it in a lab.
            public var container: String
            /// Name of the interface.
            public var name: String

            /// The interface `name` of the namespace `container`.
            public init(container: String, name: String) {
                self.container = container
                self.name = name
            }
        }

        /// The interface.
        public var interface: Interface
        /// The kind with its settings.
        public var device: Device
        /// The interface below.
        public var parent: Interface?
        /// The other end's interface, if it is a tunnel's.
        public var peer: Interface?
        /// Addresses of the interface.
        public var addresses: [InterfaceAddress]
        /// Ethernet address of the interface, where it has one of its own.
        public var mac: MACAddress?
        /// Largest layer-3 packet, in bytes; the kernel's choice if absent.
        public var mtu: UInt32?
        /// What becomes a port of it.
        public var ports: [Topology.DeviceLink.Port]
        /// Routes that lead out by it.
        public var routes: [Topology.Route]
        /// Rules that choose the table by which packets are routed.
        public var rules: [Topology.Rule]
        /// Ethernet addresses of neighbours.
        public var neighbours: [Topology.Neighbour]
        /// Where a tunnel sends the frames for Ethernet addresses.
        public var forwarding: [Topology.Forwarding]
    }
}

/// An address that a tunnel can go through, and the largest packet of its interface.
private struct Underlay: Hashable {
    var address: InterfaceAddress
    var mtu: UInt32
}

/// A tunnel where it has to be told from others.
struct PlacedTunnel: Hashable {
    /// Name of the namespace.
    var container: String
    /// What the kernel tells it apart by.
    var identity: TunnelIdentity
}

extension LayoutBuilder {
    /// The interfaces of the link, a tunnel's with the addresses of both its ends.
    mutating func devices(_ link: Topology.DeviceLink, _ containers: [Layout.Container]) -> [Layout.DeviceLink] {
        let interfaces = link.ends.compactMap { interface($0.place, $0.interface) }
        guard interfaces.count == link.ends.count, let first = link.ends.first else { return [] }
        let parent = link.parent.flatMap { interface($0.place ?? first.place, $0.interface) }
        var devices = [link.device]
        var mtu = link.mtu
        if link.ends.count == 2 {
            let sides = interfaces.map { underlays(of: $0.container, containers) }
            guard let ends = tunnelEnds(of: link, sides) else { return [] }
            devices = [link.device.between(ends.0, ends.1), link.device.mirrored.between(ends.1, ends.0)]
            guard claim(link, zip(interfaces, devices)) else { return [] }
            let least = zip(sides, [ends.0, ends.1]).compactMap { $0.first(at: $1)?.mtu }.min()
            let overhead = devices.map { $0.overhead(over: ends.0.family) }.max() ?? 0
            mtu = mtu ?? least.map { $0 - min($0, overhead) }
        }
        return link.ends.indices.map { index in
            let end = link.ends[index]
            return Layout.DeviceLink(
                interface: interfaces[index], device: devices[index], parent: parent,
                peer: interfaces.count == 2 ? interfaces[1 - index] : nil, addresses: end.addresses,
                mac: mac(of: end, interfaces[index], devices[index]), mtu: mtu, ports: link.ports,
                routes: end.tables.routes, rules: end.tables.rules, neighbours: end.tables.neighbours,
                forwarding: end.tables.forwarding)
        }
    }

    /// Whether the kernel can tell the tunnel from the others; otherwise it is reported.
    ///
    /// Of tunnels whose ends are all written alike the topology's findings tell; the others meet only here.
    private mutating func claim(
        _ link: Topology.DeviceLink, _ ends: some Sequence<(Layout.DeviceLink.Interface, Device)>
    ) -> Bool {
        for (interface, device) in ends {
            guard let identity = device.tunnelIdentity else { continue }
            let place = PlacedTunnel(container: interface.container, identity: identity)
            guard let other = tunnels.claim(place, for: quoted(interface.name)) else { continue }
            let kind = linkTitle(link.device.kind)
            let hasKey = if case .gre = link.device { true } else { false }
            findings.append(
                Diagnostic(
                    "\(quoted(interface.name)) of \(interface.container) is \(kind) \(identity.ends), and so is \(other)",
                    at: link.marks["key"] ?? link.mark, hint: LinkClashes.hint(hasKey: hasKey)))
            return false
        }
        return true
    }

    private func interface(_ place: Topology.Place, _ name: String) -> Layout.DeviceLink.Interface? {
        sandboxes.namespaceName(of: place).map { .init(container: $0, name: name) }
    }

    /// A link that shares another's address has none of its own, and neither has one without Ethernet frames.
    private func mac(
        of end: Topology.DeviceLink.End, _ interface: Layout.DeviceLink.Interface, _ device: Device
    ) -> MACAddress? {
        if let mac = end.mac { return mac }
        switch device {
        case .ipvlan, .vlan, .macvlan(MACVLAN(.passthru)): return nil
        default:
            let name = "\(topology.name)/\(interface.container):\(interface.name)"
            return device.isEthernet ? MACAddress(of: name) : nil
        }
    }

    /// The addresses of a tunnel's ends in its underlay: those that the file gives, those by which two hosts know each other,
    /// or the only two that share a subnet.
    private mutating func tunnelEnds(
        of link: Topology.DeviceLink, _ underlays: [[Underlay]]
    ) -> (IPAddress, IPAddress)? {
        if let first = link.ends[0].local, let second = link.ends[1].local { return (first, second) }
        if let pair = hostAddresses(of: link) { return pair }
        let candidates = underlays.map { underlays in
            underlays.map(\.address).filter { link.device.underlayFamilies.contains($0.address.family) }
        }
        let pairs = candidates[0].flatMap { first in
            candidates[1].filter { $0.subnet == first.subnet && $0.address != first.address }
                .map { (first.address, $0.address) }
        }
        guard pairs.count == 1 else {
            let services = "\(quoted(link.ends[0].place.name)) and \(quoted(link.ends[1].place.name))"
            let title = linkTitle(link.device.kind)
            findings.append(
                Diagnostic(
                    pairs.isEmpty
                        ? "\(services) share no subnet that \(title) could go through"
                        : "\(services) share several subnets that \(title) could go through",
                    at: link.mark, hint: "give both endpoints their address in the underlay as `local:`"))
            return nil
        }
        return pairs[0]
    }

    /// The addresses of both ends on what connects all hosts, where they are two hosts.
    private func hostAddresses(of link: Topology.DeviceLink) -> (IPAddress, IPAddress)? {
        let hosts = link.ends.compactMap { end in topology.hosts.first { end.place == .host($0.name) } }
        guard hosts.count == 2, hosts[0].name != hosts[1].name else { return nil }
        return link.device.underlayFamilies.sorted().lazy.compactMap { family in
            let own = hosts.compactMap { host in host.addresses.first { $0.address.family == family }?.address }
            return own.count == 2 ? (own[0], own[1]) : nil
        }.first
    }

    /// The addresses that networks and cables give to a sandbox, or that a host has.
    private func underlays(of container: String, _ containers: [Layout.Container]) -> [Underlay] {
        let own = topology.hosts.filter { topology.namespaceName(of: $0) == container }.flatMap { host in
            host.addresses.map { Underlay(address: $0, mtu: host.mtu) }
        }
        let endpoints = containers.filter { $0.name == container }.flatMap(\.endpoints).flatMap { endpoint in
            endpoint.addresses.map { Underlay(address: $0, mtu: networks[endpoint.network]?.mtu ?? 1500) }
        }
        let cabled = topology.cables.flatMap { cable in
            cable.ends.filter { interface($0.place, $0.interface)?.container == container }.flatMap { end in
                end.addresses.map { Underlay(address: $0, mtu: cable.mtu ?? 1500) }
            }
        }
        return own + endpoints + cabled
    }
}

extension [Underlay] {
    /// The interface that has `address`.
    fileprivate func first(at address: IPAddress) -> Underlay? { first { $0.address.address == address } }
}
