import Addressing
import Links
import Planning
import Testing
import Topology
import YAML

private func topology(_ text: String) throws -> Topology {
    try Topology(decoding: try Document.parse(Array(text.utf8)), defaultName: "lab")
}

private func layout(_ text: String, host: String? = nil) throws -> Layout {
    try Layout(
        of: topology(text), leases: Leases(), surroundings: Surroundings(translatesClients: true), host: host)
}

/// Three hosts, one behind a router; an overlay, a tenant of it, bridges, a cable, ports, and the host's own network.
private let file = """
    name: lab
    hosts:
      node1: {address: 192.168.205.10/24}
      node2: {address: 192.168.205.11/24}
      node3: {address: 192.168.206.12/24}
    networks:
      red: {driver: overlay, ipam: {config: [{subnet: 10.9.0.0/24}]}}
      blue: {driver: overlay, ipam: {config: [{subnet: 10.9.0.0/24}]}}
      pods: {driver: routed, ipam: {config: [{subnet: 10.244.0.0/16}]}}
    services:
      a: {host: node1, networks: [red], ports: ["8080:80"]}
      b: {host: node2, networks: [red]}
      c: {host: node1, networks: [blue]}
      d: {host: node3, networks: [blue], scale: 2}
      local: {host: node1}
      other: {host: node2, ports: ["8080:80"]}
      e: {host: node1, networks: [pods]}
      f: {host: node2, networks: [pods, default], ports: ["8081:80"]}
      plain: {host: node2, network_mode: none}
      daemon: {host: node3, network_mode: host}
    links:
      - {type: veth, endpoints: [{service: other, interface: c0}, {service: plain, interface: c0, addresses: [10.0.9.1/30]}]}
      - {type: veth, endpoints: [{host: node2, interface: c1, addresses: [10.0.8.1/30]}, {service: plain, interface: c1, addresses: [10.0.8.2/30]}]}
      - type: vxlan
        id: 9
        endpoints: [{host: node1, interface: vx0, addresses: [10.0.7.1/30]}, {host: node2, interface: vx0, addresses: [10.0.7.2/30]}]
      - {type: dummy, host: node3, interface: d0, addresses: [10.0.6.1/24], routes: [{destination: 10.6.0.0/16, via: 10.0.6.2}]}
    """

/// The same, with overlays and routed networks of GRE, which reach the host behind the router as well.
private let fileOfGRE = file.replacing(
    "driver: overlay, ", with: "driver: overlay, driver_opts: {weft.overlay.encapsulation: gretap}, "
)
.replacing(
    "pods: {driver: routed, ipam: {config: [{subnet: 10.244.0.0/16}]}}",
    with: "pods: {driver: routed, enable_ipv6: true, driver_opts: {weft.routed.backend: gre}, "
        + "ipam: {config: [{subnet: 10.244.0.0/16}, {subnet: \"fd00:10:244::/48\"}]}}"
)
.replacing("links:", with: "  g: {host: node3, networks: [pods]}\nlinks:")

@Suite struct HostPartTests {
    @Test(arguments: FirewallKind.allCases, [file, fileOfGRE])
    func `a lab is what each of its hosts would make alone, put into the host's namespace`(
        _ firewall: FirewallKind, _ file: String
    ) throws {
        let whole = State<KernelObject>(desiredBy: try layout(file), firewall: firewall)
        var rest = whole.objects
        for host in ["node1", "node2", "node3"] {
            let part = State<KernelObject>(desiredBy: try layout(file, host: host), firewall: firewall)
            for object in part.objects.values {
                let relocated = object.relocated(from: .host, to: .named("lab-\(host)"))
                #expect(whole[relocated.id] == relocated, "\(relocated)")
                rest[relocated.id] = nil
            }
        }
        // What no host makes is the hosts themselves and what is between them.
        let hosts: Set<Namespace> = [
            .named("lab-underlay"), .named("lab-node1"), .named("lab-node2"), .named("lab-node3"),
        ]
        for object in rest.values {
            if case .file(let file) = object {
                #expect(hosts.contains(.named(file.container)), "\(object)")
            } else {
                #expect(hosts.contains(object.id.namespace), "\(object)")
            }
        }
        #expect(rest.values.contains { $0.id == Link.id(.named("lab-underlay"), "br1") })
        #expect(!whole.objects.keys.contains { $0.namespace == .host && $0.kind != .file })
    }

    @Test(arguments: [FirewallKind.iptables, .nftables])
    func `each host with a port of a container that has IPv4 alone has a translator of its own`(
        _ firewall: FirewallKind
    ) throws {
        let lab = try layout(file)
        let whole = State<KernelObject>(desiredBy: lab, firewall: firewall)
        let places = Set(whole.objects.keys.filter { $0.name == Translator.link }.map(\.namespace))
        #expect(places == [.named("lab-node1"), .named("lab-node2")])
        for kind in [ObjectID.Kind.link, .qdisc, .filter, .up] {
            #expect(whole.objects.keys.count { $0.kind == kind && $0.name == Translator.link } == 2, "\(kind)")
        }
        let loopback = try #require(IPAddress("::1"))
        for host in ["node1", "node2"] {
            #expect(
                lab.promises(firewall: firewall).contains { promise in
                    guard case .port(let port) = promise.trial else { return false }
                    return promise.from == .named("lab-\(host)") && port.address == loopback && port.port == 8080
                }, "\(host)")
        }
    }

    @Test(arguments: [nil, "node2"])
    func `routing rules are in sandboxes only, whose they are told by`(_ host: String?) throws {
        let rules = "rules: [{priority: 100, from: 10.0.9.1/32, table: 7}]"
        let text = file.replacing("addresses: [10.0.9.1/30]", with: "addresses: [10.0.9.1/30], \(rules)")
        let state = State<KernelObject>(desiredBy: try layout(text, host: host), firewall: .iptables)
        let places = state.objects.keys.filter { $0.kind == .routingRule }.map(\.namespace)
        #expect(places == [.named("lab-plain")])
        // A service on the host's network is none.
        let error = try #require(throws: Diagnostics.self) {
            try layout(text.replacing("network_mode: none", with: "network_mode: host"), host: host)
        }
        #expect(Set(error.all.map(\.message)) == ["a link ends at service `plain`, which is on the host's network"])
    }

    @Test(arguments: [file, fileOfGRE])
    func `every requirement of a lab's objects is among them`(_ file: String) throws {
        let whole = State<KernelObject>(desiredBy: try layout(file), firewall: .iptables)
        let identities = Set(whole.objects.values.flatMap(\.identities))
        for object in whole.objects.values {
            for required in object.requires { #expect(identities.contains(required), "\(object) requires \(required)") }
        }
    }

    @Test func `a host has an entry for each endpoint elsewhere, and none for its own`() throws {
        let part = State<KernelObject>(desiredBy: try layout(file, host: "node1"), firewall: .none)
        let entries = part.objects.values.compactMap { object -> String? in
            guard case .forwarding(let entry) = object else { return nil }
            return "\(entry.namespace) \(entry.mac) \(entry.destination.map { "\($0)" } ?? "")"
        }
        #expect(
            entries.sorted() == [
                "lab-node1-blue 02:42:0a:09:00:03 192.168.206.12", "lab-node1-blue 02:42:0a:09:00:04 192.168.206.12",
                "lab-node1-red 02:42:0a:09:00:03 192.168.205.11",
            ])
    }

    @Test func `an overlay of GRE has a tunnel to each host that it is on, and entries that lead there`() throws {
        let part = State<KernelObject>(desiredBy: try layout(fileOfGRE, host: "node1"), firewall: .none)
        let commands = Plan(from: State(), to: part).operations.filter { operation in
            switch operation.object {
            case .link(let link): link.device?.kind == "gretap"
            case .port(let port): port.link.hasPrefix("gre")
            case .forwarding, .neighbour: true
            default: false
            }
        }.flatMap(\.equivalents)
        let tunnel = "gre0-f08f361d65"
        let red = "ip -n lab-node1-red"
        #expect(
            commands.filter { $0.contains(tunnel) || $0.contains(red) }.sorted() == [
                "bridge -n lab-node1-red fdb replace dev \(tunnel) 02:42:0a:09:00:03 master static",
                "\(red) link property add dev \(tunnel) altname gretap0.node2",
                "\(red) link set \(tunnel) alias weft:lab/red group 483427429",
                "\(red) link set \(tunnel) master br0",
                "\(red) link set \(tunnel) type bridge_slave isolated on learning off neigh_suppress on",
                "\(red) neigh replace 10.9.0.3 lladdr 02:42:0a:09:00:03 dev br0 nud permanent protocol 119",
                "ip link add \(tunnel) address 02:42:07:d5:a9:a6 mtu 1458 type gretap remote 192.168.205.11 "
                    + "local 192.168.205.10 key 4096 ttl 64",
                "ip link set \(tunnel) netns lab-node1-red",
            ])
        #expect(commands.count { $0.contains("fdb") } == 3)
    }

    @Test func `containers know the names of those on other hosts, but not of other tenants`() throws {
        let part = State<KernelObject>(desiredBy: try layout(file, host: "node1"), firewall: .none)
        let hosts = part.objects.values.compactMap { object -> String? in
            guard case .file(let file) = object, file.container == "lab-a" else { return nil }
            return file.content
        }
        #expect(hosts.first?.contains("10.9.0.3\tlab-b b ") == true)
        #expect(hosts.first?.contains("lab-d") == false)
    }

    @Test func `an overlay promises its own endpoints on other hosts, and nobody else's`() throws {
        let promises = try layout(file).promises(firewall: .iptables)
        func echo(_ from: String, _ to: String) -> [Bool] {
            promises.filter {
                guard case .echo = $0.trial else { return false }
                return $0.from == .named(from) && $0.to == .named(to)
            }.map(\.isToSucceed)
        }
        #expect(echo("lab-a", "lab-b") == [true])
        #expect(echo("lab-b", "lab-a").contains(true))
        #expect(echo("lab-c", "lab-d-1") == [true])
        // 10.9.0.4 is nobody's on red, while 10.9.0.3 is lab-b's.
        #expect(echo("lab-a", "lab-d-2") == [false])
        #expect(echo("lab-a", "lab-d-1") == [])
        #expect(echo("lab-local", "lab-b") == [false])
        #expect(promises.contains(Promise(from: .named("lab-a"), to: nil, trial: .wayOut(.v4))))
    }

    @Test func `what links make on the host itself is on the machine, and what they make elsewhere is not`() throws {
        let part = State<KernelObject>(desiredBy: try layout(file, host: "node2"), firewall: .none)
        func links(_ namespace: Namespace) -> [String] {
            part.objects.values.flatMap { object -> [String] in
                guard case .link(let link) = object, OwnershipMark(link.alias)?.isOfLink == true else { return [] }
                return [(link.namespace, link.name), link.peer.map { ($0.namespace, $0.name) }].compactMap { end in
                    end.flatMap { $0.0 == namespace ? $0.1 : nil }
                }
            }.sorted()
        }
        #expect(links(.host) == ["c1", "vx0"])
        #expect(links(.named("lab-plain")) == ["c0", "c1"])
        #expect(links(.named("lab-node2")) == [])
    }

    @Test func `a network on a bridge of links gives every machine the same addresses, and its own bridge`() throws {
        let file = """
            name: lab
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            networks:
              lan:
                external: true
                driver_opts: {com.docker.network.bridge.name: br0}
                ipam: {config: [{subnet: 10.1.0.0/24, gateway: 10.1.0.1}]}
            services: {a: {host: node1, networks: [lan]}, b: {host: node2, networks: [lan]}}
            links:
              - {type: bridge, host: node1, interface: br0, ports: [t0], addresses: [10.1.0.1/24]}
              - {type: bridge, host: node2, interface: br0, ports: [t0]}
              - {type: vxlan, id: 9, endpoints: [{host: node1, interface: t0}, {host: node2, interface: t0}]}
            """
        let whole = State<KernelObject>(desiredBy: try layout(file), firewall: .iptables)
        for (host, address) in [("node1", "10.1.0.2/24"), ("node2", "10.1.0.3/24")] {
            let part = State<KernelObject>(desiredBy: try layout(file, host: host), firewall: .iptables)
            for object in part.objects.values {
                let relocated = object.relocated(from: .host, to: .named("lab-\(host)"))
                #expect(whole[relocated.id] == relocated, "\(relocated)")
            }
            let lines = part.objects.values.map { "\($0)" }
            #expect(lines.contains { $0.hasPrefix("address lab-") && $0.contains(address) }, "\(lines)")
            #expect(lines.contains { $0.contains("port t0") && $0.contains("br0") }, "\(lines)")
        }
        // The tunnel takes 50 bytes of every packet between the bridges.
        #expect(try layout(file).networks.first?.mtu == 1450)
        // Who has the gateway's address on its bridge reaches the endpoints, and they it.
        let gateway = try #require(IPAddress("10.1.0.1"))
        let promises = try layout(file, host: "node2").promises(firewall: .iptables)
        let other = try #require(IPAddress("10.1.0.2"))
        for address in [gateway, other] {
            #expect(promises.contains(Promise(from: .named("lab-b"), to: nil, trial: .echo(address, packet: 1450))))
        }
    }

    @Test func `a cable between machines is refused on either, and rules on a machine itself`() throws {
        let cable = "  - {type: veth, endpoints: [{host: node1, interface: c9}, {host: node2, interface: c9}]}"
        let cabled = "\(file)\n\(cable)\n"
        let message =
            "a veth link joins host `node1` and host `node2`, and does not leave the machine that host `node2` is"
        let refusal = try #require(throws: Diagnostics.self) { try layout(cabled, host: "node2") }
        #expect(refusal.all.map(\.message) == [message])
        #expect(refusal.all.first?.mark?.line == 28)
        #expect(throws: Diagnostics.self) { try layout(cabled, host: "node1") }
        _ = try layout(cabled, host: "node3")
        _ = try layout(cabled)
        let ruled = file.replacing("interface: d0,", with: "interface: d0, rules: [{priority: 5, table: 7}],")
        #expect(throws: Diagnostics.self) { try layout(ruled, host: "node3") }
        _ = try layout(ruled)
    }

    @Test func `a machine that is one host promises what concerns its own containers`() throws {
        let promises = try layout(file, host: "node1").promises(firewall: .iptables)
        let end = try #require(IPAddress("10.0.7.2"))
        #expect(promises.contains(Promise(from: .host, to: nil, trial: .echo(end, packet: 1450))))
        let own: Set<Namespace> = [
            .host, .named("lab-a"), .named("lab-c"), .named("lab-local"), .named("lab-e"),
        ]
        #expect(promises.allSatisfy { own.contains($0.from) && ($0.to.map(own.contains) ?? true) })
        // A container elsewhere is a target, though there is nothing here to look into.
        let distant = promises.filter { $0.distant != nil }
        #expect(distant.allSatisfy { $0.to == nil && !own.contains($0.target ?? .host) })
        var echo = Promise(
            from: .named("lab-a"), to: nil, trial: .echo(try #require(IPAddress("10.9.0.3")), packet: 1450))
        echo.distant = "lab-b"
        #expect(distant.contains(echo))
        #expect(echo.restricted(from: .named("lab-a"), to: .named("lab-b")) == echo)
        #expect(Set(distant.map { "\($0.from) \($0.distant ?? "")" }).contains("lab-e lab-f"))
        // What is promised here is what the lab promises, but for what may be out there among real machines.
        let lab = try layout(file).promises(firewall: .iptables)
        for promise in distant {
            var same = promise
            same.to = promise.target
            same.distant = nil
            #expect(lab.contains(same), "\(promise)")
        }
    }

    @Test func `a container without a way out reaches nobody on other hosts`() throws {
        let text = file.replacing("networks: [blue]}", with: "networks: [shut]}").replacing(
            "  pods:", with: "  shut: {internal: true}\n  pods:")
        let promises = try layout(text, host: "node1").promises(firewall: .iptables)
        let silent = promises.filter { $0.from == .named("lab-c") && $0.distant == "lab-b" }
        #expect(silent.map(\.isToSucceed) == [false])
        #expect(!promises.contains { $0.from == .named("lab-local") && $0.distant != nil })
    }

    @Test func `a layout for one host is the same whatever the machine had before, as far as hosts must agree`() throws
    {
        let topology = try topology(file)
        let bare = try Layout(of: topology, leases: Leases(), surroundings: Surroundings(), host: "node1")
        var leases = Leases()
        leases.addresses = ["lab-a": ["red": [try #require(IPAddress("10.9.0.99"))]]]
        let subnet = try #require(Subnet("172.18.0.0/16"))
        let busy = try Layout(
            of: topology, leases: leases, surroundings: Surroundings(reserved: [subnet]), host: "node1")
        func endpoints(_ layout: Layout) -> [Layout.Endpoint] {
            layout.containers.flatMap(\.endpoints).filter { ["red", "blue"].contains($0.network) }
        }
        #expect(endpoints(busy) == endpoints(bare))
        #expect(busy.networks.first { $0.declaration.key == "weft_gwbridge" }?.segments.first?.subnet != subnet)
    }
}
