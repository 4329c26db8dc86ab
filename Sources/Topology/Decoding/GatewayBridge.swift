import YAML

extension Topology.Network {
    /// Gives the network what Docker creates `docker_gwbridge` with (moby libnetwork/default_gateway_linux.go); the file
    /// may say otherwise.
    mutating func becomeGatewayBridge() {
        name = name ?? Self.gatewayBridgeKey
        bridgeName = Self.gatewayBridgeKey
        options.connectsEndpoints = false
        driverOptions = [
            "com.docker.network.bridge.enable_icc": "false", "com.docker.network.bridge.enable_ip_masquerade": "true",
            "com.docker.network.bridge.name": Self.gatewayBridgeKey,
        ]
    }
}

extension Topology {
    /// Puts services on overlays that have no other way out on the gateway bridge of their host, after all other networks.
    ///
    /// A bridge network that is not internal is such a way (moby libnetwork/default_gateway.go, needDefaultGW).
    mutating func addGatewayBridge() {
        let declared = networksByKey
        var firstMark: Mark?
        for index in services.indices {
            guard case .attached(var attachments) = services[index].mode else { continue }
            let open = attachments.compactMap { declared[$0.network] }.filter { !$0.isInternal }
            guard let overlay = attachments.first(where: { declared[$0.network]?.isOpenOverlay ?? false }),
                !open.contains(where: { $0.driver.hasBridge })
            else { continue }
            var attachment = Service.Attachment(network: Network.gatewayBridgeKey, mark: overlay.mark)
            attachment.priority = .min
            attachments.append(attachment)
            services[index].mode = .attached(attachments)
            firstMark = firstMark ?? overlay.mark
        }
        guard let firstMark, declared[Network.gatewayBridgeKey] == nil else { return }
        var network = Network(key: Network.gatewayBridgeKey, mark: firstMark)
        network.becomeGatewayBridge()
        networks.append(network)
    }

    /// Tells services that say no host where they are: with the service whose network they share, or on the only host.
    mutating func placeServices() {
        guard !hosts.isEmpty else { return }
        let owners = Sandboxes(of: self)
        let places = servicesByName
        for index in services.indices where services[index].host == nil {
            if let owner = owners.knownOwner(of: services[index])?.service, owner != services[index].name {
                services[index].host = places[owner]?.host
            }
            if services[index].host == nil, hosts.count == 1 { services[index].host = hosts[0].name }
        }
    }
}

extension Topology.Network {
    fileprivate var isOpenOverlay: Bool { driver == .overlay && !isInternal }
}
