import Addressing
import Topology

extension Stations {
    /// Every published port leads to its container: from the host, from a neighbour, and from each other open network.
    func ports(of layout: Layout) -> [Promise] {
        let visitors = Visitors(stations: self)
        var owners: [IPAddress: Station] = [:]
        for station in all {
            for attachment in station.attachments where segment(of: attachment) != nil {
                owners[attachment.address.address] = station
            }
        }
        let published = layout.containers.flatMap(\.ports).flatMap { port -> [Promise] in
            guard let owner = owners[port.address], let network = networks[port.network],
                !network.declaration.isInternal,
                // Where the host has no address of its own (`inhibit_ipv4`), it has no way to the container.
                network.isForeign || network.hasBridgeAddress(port.address.family),
                let gateway = network.segments.first(where: { $0.subnet.contains(port.address) })?.gateway
            else { return [] }
            let known = network.hasBridgeAddress(port.address.family) ? gateway : nil
            return promises(port, of: owner, gateway: known, hasLoopback: !network.isForeign, visitors: visitors)
        }
        let open = layout.containers.flatMap(\.openPorts).flatMap { port -> [Promise] in
            owners[port.address].map { promises(port, of: $0, visitors: visitors) } ?? []
        }
        return published + open
    }

    /// A port that is open at the container's own address is found there by whoever has a way to it.
    private func promises(_ port: Layout.OpenPort, of owner: Station, visitors: Visitors) -> [Promise] {
        let family = port.address.family
        var seen: Set<String> = []
        let clients = visitors.of(family, owner: owner).map(\.station).filter { station in
            guard seen.insert(station.name).inserted else { return false }
            return switch station.way(to: port.address) {
            case .direct(.network(let key)): networks[key]?.declaration.options.connectsEndpoints ?? false
            case .gateway: !station.closedGateways.contains(family)
            case .direct(.domain), .none, .ambiguous: false
            }
        }
        return ([.host] + clients.map(\.namespace)).map {
            Promise(from: $0, to: owner.namespace, trial: .port(.init(port)))
        }
    }

    private func promises(
        _ port: Layout.Port, of owner: Station, gateway: IPAddress?, hasLoopback: Bool, visitors: Visitors
    ) -> [Promise] {
        func promise(from: Namespace, at address: IPAddress) -> Promise {
            Promise(from: from, to: owner.namespace, trial: .port(.init(port, at: address)))
        }
        let fromHost = port.hostAddresses(gateway: gateway, hasLoopback: hasLoopback).map {
            promise(from: .host, at: $0)
        }
        let fromVisitors = visitors.of(port.clientFamily, owner: owner).filter { port.isPublished(at: $0.gateway) }
            .map {
                promise(from: $0.station.namespace, at: $0.gateway)
            }
        return fromHost + fromVisitors
    }
}

extension Layout.Port {
    /// Whether the port is published at `address` of the host.
    fileprivate func isPublished(at address: IPAddress) -> Bool {
        guard address.family == clientFamily else { return false }
        guard let hostAddress, !hostAddress.isUnspecified else { return true }
        return hostAddress == address
    }

    /// The addresses at which the host itself finds the port, of those that are known without asking it.
    ///
    /// There is no way from `::1` to another interface as there is from 127.0.0.1 (`route_localnet`, ip-sysctl), but one through
    /// the translator.
    ///
    /// - Parameter hasLoopback: Whether packets from 127.0.0.1 may leave by the bridge.
    fileprivate func hostAddresses(gateway: IPAddress?, hasLoopback: Bool) -> [IPAddress] {
        if let hostAddress, !hostAddress.isUnspecified {
            return hostAddress.isLoopback && !hasLoopback && !isTranslated ? [] : [hostAddress]
        }
        if isTranslated { return [.loopback(.v6)] }
        let gateways = gateway.map { [$0] } ?? []
        return address.family == .v4 && hasLoopback ? gateways + [.loopback(.v4)] : gateways
    }
}

/// Who tries published ports: of each open network and family the first two stations, so that one is not the owner.
private struct Visitors {
    struct Visitor {
        var station: Station
        var network: String
        var gateway: IPAddress
    }

    private var visitors: [IPFamily: [Visitor]] = [:]

    init(stations: Stations) {
        var counts: [Station.Segment: [IPFamily: Int]] = [:]
        for station in stations.all {
            for attachment in station.attachments {
                let family = attachment.address.address.family
                guard case .network(let key) = attachment.segment, let segment = stations.segment(of: attachment),
                    let network = stations.networks[key], !network.declaration.isInternal,
                    network.hasBridgeAddress(family),
                    station.way(to: segment.gateway) == .direct(attachment.segment),
                    counts[attachment.segment]?[family] ?? 0 < 2
                else { continue }
                counts[attachment.segment, default: [:]][family, default: 0] += 1
                visitors[family, default: []].append(
                    Visitor(station: station, network: key, gateway: segment.gateway))
            }
        }
    }

    /// One visitor of each network, other than the owner.
    func of(_ family: IPFamily, owner: Station) -> [Visitor] {
        var seen: Set<String> = []
        return (visitors[family] ?? []).filter {
            $0.station.name != owner.name && seen.insert($0.network).inserted
        }
    }
}
