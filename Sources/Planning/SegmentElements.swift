import Addressing
import Topology

/// What our tables must know of one subnet of a bridge network.
struct SegmentElements {
    let network: Layout.Network
    let segment: Layout.Network.Segment
    let layout: Layout
    let table: NftablesTable

    var elements: [Element] {
        network.declaration.isInternal ? internalElements : openElements + endpointElements + portElements
    }

    private var bridge: Element.Part { .interface(network.bridge) }

    private func element(_ set: NamedSet, _ key: [Element.Part], _ value: Element.Value? = nil) -> Element {
        Element(of: set, key, value: value, comment: OwnershipMark(topology: layout.name).text)
    }

    /// What is true of the bridge itself, which topologies may share: a set has each key only once.
    private func ofBridge(_ set: NamedSet, _ key: [Element.Part], _ value: Element.Value? = nil) -> Element {
        let owner = network.declaration.isPredefinedBridge ? OwnershipMark.sharedTopology : layout.name
        return Element(of: set, key, value: value, comment: OwnershipMark(topology: owner).text)
    }

    /// Neither in nor out, but freely among themselves.
    private var internalElements: [Element] {
        [
            ofBridge(table.internalBridges, [bridge]), ofBridge(table.sameBridge, [bridge, bridge], .accept),
        ]
    }

    private var openElements: [Element] {
        [
            ofBridge(table.bridges, [bridge]), ofBridge(table.sameBridge, [bridge, bridge], .accept),
            ofBridge(table.intoBridge, [bridge], .drop), ofBridge(table.subnets, [.subnet(segment.subnet)]),
            ofBridge(table.bridgeSubnets, [bridge, .subnet(segment.subnet)]),
        ]
    }

    private var endpointElements: [Element] {
        layout.containers.filter { $0.sandbox == .own }.flatMap { container in
            container.endpoints.filter { $0.network == network.declaration.key }.flatMap(\.addresses)
        }.filter { segment.subnet.contains($0.address) }.flatMap { address in
            [
                element(table.endpoints, [.address(address.address)]),
                element(table.endpointBridges, [bridge, .address(address.address)]),
            ]
        }
    }

    private var portElements: [Element] {
        layout.containers.flatMap(\.ports).filter { segment.subnet.contains($0.address) }.flatMap { port in
            [acceptance(of: port), translation(of: port)] + loopbackGuard(of: port)
        }
    }

    private func acceptance(of port: Layout.Port) -> Element {
        element(
            table.published,
            [bridge, .address(port.address), .transport(.init(port.transport)), .port(port.target)])
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
