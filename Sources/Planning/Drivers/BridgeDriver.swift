public import Addressing
public import Topology

/// Docker's bridge: a bridge with the gateway's address, and a veth pair per endpoint with `eth0` in the sandbox.
enum BridgeDriver: Driver {
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject] {
        let endpoints = endpoints(of: network, in: layout)
        let bridge = network.maker == nil ? bridge(network, in: layout, ports: endpoints.map(\.port)) : []
        return bridge + endpoints.flatMap(\.objects)
    }

    /// The places on the bridge of `network`.
    static func endpoints(of network: Layout.Network, in layout: Layout) -> [BridgedEndpoint] {
        layout.containers.filter(\.hasInterfaces).flatMap { container in
            container.endpoints.filter { $0.network == network.declaration.key }.map { endpoint in
                BridgedEndpoint(
                    endpoint: endpoint, container: container, network: network, layout: layout,
                    bridgeNamespace: .host, bridge: network.bridge,
                    isHairpin: container.ports.contains { $0.network == network.declaration.key })
            }
        }
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

extension Layout.Network {
    /// Whether the bridge is one that is not weft's.
    public var isForeign: Bool { if case .others? = maker { true } else { false } }

    /// Whether the host has the gateway's address of `family`; otherwise it takes no part in the network, or another does.
    public func hasBridgeAddress(_ family: IPFamily) -> Bool {
        let options = declaration.options
        guard overlay == nil, !declaration.driver.sharesParent else { return false }
        if case .others(let addresses)? = maker {
            return segments.contains { $0.subnet.family == family && addresses.contains($0.gateway) }
        }
        return options.gatewayMode(family) != .isolated && !(family == .v4 && options.inhibitsIPv4)
    }
}

extension MACAddress {
    /// A bridge's own address, which must not change with its ports: `02:42:` and four bytes of its network's name.
    init(bridge network: String) {
        self.init(bits: 0x0242_0000_0000 | StableHash.value(network) & 0xffff_ffff)
    }
}
