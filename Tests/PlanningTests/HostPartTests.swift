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
    try Layout(of: topology(text), leases: Leases(), surroundings: Surroundings(), host: host)
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
        #expect(hosts.first?.contains("10.9.0.3\tlab-b b\n") == true)
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

    @Test func `a machine that is one host promises what concerns its own containers`() throws {
        let promises = try layout(file, host: "node1").promises(firewall: .iptables)
        let own: Set<Namespace> = [
            .host, .named("lab-a"), .named("lab-c"), .named("lab-local"), .named("lab-e"),
        ]
        #expect(promises.allSatisfy { own.contains($0.from) && ($0.to.map(own.contains) ?? true) })
        let distant = try #require(IPAddress("10.9.0.3"))
        #expect(promises.contains(Promise(from: .named("lab-a"), to: nil, trial: .echo(distant, packet: 1450))))
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
