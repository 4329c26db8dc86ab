import Addressing
public import Topology

extension Layout {
    /// Everything that the layout promises about its traffic, sandbox by sandbox in file order.
    ///
    /// Sandboxes on one network reach each other, the host and their gateway; those on different networks do not, nor those on
    /// different segments of links that have one subnet; who is on no network has no way out, and who is on internal ones has one
    /// that ends at the host; published ports lead to their containers; neighbours are known by name.
    /// Where the file does not decide (what is behind cables, say), there is no promise.
    /// - Parameter firewall: Without one nothing but routes keeps apart, and nothing is published.
    public func promises(firewall: FirewallKind) -> [Promise] {
        let sites = sites
        let domains = Domains(of: self)
        let own = sites.map { site in
            site.layout.ownPromises(firewall: firewall, domains).map { $0.relocated(to: site.namespace) }
        }
        let all = own.flatMap(\.self) + DistantEchoes(among: sites, of: self, firewall, domains).promises
        let links = LinkEchoes(of: self, domains).promises
        guard !links.isEmpty else { return all }
        // A bridge of links that is a network's gateway is promised as such.
        let known = Set(all)
        return all + links.filter { !known.contains($0) }
    }

    /// What one machine promises about traffic that does not leave it.
    private func ownPromises(firewall: FirewallKind, _ domains: Domains) -> [Promise] {
        let stations = Stations(of: routed(under: firewall), in: domains)
        return stations.echoes(areIsolated: firewall != .none)
            + stations.hostEchoes
            + stations.waysOut
            + (firewall == .none ? [] : stations.ports(of: self))
            + stations.names(in: self)
    }
}

extension Stations {
    /// Whether every station reaches every address of every other one.
    func echoes(areIsolated: Bool) -> [Promise] {
        all.flatMap { from in
            all.filter { $0.name != from.name }.flatMap { to in
                to.attachments.compactMap { target in
                    isReachable(target, of: to, from: from, areIsolated: areIsolated).map { isReachable in
                        let packet = isReachable ? from.packet(to: target) : nil
                        return Promise(
                            from: from.namespace, to: to.namespace,
                            trial: .echo(target.address.address, packet: packet), isToSucceed: isReachable)
                    }
                }
            }
        }
    }

    /// Whether `from` is to reach `target`; `nil` where the file does not decide.
    private func isReachable(
        _ target: Station.Attachment, of to: Station, from: Station, areIsolated: Bool
    ) -> Bool? {
        let address = target.address.address
        if let network = network(of: target), network.overlay != nil,
            from.isAttached(to: target.segment, in: address.family)
        {
            // To the overlay's other subnets there are routes.
            return true
        }
        switch from.way(to: address) {
        case .direct(target.segment):
            guard !from.needsVRF(to: target.segment), let source = from.source(to: address, on: target.segment) else {
                return nil
            }
            guard to.way(to: source) == .direct(target.segment) else { return nil }
            if let network = network(of: target), network.parent != nil { return network.connectsOnParent }
            return !areIsolated || network(of: target)?.declaration.options.connectsEndpoints ?? true
        case .direct(let segment):
            let isApart =
                isKnownToLack(address, segment) || linkSegments.areApart(from.name, address, segment, target.segment)
            return isApart ? false : nil
        case .ambiguous:
            return nil
        case .gateway where !areIsolated || from.outerGateways.contains(address.family): return nil
        case .gateway where network(of: target)?.parent != nil: return nil
        case .gateway where from.goesByRouter(of: target.segment, to: address):
            guard let network = network(of: target), let source = from.address(on: target.segment, in: address.family),
                to.goesByRouter(of: target.segment, to: source)
            else { return nil }
            // The bridge takes the packet back: it is the router of all of the network's subnets.
            return network.declaration.options.connectsEndpoints
        case .gateway, .none:
            guard !from.isJoined, !to.isJoined, let network = network(of: target),
                !isCabled(from, to: network.declaration.key)
            else { return nil }
            return from.leavesHost(in: address.family) && network.answersEchoesFromOutside(address.family)
        }
    }

    /// Whether `segment` is an overlay on which nobody has `address`, so that it leads to nobody.
    func isKnownToLack(_ address: IPAddress, _ segment: Station.Segment) -> Bool {
        guard case .network(let key) = segment, let taken = taken[key] else { return false }
        return !taken.contains(address)
    }

    private func network(of attachment: Station.Attachment) -> Layout.Network? {
        guard case .network(let key) = attachment.segment else { return nil }
        return networks[key]
    }

    /// The host reaches every endpoint, and every endpoint its gateway.
    var hostEchoes: [Promise] {
        all.flatMap { station in
            station.attachments.flatMap { attachment -> [Promise] in
                let address = attachment.address.address
                guard let segment = segment(of: attachment),
                    network(of: attachment)?.hasBridgeAddress(address.family) ?? false,
                    station.way(to: segment.gateway) == .direct(attachment.segment)
                else { return [] }
                return [
                    Promise(from: .host, to: station.namespace, trial: .echo(address, packet: attachment.mtu)),
                    Promise(
                        from: station.namespace, to: .host, trial: .echo(segment.gateway, packet: attachment.mtu)),
                ]
            }
        }
    }

    /// A default route for who is on an open network, and none for who is on none at all.
    ///
    /// On internal networks there is a route where there are rules, which take away what it is good for.
    var waysOut: [Promise] {
        let families = IPFamily.allCases.filter { family in
            family == .v4 || all.contains { $0.attachments.contains { $0.address.address.family == .v6 } }
        }
        return all.flatMap { station in
            families.compactMap { family in
                if station.isJoined, station.gateways[family] == nil { return nil }
                if station.closedGateways.contains(family) { return nil }
                if station.gateways[family] != nil {
                    return Promise(from: station.namespace, to: nil, trial: .wayOut(family))
                }
                // Who has another family's way out is not shut in; and a cable may well lead out.
                guard station.gateways.isEmpty, !hasCable(station) else { return nil }
                return Promise(from: station.namespace, to: nil, trial: .wayOut(family), isToSucceed: false)
            }
        }
    }

    /// Each sandbox knows the names on its networks.
    func names(in layout: Layout) -> [Promise] {
        var lines: [String: [Promise.HostName]] = [:]
        let containers = layout.containers.filter(\.hasInterfaces)
        for container in containers {
            for endpoint in container.endpoints where networks[endpoint.network] != nil {
                let names = container.names(on: endpoint, of: layout.name)
                lines[container.circle(on: endpoint), default: []] += endpoint.addresses.map {
                    Promise.HostName(
                        container: container.namespace.map { "\($0)" } ?? container.name, address: $0.address,
                        names: names)
                }
            }
        }
        for network in layout.networks {
            for remote in network.remotes {
                lines[network.declaration.key, default: []] += remote.addresses.map {
                    Promise.HostName(container: remote.container, address: $0.address, names: remote.names)
                }
            }
        }
        return containers.compactMap { container in
            // The lists are shared, so that a thousand neighbours do not make a million lines.
            let lists = container.endpoints.compactMap { lines[container.circle(on: $0)] }.map { lines in
                container.hasIPv6Loopback ? lines : lines.filter { $0.address.family == .v4 }
            }
            guard let namespace = container.namespace, case .named = namespace else { return nil }
            return lists.isEmpty ? nil : Promise(from: namespace, to: nil, trial: .names(lists))
        }
    }

    func segment(of attachment: Station.Attachment) -> Layout.Network.Segment? {
        guard case .network(let key) = attachment.segment else { return nil }
        return networks[key]?.segments.first { $0.subnet.contains(attachment.address.address) }
    }
}

extension Layout.Network {
    /// Whether the rules let echo requests in that are bound for an endpoint's own address.
    fileprivate func answersEchoesFromOutside(_ family: IPFamily) -> Bool {
        guard !declaration.isInternal, overlay == nil else { return false }
        switch declaration.options.gatewayMode(family) {
        case .routed, .natUnprotected: return true
        case .nat, .isolated: return false
        }
    }
}
