import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct PingCommandTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write(
            "shop.yaml",
            """
            name: shop
            networks: {front: {}, back: {internal: true}}
            services: {web: {networks: [front]}, api: {networks: [front, back], scale: 2}, db: {networks: [back]}}
            """)
        try folder.write("lab.yaml", "name: lab\nservices: {a: {}, b: {}}\n")
    }

    private func apply(_ file: String) throws {
        let result = try WeftProgram.run("apply", file, in: folder.path)
        #expect(result.status == 0, "\(result.stderr)")
    }

    @Test func `the matrix says who reaches whom, and who must not`() async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml")
            let result = try WeftProgram.run("ping", "shop")
            #expect(result.status == 0, "\(result.stdout)")
            let lines = result.stdout.split(separator: "\n").map(String.init)
            #expect(lines[1].split(separator: " ") == ["web", "api-1", "api-2", "db"])
            let web = lines[2].split(separator: " ")
            #expect((web[0], web[1], web[4]) == ("web", "-", "·"))
            #expect(Double(web[2]) != nil)
            #expect(lines.last?.wholeMatch(of: /\d+ checks, all as the file promises, in \d\.\d\d s/) != nil)
        }
    }

    @Test func `between hosts an entry that is gone and an MTU that is too small are red, and the plan says which`()
        async throws
    {
        try folder.write(
            "wide.yaml",
            """
            name: wide
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            networks: {net: {driver: overlay}}
            services: {a: {host: node1, networks: [net]}, b: {host: node2, networks: [net]}}
            """)
        try await inPrivateNamespaces {
            try apply("wide.yaml")
            func check(_ command: String, red cell: String, _ hint: String, repair: String) throws {
                try output(of: "sh", "-c", command)
                let ping = try WeftProgram.run("ping", "wide.yaml", in: folder.path)
                #expect(ping.status == 1)
                #expect(ping.stdout.contains(cell), "\(ping.stdout)")
                #expect(ping.stdout.contains(hint), "\(ping.stdout)")
                let plan = try WeftProgram.run("plan", "wide.yaml", in: folder.path)
                #expect(plan.stdout.contains(repair), "\(plan.stdout)")
                try apply("wide.yaml")
                #expect(try WeftProgram.run("ping", "wide.yaml", in: folder.path).status == 0)
            }
            try check(
                "bridge -n wide-node1-net fdb del 02:42:0a:00:00:03 dev vxlan0 self",
                red: "✗ a → b 10.0.0.3: should answer, but: no answer", "`weft plan` shows what is missing",
                repair: "+ fdb wide-node1-net:vxlan0 02:42:0a:00:00:03 dst 192.168.205.11")
            try check(
                "ip -n wide-node2 link set eth0 mtu 1400",
                red: "✗ a → b 10.0.0.3: should answer, but: small packets pass, 1450-byte ones do not",
                "`weft plan` shows which", repair: "↔ wide-node2:eth0 peer mtu 1400 → 1500")
            try check(
                "ip -n wide-b link set eth0 mtu 1300",
                red: "✗ b → a 10.0.0.2: should answer, but: small packets pass, 1450-byte ones do not",
                "`weft plan` shows which", repair: "↔ wide-b:eth0 peer mtu 1300 → 1450")
        }
    }

    @Test func `one pair can be asked for, by short names`() async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml")
            let near = try JSON(text: try WeftProgram.run("ping", "web", "api-2", "--json").stdout)
            #expect(near["ok"].bool == true)
            let echoes = near["checks"].elements.filter { $0["kind"].string == "ping" }
            #expect(echoes.allSatisfy { $0["from"].string == "shop-web" && $0["to"].string == "shop-api-2" })
            let answered = echoes.filter { $0["observed"].string == "reachable" }
            #expect(answered.compactMap { $0["promised"].string } == ["reachable"])
            #expect(answered.first?["rtt_ms"] != .null)
            let far = try JSON(text: try WeftProgram.run("ping", "shop", "web", "db", "--json").stdout)
            let silence = far["checks"].first(where: "kind", is: "ping")
            #expect(silence["promised"].string == "unreachable")
            #expect(silence["observed"].string == "unreachable")
            let host = try JSON(text: try WeftProgram.run("ping", "host", "db", "--json").stdout)
            #expect(host["checks"][0]["from"].string == "host")
            #expect(host["ok"].bool == true)
        }
    }

    @Test func `silence is believed after the time that was given`() async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml")
            let result = try WeftProgram.run("ping", "web", "db", "--timeout", "0.1")
            #expect(result.status == 0)
            #expect(result.stdout.contains(/in 0\.[0-4]\d s/), "\(result.stdout)")
        }
    }

    @Test func `a promise that is not kept is an exit code, a cross and a hint`() async throws {
        try await inPrivateNamespaces {
            try apply("lab.yaml")
            try output(of: "ip", "-n", "lab-b", "link", "set", "eth0", "down")
            let result = try WeftProgram.run("ping", "lab", "--timeout", "0.1")
            #expect(result.status == 1)
            #expect(result.stdout.contains("✗ a → b 172.18.0.3: should answer, but: "))
            #expect(result.stdout.contains("  hint: "))
            let document = try JSON(text: try WeftProgram.run("ping", "lab", "--timeout", "0.1", "--json").stdout)
            #expect(document["ok"].bool == false)
        }
    }

    @Test func `an MTU that is smaller than promised is a cross with the reason`() async throws {
        try await inPrivateNamespaces {
            try apply("lab.yaml")
            let good = try WeftProgram.run("ping", "lab")
            #expect(good.status == 0)
            #expect(good.stdout.contains("\n  packets of 1500 bytes pass too, as their MTU promises\n"))
            try output(of: "ip", "-n", "lab-b", "link", "set", "eth0", "mtu", "1400")
            let result = try WeftProgram.run("ping", "lab", "--timeout", "0.1")
            #expect(result.status == 1)
            let reason = "should answer, but: small packets pass, 1500-byte ones do not"
            #expect(result.stdout.contains("✗ a → b 172.18.0.3: \(reason): an MTU on the way is smaller\n"))
            #expect(
                result.stdout.contains("✗ b → a 172.18.0.2: \(reason): the MTU of its own interface is 1400\n"))
            let pair = try JSON(text: try WeftProgram.run("ping", "b", "a", "--timeout", "0.1", "--json").stdout)
            #expect(pair["checks"][0]["packet_bytes"].int == 1500)
            #expect(pair["checks"][0]["path_mtu"].int == 1400)
            #expect(pair["checks"][0]["observed"].string == "unreachable")
        }
    }

    @Test func `without a firewall an internal network is one all the same`() async throws {
        try await inPrivateNamespaces {
            #expect(try WeftProgram.run("apply", "shop.yaml", "--firewall", "none", in: folder.path).status == 0)
            #expect(try json(of: "ip", "-n", "shop-db", "-j", "route", "show", "default").elements.isEmpty)
            #expect(try json(of: "ip", "-n", "shop-web", "-j", "route", "show", "default").elements.count == 1)
            let result = try WeftProgram.run("ping", "shop")
            #expect(result.status == 0, "\(result.stdout)")
            let pair = try JSON(text: try WeftProgram.run("ping", "db", "web", "--json").stdout)
            #expect(pair["checks"][0]["reason"].string == "no route")
        }
    }

    @Test(arguments: ["iptables", "nftables"])
    func `ports of a routed network are tried at the containers' own addresses`(firewall: String) async throws {
        try folder.write(
            "routed.yaml",
            """
            name: lab
            networks:
              open: {driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: routed}}
              other:
            services: {a: {networks: [open], ports: ["80"]}, b: {networks: [open]}, c: {networks: [other]}}
            """)
        try await inPrivateNamespaces {
            #expect(try WeftProgram.run("apply", "routed.yaml", "--firewall", firewall, in: folder.path).status == 0)
            let result = try WeftProgram.run("ping", "lab", "--json")
            #expect(result.status == 0, "\(result.stdout)")
            let ports = try JSON(text: result.stdout)["checks"].elements.filter { $0["kind"].string == "tcp" }
            #expect(ports.compactMap { $0["from"].string } == ["host", "lab-b", "lab-c"])
            #expect(ports.allSatisfy { $0["address"].string == "172.18.0.2" && $0["port"].int == 80 })
        }
    }

    @Test func `across hosts a packet as large as the overlay's MTU shows that the underlay's is too small`()
        async throws
    {
        try folder.write(
            "hosts.yaml",
            """
            name: lab
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            networks: {demo: {driver: overlay}}
            services:
              a: {host: node1, networks: [demo]}
              b: {host: node2, networks: [demo], ports: ["8080:80"]}
              c: {host: node1, networks: [demo]}
            """)
        try await inPrivateNamespaces {
            try apply("hosts.yaml")
            let good = try WeftProgram.run("ping", "lab")
            #expect(good.status == 0, "\(good.stdout)")
            let lines = good.stdout.split(separator: "\n").map(String.init)
            #expect(lines[1].split(separator: " ") == ["a", "c", "b"])
            #expect(lines.contains("  a, c on host node1"))
            #expect(lines.contains("  b on host node2"))
            #expect(lines.contains { $0.hasPrefix("  packets of 1450") })
            let links = try json(of: "ip", "-n", "lab-node1", "-j", "addr").elements
            let underlay = try #require(
                links.first { $0["addr_info"][0]["local"].string == "192.168.205.10" }?["ifname"].string)
            try output(of: "ip", "-n", "lab-node1", "link", "set", underlay, "mtu", "1400")
            let bad = try WeftProgram.run("ping", "lab", "--timeout", "0.3")
            #expect(bad.status == 1)
            #expect(
                bad.stdout.contains(
                    "✗ a → b 10.0.0.3: should answer, but: small packets pass, 1450-byte ones do not: "),
                "\(bad.stdout)")
            #expect(!bad.stdout.contains("✗ a → c"))
            let pair = try JSON(text: try WeftProgram.run("ping", "b", "a", "--timeout", "0.3", "--json").stdout)
            let echo = pair["checks"].first(where: "kind", is: "ping")
            #expect(echo["packet_bytes"].int == 1450)
            #expect(echo["observed"].string == "unreachable")
        }
    }

    @Test func `which topology is meant must be clear`() async throws {
        try await inPrivateNamespaces {
            let none = try WeftProgram.run("ping")
            #expect(none.status == 1)
            #expect(none.stderr == "weft: no topology is on the machine\n  hint: `weft apply FILE` makes one\n")
            let early = try WeftProgram.run("ping", "shop.yaml", in: folder.path)
            #expect(early.status == 1)
            #expect(
                early.stderr == "weft: nothing of shop is on the machine\n  hint: `weft apply shop.yaml` makes it\n")
            try apply("shop.yaml")
            #expect(try WeftProgram.run("ping", "--timeout", "0.1").status == 0)
            try apply("lab.yaml")
            let several = try WeftProgram.run("ping")
            #expect(several.status == 1)
            #expect(several.stderr == "weft: several topologies are on the machine; name one of lab, shop\n")
            let unknown = try WeftProgram.run("ping", "shop", "web", "cache")
            #expect(unknown.status == 1)
            #expect(unknown.stderr.hasPrefix("weft: no container 'cache' is on the machine\n"))
        }
    }

    @Test func `what the file says nothing about is said to be so`() async throws {
        try await inPrivateNamespaces {
            try apply("lab.yaml")
            let result = try WeftProgram.run("ping", "host", "host")
            #expect(result.status == 0)
            #expect(result.stdout == "the file promises nothing of this\n")
        }
    }
}
