import Addressing
public import Topology

/// Which rules keep a topology's networks apart and publish its ports.
public enum FirewallKind: String, Sendable, CaseIterable, Codable {
    /// Rules that `iptables` lists.
    case iptables
    /// Rules and maps in tables of our own, which `nft` lists.
    case nftables
    /// None: all networks of a topology reach one another, and nothing is published.
    case none
}

extension State<KernelObject> {
    /// What `layout` needs on a machine.
    public init(desiredBy layout: Layout, firewall: FirewallKind) {
        let hosts = HostsTable(of: layout)
        var objects = layout.containers.flatMap { Sandbox.objects(for: $0, hosts: hosts, in: layout) }
        for network in layout.networks {
            objects += network.declaration.driver.driver.objects(for: network, in: layout)
        }
        objects += layout.cables.enumerated().flatMap { index, cable in
            CableObjects(cable: cable, number: index + 1, layout: layout).objects
        }
        objects += layout.devices.flatMap { DeviceObjects(device: $0, layout: layout).objects }
        objects = objects.bringingUpPortsLast()
        objects += layout.switches
        switch firewall {
        case .iptables: objects += IptablesFirewall.objects(for: layout)
        case .nftables: objects += NftablesFirewall.objects(for: layout)
        case .none: break
        }
        self.init(objects)
    }
}

extension Layout {
    /// Settings of the whole host that the networks need: they are turned on, and never off, because others may need them too.
    var switches: [KernelObject] {
        let open = networks.filter { $0.declaration.driver == .bridge && !$0.declaration.isInternal }
        func needs(_ family: IPFamily) -> Bool { open.contains { $0.segments.contains { $0.subnet.family == family } } }
        var sysctls: [Sysctl] = []
        if needs(.v4) { sysctls.append(Sysctl(namespace: .host, path: ["net", "ipv4", "ip_forward"], value: "1")) }
        if needs(.v6) {
            sysctls += ["default", "all"].map {
                Sysctl(namespace: .host, path: ["net", "ipv6", "conf", $0, "forwarding"], value: "1")
            }
        }
        let published = Set(containers.flatMap(\.ports).filter { $0.address.family == .v4 }.map(\.network))
        sysctls += open.filter { published.contains($0.declaration.key) }.map {
            .interface(.host, $0.bridge, family: "ipv4", "route_localnet", "1")
        }
        return (sysctls + bridgeFilters).map { .sysctl($0) }
    }

    /// Makes bridged packets pass through the firewall, where that is to keep endpoints of one bridge apart (br_netfilter).
    private var bridgeFilters: [Sysctl] {
        let closed = networks.filter { $0.declaration.driver == .bridge && !$0.declaration.options.connectsEndpoints }
        let families = Set(closed.flatMap { $0.segments.map(\.subnet.family) }).sorted()
        return families.map { family in
            let name = family == .v4 ? "bridge-nf-call-iptables" : "bridge-nf-call-ip6tables"
            return Sysctl(namespace: .host, path: ["net", "bridge", name], value: "1")
        }
    }
}
