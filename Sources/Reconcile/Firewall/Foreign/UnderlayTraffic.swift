import Addressing
import Netlink
import Planning
import Topology

/// What another host of a topology and this one send each other to carry an overlay's frames.
struct UnderlayTraffic: Hashable, Sendable {
    /// The networks whose frames these are.
    var networks: [String]
    /// The other host.
    var host: String
    /// Its address.
    var remote: IPAddress
    /// Whether it is the other host that sends.
    var isIncoming: Bool
    var packets: Packets
}

extension UnderlayTraffic {
    /// What carries the overlays of `part`, which is what one host has of a layout.
    ///
    /// - Parameter interface: The interface by which the host reaches an address.
    static func all(for part: Layout, interface: (IPAddress) -> Packets.Interface) -> [UnderlayTraffic] {
        guard let fabric = part.fabric, let own = fabric.host(fabric.played) else { return [] }
        var ways: [Way: [String]] = [:]
        for network in part.networks {
            guard let overlay = network.overlay else { continue }
            for way in Set(overlay.remotes.map({ Way(to: $0, over: overlay) })) {
                ways[way, default: []].append(network.declaration.key)
            }
        }
        return ways.keys.sorted { ($0.host, $0.port) < ($1.host, $1.port) }.flatMap { way -> [UnderlayTraffic] in
            guard let address = own.address(way.remote.family) else { return [] }
            return Self.all(of: ways[way] ?? [], way, own: address, interface(way.remote))
        }
    }

    /// A host by which endpoints of an overlay are reached, and in what their frames are carried.
    private struct Way: Hashable {
        let host: String
        let remote: IPAddress
        let transport: Packets.Transport

        init(to remote: Layout.Network.Remote, over overlay: Layout.Network.Overlay) {
            host = remote.host
            self.remote = remote.tunnelAddress
            transport =
                switch overlay.encapsulation {
                case .vxlan: .udp(destinationPort: overlay.port)
                case .gretap: .gre
                }
        }

        var port: UInt16 { if case .udp(let port) = transport { port } else { 0 } }
    }

    private static func all(
        of networks: [String], _ way: Way, own: IPAddress, _ interface: Packets.Interface
    ) -> [UnderlayTraffic] {
        [Packets.Place.prerouting, .input, .output].map { place in
            let isIncoming = place != .output
            let (source, destination) = isIncoming ? (way.remote, own) : (own, way.remote)
            // Each host chooses source ports of its own, so that nothing is a reply (RFC 7348, section 5).
            let packets = Packets(
                family: own.family, place: place, input: isIncoming ? interface : .none,
                output: isIncoming ? .none : interface,
                source: Subnet(containing: source, prefixLength: source.family.bitWidth),
                destination: Subnet(containing: destination, prefixLength: destination.family.bitWidth),
                transport: way.transport)
            return UnderlayTraffic(
                networks: networks, host: way.host, remote: way.remote, isIncoming: isIncoming, packets: packets)
        }
    }
}

extension NamespaceSnapshot {
    /// The interface by which packets to `address` leave, as the main table has it.
    func interface(towards address: IPAddress) -> Packets.Interface {
        let ways = routes.filter { $0.table == Netlink.Route.mainTable && $0.destination.contains(address) }
        let way = ways.max { $0.destination.prefixLength < $1.destination.prefixLength }
        return link(way?.link).map { .known($0.name, index: $0.index) } ?? .other(than: nil)
    }
}
