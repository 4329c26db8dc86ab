import Addressing
import Planning
import TestSupport
import Testing
import Topology
import YAML

@Suite struct PromiseTests {
    /// `web` on `front`, `api` on both, `db` on `back` alone, `loner` on none.
    private func shop(internalBack: Bool = false, ports: [Layout.Port] = []) throws -> Layout {
        let front = try Layout.Network.sample("front", topology: "shop", third: 0)
        var back = try Layout.Network.sample("back", topology: "shop", third: 1)
        back.declaration.isInternal = internalBack
        let containers: [Layout.Container] = [
            try .sample("web", topology: "shop", on: [front], host: 2, ports: ports),
            try .sample("api", topology: "shop", on: [front, back], host: 3),
            try .sample("db", topology: "shop", on: [back], host: 4),
            try .sample("loner", topology: "shop", on: [], host: 5),
        ]
        return Layout(name: "shop", networks: [front, back], containers: containers)
    }

    private func port(
        _ published: UInt16, to target: UInt16, at hostAddress: String? = nil, of address: String = "10.77.0.2",
        _ transport: TransportProtocol = .tcp, on network: String = "front"
    ) throws -> Layout.Port {
        Layout.Port(
            hostAddress: try hostAddress.map { try #require(IPAddress($0)) }, published: published,
            address: try #require(IPAddress(address)), target: target, transport: transport, network: network)
    }

    @Test func `sandboxes on one network reach each other and nobody else`() throws {
        let lines = try shop().promises(firewall: .iptables).lines(of: .pairs)
        #expect(
            lines == [
                "shop-web reaches 10.77.0.3 of shop-api",
                "shop-web misses 10.77.1.3 of shop-api",
                "shop-web misses 10.77.1.4 of shop-db",
                "shop-api reaches 10.77.0.2 of shop-web",
                "shop-api reaches 10.77.1.4 of shop-db",
                "shop-db misses 10.77.0.2 of shop-web",
                "shop-db misses 10.77.0.3 of shop-api",
                "shop-db reaches 10.77.1.3 of shop-api",
                "shop-loner misses 10.77.0.2 of shop-web",
                "shop-loner misses 10.77.0.3 of shop-api",
                "shop-loner misses 10.77.1.3 of shop-api",
                "shop-loner misses 10.77.1.4 of shop-db",
            ])
    }

    @Test func `both families of a network are promised`() throws {
        var network = try Layout.Network.sample("front", topology: "demo", third: 0)
        try network.addIPv6()
        let layout = Layout(
            name: "demo", networks: [network],
            containers: [
                try .sample("a", topology: "demo", on: [network], host: 2),
                try .sample("b", topology: "demo", on: [network], host: 3),
            ])
        let promises = layout.promises(firewall: .iptables)
        #expect(
            promises.lines(of: .pairs) == [
                "demo-a reaches 10.77.0.3 of demo-b", "demo-a reaches fd00:77::3 of demo-b",
                "demo-b reaches 10.77.0.2 of demo-a", "demo-b reaches fd00:77::2 of demo-a",
            ])
        #expect(
            promises.lines(of: .host) == [
                "host reaches 10.77.0.2 of demo-a", "demo-a reaches 10.77.0.1 of host",
                "host reaches fd00:77::2 of demo-a", "demo-a reaches fd00:77::1 of host",
                "host reaches 10.77.0.3 of demo-b", "demo-b reaches 10.77.0.1 of host",
                "host reaches fd00:77::3 of demo-b", "demo-b reaches fd00:77::1 of host",
            ])
        #expect(
            promises.lines(of: .wayOut) == [
                "demo-a reaches 192.0.2.1", "demo-a reaches 2001:db8::1", "demo-b reaches 192.0.2.1",
                "demo-b reaches 2001:db8::1",
            ])
    }

    @Test(arguments: [false, true]) func `subnets of one network reach each other by its bridge, if its endpoints do`(
        connects: Bool
    ) throws {
        var network = try Layout.Network.sample("front", topology: "demo", third: 0)
        let other = try Layout.Network.sample("front", topology: "demo", third: 1)
        network.declaration.options.connectsEndpoints = connects
        var containers: [Layout.Container] = [
            try .sample("a", topology: "demo", on: [network], host: 2),
            try .sample("b", topology: "demo", on: [other], host: 3),
        ]
        network.segments += other.segments
        func lines() -> [String] {
            Layout(name: "demo", networks: [network], containers: containers).promises(firewall: .iptables)
                .lines(of: .pairs)
        }
        let verb = connects ? "reaches" : "misses"
        #expect(lines() == ["demo-a \(verb) 10.77.1.3 of demo-b", "demo-b \(verb) 10.77.0.2 of demo-a"])
        // Without a route back there is no telling.
        containers[1].endpoints[0].defaultGatewayFor = []
        #expect(lines() == ["demo-b misses 10.77.0.2 of demo-a"])
    }

    @Test func `without a firewall nothing is kept apart and nothing is published`() throws {
        let layout = try shop(ports: [try port(8080, to: 80)])
        let promises = layout.promises(firewall: .none)
        let misses = promises.lines(of: .pairs).filter { $0.contains("misses") }
        #expect(misses.allSatisfy { $0.hasPrefix("shop-loner") })
        #expect(promises.lines(of: .ports).isEmpty)
        #expect(promises.lines(of: .pairs).count - misses.count == 4)
    }

    @Test func `who is on no network has no way out, and nothing is said of one that ends at the host`() throws {
        var layout = try shop(internalBack: true)
        layout.containers[2].endpoints[0].defaultGatewayFor = [.v4]
        #expect(
            layout.promises(firewall: .iptables).lines(of: .wayOut) == [
                "shop-web reaches 192.0.2.1", "shop-api reaches 192.0.2.1", "shop-loner misses 192.0.2.1",
            ])
    }

    @Test func `without a firewall an internal network has no way out, and so nobody outside is reached`() throws {
        var layout = try shop(internalBack: true)
        layout.containers[2].endpoints[0].defaultGatewayFor = [.v4]
        let promises = layout.promises(firewall: .none)
        #expect(
            promises.lines(of: .wayOut) == [
                "shop-web reaches 192.0.2.1", "shop-api reaches 192.0.2.1", "shop-db misses 192.0.2.1",
                "shop-loner misses 192.0.2.1",
            ])
        #expect(promises.lines(of: .pairs).contains("shop-db misses 10.77.0.2 of shop-web"))
        func routes(_ firewall: FirewallKind) -> Set<String> {
            let objects = State<KernelObject>(desiredBy: layout, firewall: firewall).objects.values
            return Set(objects.compactMap { if case .route(let route) = $0 { "\(route.namespace)" } else { nil } })
        }
        #expect(routes(.none) == ["shop-web", "shop-api"])
        #expect(routes(.iptables) == ["shop-web", "shop-api", "shop-db"])
    }

    @Test func `endpoints that may not talk to each other still reach the host and published ports`() throws {
        var layout = try shop(ports: [try port(8080, to: 80)])
        layout.networks[0].declaration.options.connectsEndpoints = false
        let promises = layout.promises(firewall: .iptables)
        #expect(promises.lines(of: .pairs).contains("shop-web misses 10.77.0.3 of shop-api"))
        #expect(promises.lines(of: .pairs).contains("shop-api reaches 10.77.1.4 of shop-db"))
        #expect(promises.lines(of: .host).contains("host reaches 10.77.0.3 of shop-api"))
        #expect(promises.lines(of: .ports).contains("shop-api reaches tcp 10.77.0.1:8080 of shop-web"))
    }

    @Test(arguments: [Topology.Network.GatewayMode.routed, .natUnprotected])
    func `endpoints of a routed network answer those of others`(_ mode: Topology.Network.GatewayMode) throws {
        var layout = try shop()
        layout.networks[0].declaration.options.gatewayModeIPv4 = mode
        let lines = layout.promises(firewall: .iptables).lines(of: .pairs)
        #expect(lines.contains("shop-db reaches 10.77.0.2 of shop-web"))
        #expect(lines.contains("shop-web misses 10.77.1.4 of shop-db"))
        #expect(lines.contains("shop-loner misses 10.77.0.2 of shop-web"))
    }

    @Test func `a bridge without an address is no gateway that answers`() throws {
        var layout = try shop(ports: [try port(8080, to: 80)])
        layout.networks[0].declaration.options.inhibitsIPv4 = true
        let promises = layout.promises(firewall: .iptables)
        #expect(!promises.lines(of: .host).contains { $0.contains("10.77.0") })
        // The host has no way to its containers, unless somebody makes one.
        #expect(promises.lines(of: .ports) == [])
    }

    @Test func `a port is tried from the host, from a neighbour and from another network`() throws {
        let layout = try shop(ports: [try port(8080, to: 80)])
        #expect(
            layout.promises(firewall: .iptables).lines(of: .ports) == [
                "host reaches tcp 10.77.0.1:8080 of shop-web",
                "host reaches tcp 127.0.0.1:8080 of shop-web",
                "shop-api reaches tcp 10.77.0.1:8080 of shop-web",
                "shop-api reaches tcp 10.77.1.1:8080 of shop-web",
            ])
    }

    @Test(arguments: [
        ("127.0.0.1", ["host reaches udp 127.0.0.1:53 of shop-web"]),
        (
            "10.77.0.1",
            ["host reaches udp 10.77.0.1:53 of shop-web", "shop-api reaches udp 10.77.0.1:53 of shop-web"]
        ),
        ("192.168.7.7", ["host reaches udp 192.168.7.7:53 of shop-web"]),
    ])
    func `a port on one address of the host is tried there`(hostAddress: String, lines: [String]) throws {
        let layout = try shop(ports: [try port(53, to: 5353, at: hostAddress, .udp)])
        #expect(layout.promises(firewall: .iptables).lines(of: .ports) == lines)
    }

    @Test
    func `a port of IPv6 clients that IPv4 answers is tried from the host's own loopback and from IPv6 neighbours`()
        throws
    {
        var layout = try shop(ports: [try port(8080, to: 80, at: "::")])
        var dual = try Layout.Network.sample("dual", topology: "shop", third: 9)
        try dual.addIPv6()
        layout.networks.append(dual)
        layout.containers.append(try .sample("six", topology: "shop", on: [dual], host: 2))
        #expect(
            layout.promises(firewall: .iptables).lines(of: .ports) == [
                "host reaches tcp ::1:8080 of shop-web", "shop-six reaches tcp fd00:77:9::1:8080 of shop-web",
            ])
    }

    @Test func `a port of IPv6 is tried from ::1 too where that leads to the container's IPv4 address`() throws {
        var dual = try Layout.Network.sample("dual", topology: "shop", third: 0)
        try dual.addIPv6()
        let ports = try [
            port(8080, to: 80, of: "fd00:77:0::2", on: "dual"), port(8080, to: 80, at: "::1", on: "dual"),
        ]
        let web = try Layout.Container.sample("web", topology: "shop", on: [dual], host: 2, ports: ports)
        var layout = Layout(name: "shop", networks: [dual], containers: [web])
        let lines = ["host reaches tcp fd00:77::1:8080 of shop-web", "host reaches tcp ::1:8080 of shop-web"]
        #expect(layout.promises(firewall: .iptables).lines(of: .ports) == lines)
        // It needs no setting of a bridge that is somebody else's, as 127.0.0.1 would.
        layout.networks[0].maker = .others(addresses: [])
        #expect(layout.promises(firewall: .iptables).lines(of: .ports).contains(lines[1]))
    }

    @Test func `a port that is open at the container's own address is tried there, by whoever has a way to it`() throws
    {
        var layout = try shop()
        layout.networks[0].declaration.options.gatewayModeIPv4 = .routed
        layout.containers[0].openPorts = [
            .init(address: try #require(IPAddress("10.77.0.2")), target: 80, transport: .tcp)
        ]
        #expect(
            layout.promises(firewall: .iptables).lines(of: .ports) == [
                "host reaches tcp 10.77.0.2:80 of shop-web", "shop-api reaches tcp 10.77.0.2:80 of shop-web",
            ])
        layout.containers[1].endpoints.removeFirst()
        layout.containers[1].endpoints[0].defaultGatewayFor = [.v4]
        #expect(
            layout.promises(firewall: .iptables).lines(of: .ports) == [
                "host reaches tcp 10.77.0.2:80 of shop-web", "shop-api reaches tcp 10.77.0.2:80 of shop-web",
            ])
        layout.networks[1].declaration.isInternal = true
        #expect(layout.promises(firewall: .iptables).lines(of: .ports) == ["host reaches tcp 10.77.0.2:80 of shop-web"])
    }

    @Test func `nothing is published into or from an internal network`() throws {
        var layout = try shop(internalBack: true)
        layout.containers[2].ports = [try port(5432, to: 5432, of: "10.77.1.4", on: "back")]
        #expect(layout.promises(firewall: .iptables).lines(of: .ports).isEmpty)
        layout.containers[2].ports = []
        layout.containers[0].ports = [try port(8080, to: 80)]
        let lines = layout.promises(firewall: .iptables).lines(of: .ports)
        #expect(lines.count == 3)
        #expect(!lines.contains { $0.contains("10.77.1.1") })
    }

    @Test func `the ends of a cable reach each other, and nothing is promised beyond`() throws {
        func end(_ container: String, _ addresses: String...) throws -> Layout.Cable.End {
            .init(
                container: container, interface: "eth1",
                addresses: try addresses.map { try #require(InterfaceAddress($0)) }, mac: MACAddress(bits: 2))
        }
        let names = ["r1", "r2", "r3", "r4"]
        let layout = Layout(
            name: "lab",
            containers: names.map { Layout.Container(name: $0, service: $0, index: 1, sandbox: .own) },
            cables: [
                .init(first: try end("r1", "10.0.0.1/30"), second: try end("r2", "10.0.0.2/30"), mtu: 1500),
                .init(first: try end("r2", "10.0.0.5/30"), second: try end("r3", "10.0.0.9/30"), mtu: 1500),
            ])
        let promises = layout.promises(firewall: .iptables)
        #expect(promises.lines(of: .pairs) == ["r1 reaches 10.0.0.2 of r2", "r2 reaches 10.0.0.1 of r1"])
        // r1 to r3 have cables, over which there may be a way out that the file knows nothing of.
        #expect(promises.lines(of: .wayOut) == ["r4 misses 192.0.2.1"])
    }

    @Test func `whoever is reached gets packets as large as the smallest MTU of the way`() throws {
        var layout = try shop()
        layout.networks[0].declaration.mtu = 9000
        layout.networks[1].declaration.mtu = 1400
        layout.networks[0].declaration.options.gatewayModeIPv4 = .routed
        func end(_ container: String, _ address: String) throws -> Layout.Cable.End {
            .init(
                container: container, interface: "eth9", addresses: [try #require(InterfaceAddress(address))],
                mac: MACAddress(bits: 2))
        }
        layout.cables = [
            .init(first: try end("shop-loner", "10.0.0.1/30"), second: try end("shop-api", "10.0.0.2/30"), mtu: 1300)
        ]
        func packets(_ from: Namespace, _ to: Namespace) -> [UInt32] {
            layout.promises(firewall: .iptables).filter { $0.from == from && $0.to == to }.compactMap(\.packet)
        }
        #expect(packets(.named("shop-web"), .named("shop-api")) == [9000])
        #expect(packets(.named("shop-api"), .named("shop-db")) == [1400])
        #expect(packets(.named("shop-db"), .named("shop-web")) == [1400])
        #expect(packets(.named("shop-loner"), .named("shop-api")) == [1300])
        #expect(packets(.host, .named("shop-web")) == [9000])
        #expect(packets(.named("shop-db"), .host) == [1400])
        #expect(packets(.named("shop-loner"), .named("shop-web")).isEmpty)
    }

    @Test func `two sandboxes that cables may lead between are not said to be apart`() throws {
        var layout = try shop()
        func end(_ container: String, _ address: String) throws -> Layout.Cable.End {
            .init(
                container: container, interface: "eth9", addresses: [try #require(InterfaceAddress(address))],
                mac: MACAddress(bits: 2))
        }
        layout.cables = [
            .init(first: try end("shop-loner", "10.0.0.1/30"), second: try end("shop-db", "10.0.0.2/30"), mtu: 1500)
        ]
        let lines = layout.promises(firewall: .iptables).lines(of: .pairs).filter { $0.hasPrefix("shop-loner") }
        #expect(
            lines == [
                "shop-loner misses 10.77.0.2 of shop-web", "shop-loner misses 10.77.0.3 of shop-api",
                "shop-loner reaches 10.0.0.2 of shop-db",
            ])
    }

    @Test func `an address that two interfaces could lead to is not promised`() throws {
        var layout = try shop()
        func end(_ container: String, _ address: String) throws -> Layout.Cable.End {
            .init(
                container: container, interface: "eth9", addresses: [try #require(InterfaceAddress(address))],
                mac: MACAddress(bits: 2))
        }
        layout.cables = [
            .init(first: try end("shop-web", "10.77.0.100/24"), second: try end("shop-db", "10.77.0.101/24"), mtu: 1500)
        ]
        let lines = layout.promises(firewall: .iptables).lines(of: .pairs)
        #expect(!lines.contains { $0.hasPrefix("shop-web") && $0.contains("10.77.0") })
        #expect(!lines.contains("shop-api reaches 10.77.0.2 of shop-web"))
    }

    @Test func `shared and host containers are no sandboxes of their own`() throws {
        var layout = try shop()
        let before = layout.promises(firewall: .iptables)
        layout.containers += [
            Layout.Container(name: "shop-probe", service: "probe", index: 1, sandbox: .shared("shop-helper")),
            Layout.Container(name: "shop-helper", service: "helper", index: 1, sandbox: .shared("shop-api")),
            Layout.Container(name: "shop-node", service: "node", index: 1, sandbox: .host),
        ]
        #expect(layout.promises(firewall: .iptables) == before)
        #expect(layout.namespace(ofContainer: "shop-probe") == .named("shop-api"))
        #expect(layout.namespace(ofContainer: "shop-node") == .host)
        #expect(layout.namespace(ofContainer: "shop-other") == nil)
        layout.containers[5].sandbox = .shared("shop-probe")
        #expect(layout.namespace(ofContainer: "shop-probe") == nil)
    }

    @Test func `on the predefined bridge a name is the container's own, and without IPv6 it leads to IPv4 alone`()
        throws
    {
        let file = """
            networks: {net: {enable_ipv6: true}}
            services:
              a: {network_mode: bridge}
              b: {network_mode: bridge}
              c: {networks: [net], sysctls: {net.ipv6.conf.lo.disable_ipv6: 1}}
            """
        let topology = try Topology(decoding: try Document.parse(Array(file.utf8)), defaultName: "lab")
        let promises = try Layout(of: topology, leases: Leases(), surroundings: Surroundings()).promises(
            firewall: .iptables)
        func names(_ container: String) -> [Promise.HostName] {
            promises.filter { $0.from == .named(container) }.flatMap { promise -> [Promise.HostName] in
                guard case .names(let lists) = promise.trial else { return [] }
                return lists.flatMap(\.self)
            }
        }
        #expect(names("lab-a").map(\.container) == ["lab-a"])
        #expect(names("lab-b").map(\.container) == ["lab-b"])
        #expect(names("lab-c").map(\.address.family) == [.v4])
    }

    @Test func `names are those of everybody on the sandbox's networks`() throws {
        let promises = try shop().promises(firewall: .iptables)
        let web = try #require(promises.first { $0.from == .named("shop-web") && $0.address == nil })
        guard case .names(let lists) = web.trial else { return }
        #expect(lists.flatMap(\.self).map(\.container) == ["shop-web", "shop-api"])
        let layout = try shop()
        let identifiers = layout.containers.map { String(layout.identifier(of: $0).prefix(12)) }
        #expect(
            lists.flatMap(\.self).map(\.names) == [
                ["shop-web", "web", identifiers[0]], ["shop-api", "api", identifiers[1]],
            ])
        #expect(!promises.contains { $0.from == .named("shop-loner") && $0.address == nil })
    }

    @Test func `a pair's promises are its own echoes, ports and names`() throws {
        let layout = try shop(ports: [try port(8080, to: 80)])
        let pair = layout.promises(firewall: .iptables).compactMap {
            $0.restricted(from: .named("shop-api"), to: .named("shop-web"))
        }
        #expect(
            pair.map(\.line) == [
                "shop-api reaches 10.77.0.2 of shop-web",
                "shop-api reaches tcp 10.77.0.1:8080 of shop-web",
                "shop-api reaches tcp 10.77.1.1:8080 of shop-web",
                "shop-api knows shop-web 10.77.0.2",
            ])
    }

    @Test func `a random layout keeps a promise in one direction if it keeps it in the other`() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<40 {
            let layout = try Layout.random(&generator)
            let promises = layout.promises(firewall: .iptables)
            var reached: Set<[Namespace]> = []
            for promise in promises where promise.isToSucceed {
                if case .echo = promise.trial, let to = promise.to { reached.insert([promise.from, to]) }
            }
            #expect(reached.allSatisfy { reached.contains($0.reversed()) })
            #expect(Set(promises).count == promises.count)
        }
    }
}

private enum Section { case pairs, host, wayOut, ports }

extension [Promise] {
    fileprivate func lines(of section: Section) -> [String] {
        filter {
            switch $0.trial {
            case .echo: ($0.from == .host || $0.to == .host) == (section == .host) && [.host, .pairs].contains(section)
            case .wayOut: section == .wayOut
            case .port: section == .ports
            case .names: false
            }
        }.map(\.line)
    }
}

extension Promise {
    fileprivate var line: String {
        let verb = isToSucceed ? "reaches" : "misses"
        let of = to.map { " of \($0)" } ?? ""
        switch trial {
        case .echo(let address, _): return "\(from) \(verb) \(address)\(of)"
        case .wayOut(let family): return "\(from) \(verb) \(Promise.elsewhere(family))"
        case .port(let port): return "\(from) \(verb) \(port.transport) \(port.address):\(port.port)\(of)"
        case .names(let lists):
            let names = lists.flatMap(\.self).map { "\($0.container) \($0.address)" }
            return "\(from) knows \(names.joined(separator: ", "))"
        }
    }
}
