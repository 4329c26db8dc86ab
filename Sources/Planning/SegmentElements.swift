import Addressing
import Topology

/// What our tables must know of one subnet of a bridge network.
struct SegmentElements {
    let policy: SegmentPolicy
    /// The topology in the marks of what is true of the bridge itself, which topologies may share: a set has each key only once.
    let bridgeOwner: String
    let topology: String
    let table: NftablesTable

    var elements: [Element] {
        switch policy.scope {
        case .bridge:
            policy.isInternal ? internalElements : openElements + departure + endpointElements + portElements
        case .member: policy.isInternal ? [] : endpointElements + portElements
        case .guest: policy.endpoints.flatMap(guestElements) + endpointElements + portElements
        }
    }

    private var bridge: Element.Part { .interface(policy.bridge) }

    private func element(_ set: NamedSet, _ key: [Element.Part], _ value: Element.Value? = nil) -> Element {
        Element(of: set, key, value: value, comment: OwnershipMark(topology: topology).text)
    }

    private func ofBridge(_ set: NamedSet, _ key: [Element.Part], _ value: Element.Value? = nil) -> Element {
        Element(of: set, key, value: value, comment: OwnershipMark(topology: bridgeOwner).text)
    }

    /// What becomes of what goes from one endpoint to another.
    private var among: Element.Value { policy.connectsEndpoints ? .accept : .drop }

    /// Neither in nor out, but freely among themselves, also from host to host.
    private var internalElements: [Element] {
        [
            ofBridge(table.internalBridges, [bridge]), ofBridge(table.sameInternalBridge, [bridge, bridge], among),
        ] + (policy.peers == nil ? [] : [ofBridge(table.bridgeSubnets, [bridge, .subnet(policy.subnet)])])
            + peerElements
    }

    private var openElements: [Element] {
        let echo: Rule.InternetProtocol = table.family == .v4 ? .icmp : .icmpv6
        return [
            ofBridge(table.bridges, [bridge]), ofBridge(table.sameBridge, [bridge, bridge], among),
            ofBridge(table.intoBridge, [bridge], policy.directAccess == .everything ? .accept : .drop),
            ofBridge(table.bridgeSubnets, [bridge, .subnet(policy.subnet)]),
        ]
            + peerElements
            + (policy.connectsEndpoints ? [] : [ofBridge(table.closedBridges, [bridge, bridge])])
            + (policy.directAccess == .publishedPortsAndEcho
                ? [ofBridge(table.openProtocols, [bridge, .transport(echo)])] : [])
    }

    /// The endpoints of the same network on other hosts come and are met with their own addresses.
    private var peerElements: [Element] {
        guard let peers = policy.peers else { return [] }
        let subnet = Element.Part.subnet(peers.subnet)
        return peers.interfaces.map { ofBridge(table.routedSubnets, [.interface($0), subnet, subnet]) }
    }

    private var departure: [Element] {
        switch policy.departure {
        case .masqueraded: [ofBridge(table.subnets, [.subnet(policy.subnet)])]
        case .translated(let address):
            [ofBridge(table.subnetAddresses, [.subnet(policy.subnet)], .address(address))]
        case .unchanged: []
        }
    }

    /// An endpoint on a bridge that is not weft's leaves with the host's address.
    private func guestElements(_ address: IPAddress) -> [Element] {
        let host = Subnet.single(address)
        return [
            element(table.subnets, [.subnet(host)]), element(table.bridgeSubnets, [bridge, .subnet(host)]),
        ]
    }

    private var endpointElements: [Element] {
        guard policy.directAccess == .none else { return [] }
        let interfaces = [bridge] + policy.trustedInterfaces.map { .interface($0) }
        return policy.endpoints.flatMap { address in
            [element(table.endpoints, [.address(address)])]
                + interfaces.map { element(table.endpointBridges, [$0, .address(address)]) }
        }
    }

    private var portElements: [Element] {
        policy.ports.flatMap { port in
            [acceptance(of: port.address, port.target, port.transport), translation(of: port)] + loopbackGuard(of: port)
        } + policy.openPorts.map { acceptance(of: $0.address, $0.target, $0.transport) }
            + policy.translatedPorts.flatMap { translated($0) }
    }

    /// What lets IPv6 clients through to a port, past the guard of the container's address and in both families.
    private func translated(_ port: Layout.Port) -> [Element] {
        let ipv6 = NftablesTable(.v6)
        let address = Translator.embedding(port.address)
        let pass = Element.Part.interface(Translator.link)
        let transport = Element.Part.transport(.init(port.transport))
        let key: [Element.Part] = [transport, .port(port.published)]
        let destination = Element.Value.destination(address, port.target)
        let forward =
            port.specificHostAddress.map { element(ipv6.addressForwards, [.address($0)] + key, destination) }
            ?? element(ipv6.portForwards, key, destination)
        return [
            acceptance(of: port.address, port.target, port.transport), forward,
            element(ipv6.published, [pass, .address(address), transport, .port(port.target)]),
        ]
            + (policy.directAccess == .none
                ? [element(table.endpointBridges, [pass, .address(port.address)])] : [])
    }

    private func acceptance(of address: IPAddress, _ port: UInt16, _ transport: TransportProtocol) -> Element {
        element(table.published, [bridge, .address(address), .transport(.init(transport)), .port(port)])
    }

    private func translation(of port: Layout.Port) -> Element {
        let key: [Element.Part] = [.transport(.init(port.transport)), .port(port.published)]
        let destination = Element.Value.destination(port.address, port.target)
        guard let hostAddress = port.hostAddress else { return element(table.portForwards, key, destination) }
        return element(table.addressForwards, [.address(hostAddress)] + key, destination)
    }

    /// A port published on a loopback address is for the host alone, whatever a neighbour's routes say.
    private func loopbackGuard(of port: Layout.Port) -> [Element] {
        guard let hostAddress = port.hostAddress, hostAddress.isLoopback, table.family == .v4 else { return [] }
        return [
            element(
                table.loopbackPorts,
                [.address(hostAddress), .transport(.init(port.transport)), .port(port.published)])
        ]
    }
}
