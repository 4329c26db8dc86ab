import Addressing
public import YAML

extension Layout {
    /// The layout of `topology`, with every choice made: the same for the same arguments.
    ///
    /// - Parameters:
    ///   - topology: What the file says.
    ///   - leases: What earlier layouts chose; what still fits is kept.
    ///   - surroundings: What the choices must avoid on this machine.
    ///   - host: The host that this machine is; `nil` where it is all of them, a lab.
    /// - Throws: What is wrong with the topology, or what the pools and port ranges can't provide.
    public init(
        of topology: Topology, leases: Leases, surroundings: Surroundings, host: String? = nil
    ) throws(Diagnostics) {
        let findings = topology.findings
        guard findings.isEmpty else { throw Diagnostics(findings) }
        var builder = LayoutBuilder(topology, leases, surroundings, played: host)
        let layout = builder.layout()
        guard builder.findings.isEmpty else { throw Diagnostics(builder.findings) }
        self = layout
    }
}

extension Topology {
    /// What a lab's file says of networks that the machine has.
    fileprivate func networksOutsideLab(_ surroundings: Surroundings) -> [Diagnostic] {
        networks.filter { surroundings.externalNetworks[$0.key] != nil }.map { network in
            Diagnostic(
                "network `\(network.key)` is external, and the hosts are namespaces, which have no network of this machine",
                at: network.mark(of: "external"),
                hint: "leave `external` out, or apply one host's part with --host")
        }
    }
}

/// Lays a topology out that has no findings.
struct LayoutBuilder {
    let topology: Topology
    let leases: Leases
    let surroundings: Surroundings
    let networks: [String: Topology.Network]
    let services: [String: Topology.Service]
    let sandboxes: Sandboxes
    /// The host that this machine is, if it is one.
    let played: String?

    var findings: [Diagnostic] = []
    var newLeases = Leases()
    /// The tunnels of `links` and of networks where these are, which the kernel must be able to tell apart.
    var tunnels = Uses<PlacedTunnel>()
    /// The subnets of each network with the bridge's addresses.
    private(set) var gateways: [String: [Layout.Network.Segment]] = [:]

    init(_ topology: Topology, _ leases: Leases, _ surroundings: Surroundings, played: String?) {
        let onLinks = topology.networksOnLinks
        let topology = topology.resolving(surroundings.externalNetworks.merging(onLinks) { $1 })
        self.topology = topology
        self.played = played
        // What is on one machine alone must not decide what all of them have to agree about.
        self.leases = played == nil ? leases : leases.local(to: topology)
        // In a lab hosts have nothing of the machine's but its names, and its kernel.
        let isLab = played == nil && !topology.hosts.isEmpty
        var around =
            isLab
            ? Surroundings(resolver: surroundings.resolver, translatesClients: surroundings.translatesClients)
            : surroundings
        around.externalNetworks.merge(onLinks) { $1 }
        self.surroundings = around
        networks = topology.networksByKey
        services = topology.servicesByName
        sandboxes = Sandboxes(of: topology)
        if isLab { findings = topology.networksOutsideLab(surroundings) }
    }

    mutating func layout() -> Layout {
        guard findings.isEmpty else { return Layout(name: topology.name) }
        var subnets = SubnetChoice(topology, leases, surroundings)
        let pools = subnets.pools()
        findings += subnets.findings
        guard findings.isEmpty else { return Layout(name: topology.name) }
        gateways = pools.mapValues { pools in
            pools.compactMap { pool in pool.gateway.map { .init(subnet: pool.subnet, gateway: $0) } }
        }
        .merging(surroundings.externalNetworks.mapValues(\.network.segments)) { $1 }
        let containers = containers(pools)
        recordLeases(containers)
        var layout = Layout(
            name: topology.name, networks: layoutNetworks(), containers: containers,
            leases: newLeases)
        claimTunnels(of: layout.networks)
        for link in topology.cables { if let cable = cable(link) { layout.cables.append(cable) } }
        for link in topology.devices { layout.devices += devices(link, containers) }
        fitNetworksOnLinks(of: &layout)
        findings += linkFindings(of: layout)
        reportMachineRules()
        reportSharedSegments(layout.networks)
        layout.fabric = FabricLayout(topology: topology).fabric(played: played)
        return layout
    }

    private mutating func layoutNetworks() -> [Layout.Network] {
        var overlays = OverlayChoice(topology)
        var routed = RoutedChoice(topology)
        var parents = ParentChoice(topology, surroundings, played: played)
        defer { findings += parents.findings }
        return topology.networks.filter(\.driver.hasSubnets).map { declaration in
            if let external = surroundings.externalNetworks[declaration.key] {
                return external.network(declaredAs: declaration)
            }
            let segments = gateways[declaration.key] ?? []
            var network = Layout.Network(
                declaration: declaration, name: topology.dockerName(of: declaration),
                bridge: topology.bridgeName(of: declaration), segments: segments)
            network.overlay = overlays.overlay(of: declaration, segments)
            network.parent = parents.parent(of: declaration)
            network.routed = routed.routed(declaration)
            return network
        }
    }

    private mutating func containers(_ pools: [String: [AddressPool]]) -> [Layout.Container] {
        var containers: [Layout.Container] = []
        var services: [Topology.Service] = []
        for service in topology.services {
            for (index, name) in topology.containerNames(of: service).enumerated() {
                var container = Layout.Container(
                    name: name, service: service.name, index: index + 1, sandbox: sandbox(of: service),
                    hostname: service.hostname, domainName: service.domainName)
                container.host = service.host
                container.privateNetwork = service.mode == .none ? Topology.Network.noneKey : nil
                containers.append(container)
                services.append(service)
            }
        }
        connect(&containers, services, pools)
        let names = networks.mapValues { topology.dockerName(of: $0) }
        for index in containers.indices {
            containers[index].chooseDefaultGateways(networks, names: names)
            reportClash(of: services[index], containers[index])
            containers[index].extraHosts = extraHosts(of: services[index], containers[index])
            containers[index].resolver = resolver(of: services[index])
            containers[index].settings = services[index].settings
            containers[index].exposed = containers[index].endpoints.isEmpty ? [] : services[index].exposed
        }
        link(&containers, services)
        publish(&containers, services)
        return containers
    }

    private func sandbox(of service: Topology.Service) -> Layout.Container.Sandbox {
        switch service.mode {
        case .attached, .none:
            guard let reference = service.namespace else { return .own }
            return .joined(.init(reference, routed: surroundings.routedFamilies[service.name] ?? []))
        case .host: return .host
        case .service, .container:
            switch sandboxes.knownOwner(of: service) {
            case .container(let name, _)?, .host(let name, _)?: return .shared(name)
            case .outside(let name)?: return .outside(name)
            case nil: return .host
            }
        }
    }

    /// A service that asks for the default route by `gw_priority`, and whose namespace has one already.
    private mutating func reportClash(of service: Topology.Service, _ container: Layout.Container) {
        guard case .joined(let namespace) = container.sandbox, let family = namespace.routed.min() else { return }
        for attachment in service.mode.attachments where attachment.gatewayPriority > 0 {
            findings.append(
                Diagnostic(
                    "gw_priority of \(service.title) asks for the default route, but namespace \(namespace.reference) has one for \(family.name)",
                    at: attachment.mark(of: "gw_priority"),
                    hint: "leave gw_priority out, and the namespace keeps its route; or delete that"))
        }
    }

    private mutating func recordLeases(_ containers: [Layout.Container]) {
        newLeases.subnets = gateways.filter { networks[$0.key]?.isExternal == false }.mapValues { $0.map(\.subnet) }
        for container in containers {
            for endpoint in container.endpoints {
                newLeases.addresses[container.name, default: [:]][endpoint.network] = endpoint.addresses.map(\.address)
            }
        }
    }
}
