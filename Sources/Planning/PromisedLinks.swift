import Addressing
import Topology

/// The echoes over `links:` that end at a host itself, or lead from one host's containers to another's.
struct LinkEchoes {
    /// Someone with an interface of `links:`.
    private struct End {
        var station: Station
        /// What links give it.
        var links: [Station.Attachment]
        var host: String
        /// Whether it is the host itself.
        var isHost: Bool
        /// Whether this machine makes it.
        var isHere: Bool
    }

    /// What a network on a bridge of links is a part of, and the largest packet, in bytes, that passes everywhere there.
    fileprivate struct Joined {
        var segment: Station.Segment
        var mtu: UInt32
    }

    private let ends: [End]

    init(of whole: Layout, _ domains: Domains) {
        guard let fabric = whole.fabric, !whole.cables.isEmpty || !whole.devices.isEmpty else {
            ends = []
            return
        }
        let parts = HostParts(of: whole, fabric)
        let isLab = fabric.played == nil
        ends = fabric.hosts.flatMap { host -> [End] in
            let stations = Stations(of: parts.part(of: host), in: domains)
            let isHere = isLab || host.name == fabric.played
            // Networks on bridges of links are what the links join, whichever host looks.
            let joined = stations.networks.filter { $1.declaration.hasBridgeOfLinks }.mapValues { network in
                Joined(
                    segment: .domain(domains.domain(of: network, on: host.name)),
                    mtu: domains.mtu(of: .init(container: host.namespace, name: network.bridge)))
            }
            let own = stations.onHost.map { $0.replacing(joined) }
            let itself = Station(
                host, in: isLab ? .named(host.namespace) : .host, links: own, stations.networks, domains)
            return [End(station: itself, links: own, host: host.name, isHost: true, isHere: isHere)]
                + stations.all.map { station in
                    let station = station.replacing(joined)
                    let links = station.attachments.filter { if case .domain = $0.segment { true } else { false } }
                    return End(station: station, links: links, host: host.name, isHost: false, isHere: isHere)
                }
        }.filter { !$0.links.isEmpty }
    }

    /// Each end reaches every address beside one of its own; what is further away the file does not decide.
    var promises: [Promise] {
        ends.filter(\.isHere).flatMap { from in
            ends.filter { isNew($0, from) }.flatMap { to in
                to.links.compactMap { target in
                    guard let mtu = from.station.mtu(beside: target, of: to.station) else { return nil }
                    return Promise(
                        from: from.station.namespace, to: to.isHere ? to.station.namespace : nil,
                        trial: .echo(target.address.address, packet: mtu))
                }
            }
        }
    }

    /// Whether nobody else promises what is between `from` and `to`: containers of one host are looked at together.
    private func isNew(_ to: End, _ from: End) -> Bool {
        to.station.name != from.station.name && (to.host != from.host || to.isHost || from.isHost)
    }
}

extension Station {
    /// A host with its `links`, its address on the underlay, and those that its bridges have.
    fileprivate init(
        _ host: Layout.Host, in namespace: Namespace, links: [Attachment], _ networks: [String: Layout.Network],
        _ domains: Domains
    ) {
        let underlay = host.addresses.map {
            Attachment(segment: .domain(domains.domain(of: host.underlay)), address: $0, mtu: host.mtu)
        }
        let bridges = networks.values.flatMap { network in
            network.segments.filter { network.hasBridgeAddress($0.subnet.family) && !network.isForeign }.map {
                segment in
                Attachment(
                    segment: .network(network.declaration.key),
                    address: InterfaceAddress(segment.gateway, in: segment.subnet), mtu: network.mtu)
            }
        }
        self.init(
            name: host.namespace, namespace: namespace, isJoined: false, attachments: links + underlay + bridges,
            gateways: [:], closedGateways: [], outerGateways: [])
    }

    /// The largest packet, in bytes, to `target` of `other`, where packets go straight there and the answers straight back.
    fileprivate func mtu(beside target: Attachment, of other: Station) -> UInt32? {
        guard way(to: target.address.address) == .direct(target.segment), !needsVRF(to: target.segment),
            let source = attachments.first(where: {
                $0.segment == target.segment && $0.address.subnet.contains(target.address.address)
            }), other.way(to: source.address.address) == .direct(target.segment)
        else { return nil }
        return min(source.mtu, target.mtu)
    }

    /// The station with what `segments` say of the networks by these keys.
    fileprivate func replacing(_ segments: [String: LinkEchoes.Joined]) -> Station {
        Station(
            name: name, namespace: namespace, isJoined: isJoined,
            attachments: attachments.map { $0.replacing(segments) },
            gateways: gateways, closedGateways: closedGateways, outerGateways: outerGateways)
    }
}

extension Station.Attachment {
    /// The attachment, to what `segments` say of its network.
    fileprivate func replacing(_ segments: [String: LinkEchoes.Joined]) -> Self {
        guard case .network(let key) = segment, let other = segments[key] else { return self }
        var copy = self
        copy.segment = other.segment
        copy.mtu = min(mtu, other.mtu)
        return copy
    }
}
