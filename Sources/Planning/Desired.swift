import Addressing
public import Topology

/// Which rules keep a topology's networks apart and publish its ports.
public enum FirewallKind: String, Sendable, CaseIterable, Codable {
    /// Rules that `iptables` lists.
    case iptables
    /// Rules and maps in tables of our own, which `nft` lists.
    case nftables
    /// None: open networks of a topology reach one another, and nothing is published.
    case none
}

extension State<KernelObject> {
    /// What `layout` needs on a machine.
    ///
    /// Each host's part is what it would be on a machine of its own; in a lab it is put into the host's namespace.
    public init(desiredBy layout: Layout, firewall: FirewallKind) {
        var objects: [KernelObject] = []
        for site in layout.sites {
            let part = site.layout.objects(firewall: firewall)
            objects += site.namespace == .host ? part : part.map { $0.relocated(from: .host, to: site.namespace) }
        }
        if let fabric = layout.fabric, fabric.played == nil {
            objects += UnderlayObjects(fabric: fabric, topology: layout.name).objects
        }
        objects += layout.linkObjects
        self.init(objects.bringingUpPortsLast().sized())
    }
}

extension Layout {
    /// The layout with the default routes that its containers get under that firewall.
    ///
    /// On an internal network they have one as in Docker 20.10, and rules that make it useless. Where there are no rules, an
    /// internal network is one without a way out only if there is no such route.
    func routed(under firewall: FirewallKind) -> Layout {
        let closed = Set(networks.filter(\.declaration.isInternal).map(\.declaration.key))
        guard firewall == .none, !closed.isEmpty else { return self }
        var layout = self
        for container in layout.containers.indices {
            for endpoint in layout.containers[container].endpoints.indices
            where closed.contains(layout.containers[container].endpoints[endpoint].network) {
                layout.containers[container].endpoints[endpoint].defaultGatewayFor = []
            }
        }
        return layout
    }

    /// What this machine has of `links:`.
    ///
    /// It is all made as in a lab; what is in the namespace that would stand for this host there, is on this machine itself.
    fileprivate var linkObjects: [KernelObject] {
        let all = cables.enumerated().map { (number: $0 + 1, cable: $1) }
        guard let fabric, let played = fabric.host(fabric.played) else { return objects(of: devices, all) }
        let own = Set(containers.filter { $0.host == played.name }.map(\.name) + [played.namespace])
        return objects(
            of: devices.filter { own.contains($0.interface.container) },
            all.filter { own.contains($0.cable.first.container) }
        ).map { $0.relocated(from: .named(played.namespace), to: .host) }
    }

    private func objects(of devices: [DeviceLink], _ cables: [(number: Int, cable: Cable)]) -> [KernelObject] {
        devices.flatMap { DeviceObjects(device: $0, layout: self).objects }
            + cables.flatMap { CableObjects(cable: $1, number: $0, layout: self).objects }
    }

    /// What one machine needs for the layout, or for its part of one.
    fileprivate func objects(firewall: FirewallKind) -> [KernelObject] {
        let hosts = HostsTable(of: self)
        let routed = routed(under: firewall)
        var objects = containers.flatMap { Sandbox.objects(for: $0, hosts: hosts, in: self) }
        for network in networks {
            objects += network.declaration.driver.driver.objects(for: network, in: routed)
        }
        objects += switches + (firewall == .none ? [] : bridgeFilters)
        switch firewall {
        case .iptables: objects += IptablesFirewall.objects(for: self) + Translator.objects(for: self)
        case .nftables: objects += NftablesFirewall.objects(for: self) + Translator.objects(for: self)
        case .none: break
        }
        return objects
    }
}

extension Layout {
    /// Settings of the whole host that the networks need: they are turned on, and never off, because others may need them too.
    var switches: [KernelObject] {
        let open = networks.filter { $0.declaration.driver.hasBridge && !$0.declaration.isInternal }
        // Internal networks are closed to all but their own endpoints on other hosts.
        let routers = open + networks.filter { $0.routed != nil && $0.declaration.isInternal }
        func needs(_ family: IPFamily) -> Bool {
            routers.contains { $0.segments.contains { $0.subnet.family == family } }
        }
        var sysctls = IPFamily.allCases.filter(needs).flatMap { Sysctl.forwarding($0) }
        let published = Set(containers.flatMap(\.ports).filter { $0.clientFamily == .v4 }.map(\.network))
        // Nothing of a bridge that is not weft's is changed, so that no port is published there on 127.0.0.1.
        sysctls += open.filter { published.contains($0.declaration.key) && !$0.isForeign }.map {
            .interface(.host, $0.bridge, family: "ipv4", "route_localnet", "1")
        }
        return sysctls.map { .sysctl($0) }
    }

    /// Makes bridged packets pass through the firewall, where that is to keep endpoints of one bridge apart (br_netfilter).
    fileprivate var bridgeFilters: [KernelObject] {
        let closed = networks.filter {
            $0.declaration.driver == .bridge && $0.maker == nil && !$0.declaration.options.connectsEndpoints
        }
        let families = Set(closed.flatMap { $0.segments.map(\.subnet.family) }).sorted()
        return families.map { family in
            let name = family == .v4 ? "bridge-nf-call-iptables" : "bridge-nf-call-ip6tables"
            return .sysctl(Sysctl(namespace: .host, path: ["net", "bridge", name], value: "1"))
        }
    }
}

extension Sysctl {
    /// The host hands packets of `family` on that are not its own.
    static func forwarding(_ family: IPFamily) -> [Sysctl] {
        switch family {
        case .v4: [Sysctl(namespace: .host, path: ["net", "ipv4", "ip_forward"], value: "1")]
        case .v6:
            ["default", "all"].map {
                Sysctl(namespace: .host, path: ["net", "ipv6", "conf", $0, "forwarding"], value: "1")
            }
        }
    }
}
