import Addressing
import Topology

/// A veth pair between two sandboxes, with addresses and no Docker semantics.
struct CableObjects {
    let cable: Layout.Cable
    /// Which cable of the file it is, from 1.
    let number: Int
    let layout: Layout

    var objects: [KernelObject] {
        [.link(link)] + objects(of: cable.first) + objects(of: cable.second)
    }

    private var link: Link {
        let mark = OwnershipMark.link("\(number)", of: layout.name)
        return Link(
            namespace: .named(cable.first.container), name: cable.first.interface,
            kind: .veth(
                peer: .init(
                    namespace: .named(cable.second.container), name: cable.second.interface, mac: cable.second.mac)),
            mac: cable.first.mac, mtu: cable.mtu,
            alias: mark.text, group: mark.linkGroup)
    }

    private func objects(of end: Layout.Cable.End) -> [KernelObject] {
        let namespace = Namespace.named(end.container)
        let hasIPv6 = end.addresses.contains { $0.address.family == .v6 }
        let sysctl = Sysctl.interface(
            namespace, end.interface, family: "ipv6", "disable_ipv6", hasIPv6 || end.addresses.isEmpty ? "0" : "1")
        return [.sysctl(sysctl), .up(LinkUp(namespace: namespace, link: end.interface, after: [sysctl.id]))]
            + end.addresses.map { .address(Address(namespace: namespace, link: end.interface, address: $0)) }
            + InterfaceEntries(namespace: namespace, link: end.interface, addresses: end.addresses)
            .objects(end.routes, end.rules)
    }
}
