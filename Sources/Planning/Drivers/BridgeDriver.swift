import Addressing
import Topology

/// Docker's bridge: a bridge with the gateway's address, and a veth pair per endpoint with `eth0` in the sandbox.
enum BridgeDriver: Driver {
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject] {
        let endpoints = layout.containers.filter { $0.sandbox == .own }.flatMap { container in
            container.endpoints.filter { $0.network == network.declaration.key }
                .map { BridgeEndpoint(endpoint: $0, container: container, network: network, layout: layout) }
        }
        return bridge(network, in: layout, ports: endpoints.map(\.port)) + endpoints.flatMap(\.objects)
    }

    /// The bridge itself, up only after its `ports`: one that is up floods every joining port with multicast.
    private static func bridge(
        _ network: Layout.Network, in layout: Layout, ports: [BridgePort]
    ) -> [KernelObject] {
        let name = network.bridge
        let hasIPv6 = network.segments.contains { $0.subnet.family == .v6 }
        let owner = network.declaration.isPredefinedBridge ? OwnershipMark.sharedTopology : layout.name
        let mark = OwnershipMark(topology: owner, part: network.declaration.key)
        let link = Link(
            namespace: .host, name: name, kind: .bridge, mac: MACAddress(bridge: network.name),
            mtu: network.mtu, alias: mark.text,
            alternativeName: network.name == name ? nil : network.name,
            group: mark.linkGroup)
        let sysctls: [Sysctl] =
            [
                .interface(.host, name, family: "ipv6", "disable_ipv6", hasIPv6 ? "0" : "1"),
                .interface(.host, name, family: "ipv6", "accept_ra", "0"),
            ] + (hasIPv6 ? [.interface(.host, name, family: "ipv6", "accept_dad", "0")] : [])
        var objects: [KernelObject] = [.link(link)] + sysctls.map { .sysctl($0) }
        objects.append(.up(LinkUp(namespace: .host, link: name, after: ports.map(\.id) + sysctls.map(\.id))))
        objects += network.segments.filter { network.hasBridgeAddress($0.subnet.family) }.map { segment in
            .address(
                Address(namespace: .host, link: name, address: InterfaceAddress(segment.gateway, in: segment.subnet)))
        }
        return objects
    }
}

/// One endpoint of a bridge network.
private struct BridgeEndpoint {
    let endpoint: Layout.Endpoint
    let container: Layout.Container
    let network: Layout.Network
    let layout: Layout

    var namespace: Namespace { .named(container.name) }
    var interface: String { endpoint.interface }
    /// The pair's end on the host: a name that is the same in every run.
    var hostEnd: String { layout.hostEnd(of: container, on: network) }
    var port: BridgePort {
        let isPublished = container.ports.contains { $0.network == network.declaration.key }
        return BridgePort(namespace: .host, link: hostEnd, bridge: network.bridge, isHairpin: isPublished)
    }

    private var mark: OwnershipMark { OwnershipMark(topology: layout.name, part: network.declaration.key) }

    var objects: [KernelObject] {
        let addresses = (endpoint.addresses + endpoint.linkLocalAddresses).map {
            Address(namespace: namespace, link: interface, address: $0)
        }
        let sysctls = sysctls(hasIPv6: addresses.contains { $0.address.address.family == .v6 })
        let end = Link.Peer(namespace: namespace, name: interface, mac: endpoint.mac)
        let pair = Link(
            namespace: .host, name: hostEnd, kind: .veth(peer: end), mtu: network.mtu, alias: mark.text,
            alternativeName: Self.alternativeName("\(container.name).\(interface)"), group: mark.linkGroup)
        let up = LinkUp(namespace: namespace, link: interface, after: sysctls.map(\.id))
        return [.link(pair), .port(port), .up(LinkUp(namespace: .host, link: hostEnd)), .up(up)]
            + sysctls.map { .sysctl($0) } + addresses.map { .address($0) } + defaultRoutes.map { .route($0) }
    }

    private func sysctls(hasIPv6: Bool) -> [Sysctl] {
        let values = [("disable_ipv6", hasIPv6 ? "0" : "1")] + (hasIPv6 ? [("accept_dad", "0")] : [])
        let own = values.map { Sysctl.interface(namespace, interface, family: "ipv6", $0, $1) }
        let declared = endpoint.settings.map { setting in
            Sysctl(namespace: namespace, path: setting.path, value: setting.value, link: interface)
        }
        return own.filter { own in !declared.contains { $0.id == own.id } } + declared
    }

    private var defaultRoutes: [Route] {
        network.segments.compactMap { segment in
            let family = segment.subnet.family
            guard endpoint.defaultGatewayFor.contains(family),
                let via = endpoint.addresses.first(where: { segment.subnet.contains($0.address) })
            else { return nil }
            return Route(
                namespace: namespace, destination: .everything(family), gateway: segment.gateway, link: interface,
                via: via)
        }
    }

    /// `name`, unless it is too long for the kernel (`ALTIFNAMSIZ`, linux/if.h).
    static func alternativeName(_ name: String) -> String? { name.utf8.count < 128 ? name : nil }
}

extension Layout {
    /// Name of the end, on the host, of the pair that puts `container` on a bridge network.
    func hostEnd(of container: Container, on network: Network) -> String {
        "veth" + StableHash.hex("\(name)/\(container.name)/\(network.declaration.key)", digits: 11)
    }
}

extension Layout.Network {
    /// Largest layer-3 packet of the bridge and its endpoints, in bytes.
    var mtu: UInt32 { declaration.mtu ?? 1500 }

    /// Whether the host has the gateway's address of `family`; otherwise it takes no part in the network, or another does.
    func hasBridgeAddress(_ family: IPFamily) -> Bool {
        let options = declaration.options
        return options.gatewayMode(family) != .isolated && !(family == .v4 && options.inhibitsIPv4)
    }
}

extension Subnet {
    /// The destination of a default route.
    static func everything(_ family: IPFamily) -> Subnet {
        guard let subnet = Subnet(containing: IPAddress(family, bits: 0), prefixLength: 0) else {
            preconditionFailure("a prefix of length 0 is in range")
        }
        return subnet
    }
}

extension MACAddress {
    /// A bridge's own address, which must not change with its ports: `02:42:` and four bytes of its network's name.
    init(bridge network: String) {
        self.init(bits: 0x0242_0000_0000 | StableHash.value(network) & 0xffff_ffff)
    }
}
