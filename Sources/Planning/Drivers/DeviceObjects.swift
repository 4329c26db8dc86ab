import Addressing
import Links
import Topology

/// An interface of `links:` that is no end of a cable, with what belongs to it.
struct DeviceObjects {
    let device: Layout.DeviceLink
    let layout: Layout

    private var namespace: Namespace { .named(device.interface.container) }
    private var name: String { device.interface.name }

    var objects: [KernelObject] {
        let ports = device.ports.map(port)
        let hasIPv6 = device.addresses.contains { $0.address.family == .v6 }
        let sysctl = Sysctl.interface(
            namespace, name, family: "ipv6", "disable_ipv6", hasIPv6 || device.addresses.isEmpty ? "0" : "1")
        // A VLAN's interface can't be up before the one below it.
        let below = device.parent.map { [LinkUp.id(.named($0.container), $0.name)] } ?? []
        let up = LinkUp(namespace: namespace, link: name, after: [sysctl.id] + below + ports.map(\.id))
        return [.link(link), .sysctl(sysctl), .up(up)] + ports.map { .port($0) }
            + device.addresses.map { .address(Address(namespace: namespace, link: name, address: $0)) }
            + InterfaceEntries(namespace: namespace, link: name, addresses: device.addresses)
            .objects(device.routes, device.rules) + neighbours + forwarding
    }

    private var link: Link {
        let mark = OwnershipMark.link(name, of: layout.name)
        return Link(
            namespace: namespace, name: name, kind: .device(device.device),
            lower: device.parent.map { .init(namespace: .named($0.container), link: $0.name) }, mac: device.mac,
            mtu: device.mtu, alias: mark.text, group: mark.linkGroup)
    }

    private func port(_ port: Topology.DeviceLink.Port) -> BridgePort {
        var object = BridgePort(namespace: namespace, link: port.interface, bridge: name, isHairpin: port.isHairpin)
        object.isIsolated = port.isIsolated
        object.isLearning = port.isLearning
        if case .vrf = device.device { object.entersVRF = true }
        object.vlans = port.vlans ?? device.device.newPort
        return object
    }

    private var neighbours: [KernelObject] {
        device.neighbours.map {
            .neighbour(Neighbour(namespace: namespace, link: name, address: $0.address, mac: $0.mac))
        }
    }

    private var forwarding: [KernelObject] {
        device.forwarding.map {
            .forwarding(ForwardingEntry(namespace: namespace, link: name, mac: $0.mac, destination: $0.destination))
        }
            + device.ports.flatMap { port in
                port.stations.map {
                    .forwarding(
                        ForwardingEntry(namespace: namespace, link: port.interface, mac: $0, holder: .bridge))
                }
            }
    }
}

extension Device {
    /// The VLANs of a bridge's new port; `nil` where it does not filter by them.
    fileprivate var newPort: PortVLANs? {
        guard case .bridge(let bridge) = self, bridge.vlanFiltering, let vlan = bridge.defaultPVID else { return nil }
        return vlan == 0 ? PortVLANs() : .access(vlan)
    }
}

/// What the tables of a sandbox have because of one interface.
struct InterfaceEntries {
    let namespace: Namespace
    let link: String
    let addresses: [InterfaceAddress]

    func objects(_ routes: [Topology.Route], _ rules: [Topology.Rule]) -> [KernelObject] {
        routes.map { .route(route($0)) } + rules.map { .routingRule(rule($0)) }
    }

    /// A route comes after the address beside its gateway, or which it takes as source.
    private func route(_ route: Topology.Route) -> Route {
        let via = addresses.first { address in
            route.gateway.map { address.subnet.contains($0) } ?? (address.address == route.source)
        }
        var object = Route(
            namespace: namespace, destination: route.destination, gateway: route.gateway, link: link, via: via)
        object.metric = route.metric
        object.table = route.table
        object.source = route.source
        return object
    }

    private func rule(_ rule: Topology.Rule) -> RoutingRule {
        var object = RoutingRule(namespace: namespace, rule.family, priority: rule.priority, table: rule.table)
        object.source = rule.source
        object.destination = rule.destination
        object.inputLink = rule.inputInterface
        object.mark = rule.mark
        return object
    }
}

extension [KernelObject] {
    /// Interfaces come up as ports: one that becomes a VRF's while it is up loses its routes and IPv6 addresses.
    func bringingUpPortsLast() -> [KernelObject] {
        var ports: [ObjectID: ObjectID] = [:]
        for case .port(let port) in self where !port.isBridge { ports[LinkUp.id(port.namespace, port.link)] = port.id }
        return map { object in
            guard case .up(var up) = object, let port = ports[up.id] else { return object }
            up.after.append(port)
            return .up(up)
        }
    }
}
