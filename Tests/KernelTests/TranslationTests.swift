import Planning
import TestSupport
import Testing

/// IPv6 clients of published ports of containers that have only IPv4, and the host's own at `::1`: no process carries their
/// connections, packets are translated.
@Suite(
    .enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"),
    .enabled(if: PacketProgramRun.isPermitted, "\(PacketProgramRun.requirement)"))
struct TranslationTests {
    private static let file = """
        name: shop
        networks:
          front: {ipam: {config: [{subnet: 10.77.1.0/24}]}}
          side:
            enable_ipv6: true
            ipam: {config: [{subnet: 10.77.2.0/24}, {subnet: "fd00:77:2::/64"}]}
          shut:
            internal: true
            enable_ipv6: true
            ipam: {config: [{subnet: 10.77.3.0/24}, {subnet: "fd00:77:3::/64"}]}
        services:
          web:
            networks: [front]
            ports: ["8080:80", "8080:80/udp", "127.0.0.1:8081:80", "0.0.0.0:8082:80", "[::]:8083:80", "[fd00:198::1]:8084:80"]
          near: {networks: [side]}
          both:
            networks: [side]
            ports: ["8090:80", "8090:80/udp", "[::1]:8091:80", "[::]:8092:80", "[fd00:198::1]:8093:80", "0.0.0.0:8094:80"]
          inner: {networks: [shut]}
        """
    /// Where a prefix of the translator has the container.
    private static let embedded = "64:ff9b:1:0:77:6566:a4d:102"

    @Test(arguments: FirewallKind.rules)
    func `a port leads there from everywhere, and the container sees its gateway`(kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.file, firewall: kind)
            try lab.serve("shop-web", 80)
            let gateways = ["outside": DockerLab.host6, "shop-near": "fd00:77:2::1", "host": "::1"]
            for (client, address) in gateways {
                for transport in ["tcp", "udp"] {
                    #expect(
                        try lab.seen(from: client, at: address, 8080, transport) == "10.77.1.1",
                        "\(client) \(transport)")
                }
                #expect(try lab.seen(from: client, at: address, 8083) == "10.77.1.1", "\(client)")
            }
            #expect(try lab.seen(from: "host", at: DockerLab.host6, 8080) == "10.77.1.1")
            #expect(try lab.seen(from: "outside", at: DockerLab.host6, 8084) == "10.77.1.1")
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `nothing but published ports leads there`(kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.file, firewall: kind)
            try lab.serve("shop-web", 80)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == DockerLab.outside)
            for port in [8081, 8082] { #expect(try lab.seen(from: "outside", at: DockerLab.host6, port) == nil) }
            #expect(try lab.seen(from: "host", at: "::1", 8084) == nil)
            for client in ["outside", "shop-near", "shop-inner"] {
                #expect(try lab.seen(from: client, at: Self.embedded, 80) == nil, "\(client)")
            }
            #expect(try lab.seen(from: "shop-inner", at: "fd00:77:3::1", 8080) == nil)
            // Nor does a container reach the host by way of the translator's own address.
            try shell("ip netns exec shop-web ip route replace default via 10.77.1.1")
            #expect(try lab.seen(from: "shop-web", at: "192.0.0.2", 8080) == nil)
        }
    }

    /// Where `br_netfilter` has bridged packets pass through ip6tables, replies from a bridge are dropped before they get to `::1`.
    @Test(arguments: FirewallKind.rules, [false, true])
    func `the host's ::1 leads to a container with IPv6 by its IPv4 address`(
        kind: FirewallKind, bridgesCallIptables: Bool
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.file, firewall: kind)
            for family in ["iptables", "ip6tables"] {
                try shell("sysctl -qew net.bridge.bridge-nf-call-\(family)=\(bridgesCallIptables ? 1 : 0)")
            }
            try lab.serve("shop-both", 80)
            for transport in ["tcp", "udp"] {
                #expect(try lab.seen(from: "host", at: "::1", 8090, transport) == "10.77.2.1", "\(transport)")
            }
            for port in [8091, 8092] { #expect(try lab.seen(from: "host", at: "::1", port) == "10.77.2.1", "\(port)") }
            for port in [8093, 8094] { #expect(try lab.seen(from: "host", at: "::1", port) == nil, "\(port)") }
            // All others come by IPv6.
            for transport in ["tcp", "udp"] {
                #expect(
                    try eventually {
                        try lab.seen(from: "outside", at: DockerLab.host6, 8090, transport) == DockerLab.outside6
                    })
                #expect(try lab.seen(from: "host", at: "fd00:77:2::1", 8090, transport) == "fd00:77:2::1")
                #expect(try lab.seen(from: "shop-near", at: "fd00:77:2::1", 8090, transport) == "fd00:77:2::1")
            }
            #expect(try lab.seen(from: "outside", at: DockerLab.host6, 8091) == nil)
        }
    }

    @Test func `the way of ::1 is put back before that of every address`() async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.file)
            try lab.serve("shop-both", 80)
            try shell(
                """
                rule=$(ip6tables -t nat -S WEFT | grep -e '-d ::1/128 -p tcp .*--dport 8090 ' | cut -d' ' -f2-)
                eval "ip6tables -t nat -D $rule"; eval "ip6tables -t nat -A $rule"
                """)
            #expect(try lab.seen(from: "host", at: "::1", 8090) == nil)
            #expect(try plan(Self.file) != [])
            try apply(Self.file)
            #expect(try plan(Self.file) == [])
            #expect(try lab.seen(from: "host", at: "::1", 8090) == "10.77.2.1")
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `bulk goes through whole both ways, in segments and in trains of datagrams`(kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            _ = try DockerLab(Self.file, firewall: kind)
            let server = try start(["ip", "netns", "exec", "shop-web", "python3", "-u", "-c", Self.bulkServer])
            try server.waitForOutput(containing: "ready")
            for (client, address) in [("outside", DockerLab.host6), ("shop-near", "fd00:77:2::1")] {
                try shell("ip netns exec \(client) python3 -c '\(Self.bulkClient)' \(address)")
            }
            try shell("python3 -c '\(Self.bulkClient)' ::1")
        }
    }

    /// Sends back what it gets: a stream at its end, datagrams as trains of a thousand bytes each.
    private static let bulkServer = """
        import socket, threading
        s = socket.create_server(("0.0.0.0", 80)); u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("0.0.0.0", 80))
        u.setsockopt(socket.IPPROTO_UDP, 103, 1000)
        def datagrams():
            while True:
                n, a = u.recvfrom(2000); u.sendto(n * 8, a)
        threading.Thread(target=datagrams, daemon=True).start()
        print("ready")
        while True:
            c, _ = s.accept(); n = 0
            while d := c.recv(1 << 16): n += len(d)
            c.sendall(b"y" * n); c.close()
        """
    private static let bulkClient = """
        import socket, sys
        c = socket.create_connection((sys.argv[1], 8080), timeout=20); size = 8 << 20; got = 0
        c.sendall(b"x" * size); c.shutdown(socket.SHUT_WR)
        while d := c.recv(1 << 16): got += len(d)
        assert got == size, got
        u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); u.settimeout(5); u.connect((sys.argv[1], 8080))
        u.send(b"z" * 1000)
        for _ in range(8): assert len(u.recv(2000)) == 1000
        """

    @Test(arguments: [
        Drift(command: "tc filter del dev weft64 egress", repair: ["+ filter weft64 IPv6 to IPv4"]),
        Drift(
            command: "tc qdisc del dev weft64 clsact",
            repair: ["+ qdisc weft64 clsact", "+ filter weft64 IPv6 to IPv4"]),
        Drift(
            command: "ip route del 192.0.0.2/31", repair: ["+ route 192.0.0.2/31 dev weft64"]),
        Drift(command: "ip link set weft64 arp on", repair: ["~ bridge weft64 arp true → false"]),
        Drift(command: "ip link del weft64", repair: []),
        Drift(command: "ip link set weft64 down", repair: []),
    ])
    func `what somebody changed is mended`(_ drift: Drift) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.file)
            try lab.serve("shop-web", 80)
            try shell(drift.command)
            let lines = try plan(Self.file)
            if !drift.repair.isEmpty { #expect(Set(lines) == drift.repair) }
            #expect(!lines.isEmpty)
            try apply(Self.file)
            #expect(try plan(Self.file) == [])
            #expect(try lab.seen(from: "outside", at: DockerLab.host6, 8080) == "10.77.1.1")
        }
    }

    private static func single(_ name: String, _ third: Int, ports: String) -> String {
        """
        name: \(name)
        networks: {lan: {ipam: {config: [{subnet: 10.78.\(third).0/24}]}}}
        services: {web: {networks: [lan], ports: [\(ports)]}}
        """
    }

    @Test(arguments: FirewallKind.rules)
    func `topologies share the link, and it goes with the last that needs it`(kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            let one = Self.single("one", 1, ports: "\"8080:80\"")
            let two = Self.single("two", 2, ports: "\"8090:80\"")
            let three = Self.single("three", 3, ports: "\"127.0.0.1:8100:80\"")
            for file in [three, one, two] { try apply(file, firewall: kind) }
            for file in [one, two, three] { #expect(try plan(file, firewall: kind) == []) }
            try remove("one")
            #expect(try shell("ip -o link show weft64").contains("weft:*"))
            for file in [two, three] { #expect(try plan(file, firewall: kind) == []) }
            try remove("two")
            #expect(try run(["ip", "link", "show", "weft64"]).status != 0)
            #expect(try plan(three, firewall: kind) == [])
            #expect(try !shell("nft list ruleset").contains("weft:two"))
            try remove("three")
            let after = try Census.take()
            #expect(after.links == before.links)
            #expect(after.rules == before.rules)
        }
    }

    @Test func `nothing is made where no port needs it`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.single("one", 1, ports: "\"127.0.0.1:8080:80\", \"0.0.0.0:8081:80\""))
            #expect(try run(["ip", "link", "show", "weft64"]).status != 0)
            #expect(try !shell("nft list ruleset").contains("table ip6"))
        }
    }

    @Test func `two topologies do not publish the same port to IPv6 clients`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.single("one", 1, ports: "\"[::]:8080:80\""))
            #expect(throws: (any Error).self) { try apply(Self.single("two", 2, ports: "\"[::]:8080:80\"")) }
            try apply(Self.single("three", 3, ports: "\"0.0.0.0:8080:80\""))
        }
    }
}
