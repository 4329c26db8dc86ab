import Addressing
import Topology

/// The hosts of a lab and the network between them: namespaces, one for each host and one with a bridge per segment, which
/// is the router where there are several.
///
/// All of it is apart from the machine's own namespace, whose firewall and routes do not matter then.
struct UnderlayObjects {
    let fabric: Layout.Fabric
    let topology: String

    private var namespace: Namespace { .named(fabric.namespace) }

    var objects: [KernelObject] {
        let mark = OwnershipMark.underlay(of: topology)
        return [.namespace(NamespaceObject(name: fabric.namespace, alias: mark.text))] + router.map { .sysctl($0) }
            + fabric.segments.indices.flatMap(segmentObjects) + fabric.hosts.flatMap(hostObjects)
    }

    private var router: [Sysctl] {
        let families = Set(fabric.segments.flatMap { $0.gateways.map(\.address.family) })
        guard fabric.segments.count > 1 else { return [] }
        return
            (families.contains(.v4)
            ? [Sysctl(namespace: namespace, path: ["net", "ipv4", "ip_forward"], value: "1")] : [])
            + (families.contains(.v6)
                ? [Sysctl(namespace: namespace, path: ["net", "ipv6", "conf", "all", "forwarding"], value: "1")] : [])
    }

    private func segmentObjects(_ number: Int) -> [KernelObject] {
        let segment = fabric.segments[number]
        let bridge = bridgeName(number)
        let hosts = segment.hosts.compactMap { fabric.host($0) }
        let mark = OwnershipMark.underlay(of: topology)
        let link = Link(
            namespace: namespace, name: bridge, kind: .bridge, mac: MACAddress(bridge: "\(fabric.namespace)/\(bridge)"),
            mtu: hosts.map(\.mtu).max() ?? Topology.Host.defaultMTU, alias: mark.text, group: mark.linkGroup)
        let sysctls = sysctls(namespace, bridge, hasIPv6: segment.gateways.contains { $0.address.family == .v6 })
        let ports = hosts.map { port(of: $0, bridge: bridge).id }
        return [.link(link), .up(LinkUp(namespace: namespace, link: bridge, after: ports + sysctls.map(\.id)))]
            + sysctls.map { .sysctl($0) }
            + segment.gateways.map { .address(Address(namespace: namespace, link: bridge, address: $0)) }
    }

    private func bridgeName(_ number: Int) -> String { "br\(number)" }

    private func switchEnd(of host: Layout.Host) -> String { "veth" + StableHash.hex(host.namespace, digits: 11) }

    private func port(of host: Layout.Host, bridge: String) -> BridgePort {
        BridgePort(namespace: namespace, link: switchEnd(of: host), bridge: bridge)
    }

    private func hostObjects(_ host: Layout.Host) -> [KernelObject] {
        let mark = OwnershipMark.host(host.name, of: topology)
        let here = Namespace.named(host.namespace)
        let segment = fabric.segments.firstIndex { $0.hosts.contains(host.name) } ?? 0
        let pair = Link(
            namespace: namespace, name: switchEnd(of: host),
            kind: .veth(peer: .init(namespace: here, name: host.interface, mac: host.mac)), mtu: host.mtu,
            alias: mark.text, alternativeName: host.name, group: mark.linkGroup)
        let addresses = host.addresses.map { Address(namespace: here, link: host.interface, address: $0) }
        let sysctls = sysctls(here, host.interface, hasIPv6: host.addresses.contains { $0.address.family == .v6 })
        let up = LinkUp(namespace: here, link: host.interface, after: sysctls.map(\.id))
        let routes = host.gateways.map { gateway in
            Route(
                namespace: here, destination: .everything(gateway.family), gateway: gateway, link: host.interface,
                via: host.addresses.first { $0.subnet.contains(gateway) })
        }
        return [
            .namespace(NamespaceObject(name: host.namespace, alias: mark.text)),
            .file(fabric.hostsFile(for: host, of: topology)), .link(pair),
            .port(port(of: host, bridge: bridgeName(segment))),
            .up(LinkUp(namespace: namespace, link: switchEnd(of: host))), .up(up),
        ] + sysctls.map { .sysctl($0) } + addresses.map { .address($0) } + routes.map { .route($0) }
    }

    private func sysctls(_ namespace: Namespace, _ link: String, hasIPv6: Bool) -> [Sysctl] {
        [.interface(namespace, link, family: "ipv6", "disable_ipv6", hasIPv6 ? "0" : "1")]
            + (hasIPv6
                ? ["accept_dad", "accept_ra"].map { .interface(namespace, link, family: "ipv6", $0, "0") } : [])
    }
}
