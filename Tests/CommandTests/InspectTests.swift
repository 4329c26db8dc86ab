import Linux
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct InspectTests {
    private static let file = """
        name: shop
        networks:
          front: {labels: {team: blue}, ipam: {config: [{subnet: 10.1.0.0/24}]}}
          back: {internal: true, ipam: {config: [{subnet: 10.2.0.0/24}]}}
        services:
          web: {networks: [front], ports: ["8080:80", "127.0.0.1:5353:53/udp"]}
          api: {networks: [front, back]}
          old: {network_mode: bridge}
        """
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write("shop.yaml", Self.file)
        try folder.write("lab.yaml", "{name: lab, networks: {front: {}}, services: {c: {networks: [front]}}}\n")
    }

    private func apply(_ file: String, _ options: String...) throws {
        let words = ["env", "-C", folder.path, WeftProgram.path, "apply", file] + options
        let result = try TestSupport.run(words)
        #expect(result.status == 0, "\(result.stderr)")
    }

    @Test func `networks are listed as Docker lists them`() async throws {
        try await inPrivateNamespaces {
            let empty = try WeftProgram.run("network", "ls").stdout
            #expect(
                empty.split(separator: "\n").map { $0.dropFirst(12) } == [
                    "     NAME      DRIVER    SCOPE".dropFirst(2), "   bridge    bridge    local",
                    "   host      host      local", "   none      null      local",
                ])
            try apply("shop.yaml")
            let id = try output(of: "ip", "-br", "link", "show", "dev", "shop_front")
                .dropFirst(3).prefix(12)
            let lines = try WeftProgram.run("network", "ls").stdout.split(separator: "\n")
            #expect(lines.last == "\(id)   shop_front   bridge    local")
            #expect(try WeftProgram.run("network", "ls", "-q").stdout.split(separator: "\n").last == id)
            let documents = try WeftProgram.run("network", "ls", "--format", "json").stdout.split(separator: "\n")
            let front = try JSON(text: String(try #require(documents.last)))
            #expect(front["ID"].string == String(id))
            #expect(front["Name"].string == "shop_front")
            #expect(front["Internal"].string == "false")
            #expect(front["Labels"].string == "team=blue")
            #expect(front["CreatedAt"].string?.wholeMatch(of: /\d{4}-\d\d-\d\d [\d:]{8}\.\d{9} \+0000 UTC/) != nil)
            let list = try JSON(text: try WeftProgram.run("network", "ls", "--json", "--no-trunc").stdout)
            #expect(list.elements.last?["ID"].string?.count == 64)
        }
    }

    @Test(arguments: ["iptables", "nftables"])
    func `containers and networks are shown as the kernel has them`(firewall: String) async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml", "--firewall", firewall)
            let front = try JSON(text: try WeftProgram.run("network", "inspect", "front").stdout)[0]
            #expect(front["Name"].string == "shop_front")
            #expect(front["Labels"]["team"].string == "blue")
            let web = try JSON(text: try WeftProgram.run("inspect", "web").stdout)[0]
            let id = try #require(web["Id"].string)
            #expect(front["Containers"][id]["IPv4Address"].string == "10.1.0.2/24")
            #expect(try WeftProgram.run("port", String(id.prefix(12)), "53/udp").stdout == "127.0.0.1:5353\n")
            #expect(try WeftProgram.run("exec", id, "--", "true").status == 0)
            for words in [["inspect", "nobody", id, "nothing"], ["network", "inspect", "nobody", "front", "nothing"]] {
                let partly = try TestSupport.run([WeftProgram.path] + words)
                #expect(partly.status == 1)
                #expect(try JSON(text: partly.stdout).elements.count == 1)
                #expect(partly.stderr.contains("'nobody' is on the machine"))
                #expect(partly.stderr.contains("'nothing' is on the machine"))
            }
            let link = try json(of: "ip", "-n", "shop-web", "-j", "link", "show", "eth0")[0]
            #expect(front["Containers"][id]["MacAddress"] == link["address"])
            #expect(web["NetworkSettings"]["Ports"]["53/udp"][0]["HostIp"].string == "127.0.0.1")
            #expect(
                try WeftProgram.run("port", "web").stdout
                    == "53/udp -> 127.0.0.1:5353\n80/tcp -> 0.0.0.0:8080\n"
                    + (PacketProgramRun.isPermitted ? "80/tcp -> [::]:8080\n" : ""))
            #expect(try WeftProgram.run("port", "web", "53/udp").stdout == "127.0.0.1:5353\n")
            let json = try WeftProgram.run("port", "--format", "json", "web", "53/udp").stdout
            #expect(try JSON(text: json)[0]["host_port"].int == 5353)
            #expect(try WeftProgram.run("port", "--json", "web", "53/udp").stdout == json)

            try output(of: "ip", "-n", "shop-web", "addr", "add", "10.1.0.77/24", "dev", "eth0")
            try output(of: "ip", "-n", "shop-web", "addr", "del", "10.1.0.2/24", "dev", "eth0")
            try output(of: "ip", "-n", "shop-api", "link", "del", "eth1")
            let changed = try JSON(text: try WeftProgram.run("network", "inspect", "front", "back").stdout)
            #expect(changed[0]["Containers"][id]["IPv4Address"].string != "10.1.0.2/24")
            let places = changed.elements.flatMap { network -> [String] in
                guard case .object(let members) = network["Containers"] else { return [] }
                return members.values.compactMap { $0["Name"].string }
            }
            #expect(places.sorted() == ["shop-api", "shop-web"])
        }
    }

    @Test(arguments: ["iptables", "nftables"])
    func `the way from ::1 is no port of its own where every IPv6 address has it`(firewall: String) async throws {
        try folder.write(
            "dual.yaml",
            """
            name: dual
            networks: {front: {enable_ipv6: true}}
            services: {six: {networks: [front], ports: ["8090:80", "[::1]:8091:81"]}}
            """)
        try await inPrivateNamespaces {
            try apply("dual.yaml", "--firewall", firewall)
            let own = PacketProgramRun.isPermitted ? ["[::1]:8091"] : []
            let listed = try WeftProgram.run("port", "six").stdout.split(separator: "\n").map(String.init)
            #expect(listed == ["80/tcp -> 0.0.0.0:8090", "80/tcp -> [::]:8090"] + own.map { "81/tcp -> \($0)" })
            // By the text, as all lists of `ps` are.
            let ps = try JSON(text: try WeftProgram.run("ps", "dual", "--json").stdout)
            #expect(
                ps[0]["ports"].elements.compactMap(\.string)
                    == ["0.0.0.0:8090->80/tcp"] + own.map { "\($0)->81/tcp" } + ["[::]:8090->80/tcp"])
            let bindings = try JSON(text: try WeftProgram.run("inspect", "six").stdout)[0]["NetworkSettings"]["Ports"]
            #expect(bindings["80/tcp"].elements.compactMap { $0["HostIp"].string } == ["0.0.0.0", "::"])
            let ping = try WeftProgram.run("ping", "dual")
            #expect(ping.status == 0, "\(ping.stdout)")
            #expect(!ping.stdout.contains("not checked"))
            let checks = try JSON(text: try WeftProgram.run("ping", "dual", "--json").stdout)["checks"].elements
            #expect(checks.contains { $0["address"].string == "::1" } == PacketProgramRun.isPermitted)
            #expect(try WeftProgram.run("plan", "dual.yaml", in: folder.path).status == 0)
        }
    }

    @Test func `without its record a topology is shown by its marks`() async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml")
            let before = try JSON(text: try WeftProgram.run("inspect", "api").stdout)[0]
            try output(of: "rm", "/run/weft/shop.json")
            let after = try JSON(text: try WeftProgram.run("inspect", "api").stdout)[0]
            #expect(before == after)
            let names = try WeftProgram.run("network", "ls", "--format=json").stdout
            #expect(names.contains(#""Name":"shop_back""#))
            let ports = try WeftProgram.run("port", "web", "80").stdout.split(separator: "\n")
            #expect(ports == (PacketProgramRun.isPermitted ? ["0.0.0.0:8080", "[::]:8080"] : ["0.0.0.0:8080"]))
        }
    }

    @Test func `a second apply does not change when a network was made`() async throws {
        try await inPrivateNamespaces {
            func created() throws -> String? {
                try JSON(text: try WeftProgram.run("network", "inspect", "front").stdout)[0]["Created"].string
            }
            try apply("shop.yaml")
            let first = try created()
            #expect(first?.hasPrefix("20") == true)
            try output(of: "ip", "-n", "shop-web", "link", "del", "eth0")
            try apply("shop.yaml")
            #expect(try created() == first)
        }
    }

    @Test func `a network is found by name, identifier and key, and what is unclear is said`() async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml")
            try apply("lab.yaml")
            let id = try WeftProgram.run("network", "ls", "-q").stdout.split(separator: "\n").last.map(String.init)
            let words = ["shop_front", "back", try #require(id)]
            let names = try words.map {
                try JSON(text: try WeftProgram.run("network", "inspect", $0).stdout)[0]["Name"].string
            }
            #expect(names == ["shop_front", "shop_back", "shop_front"])
            let unclear = try WeftProgram.run("network", "inspect", "front")
            #expect(unclear.status == 1)
            #expect(unclear.stderr == "weft: 'front' could be any of lab_front, shop_front\n")
            let unknown = try WeftProgram.run("network", "inspect", "shop_fornt")
            #expect(unknown.status == 1)
            #expect(unknown.stdout == "")
            #expect(
                unknown.stderr
                    == "weft: no network 'shop_fornt' is on the machine\n  hint: did you mean `shop_front`?\n")
            let unpublished = try WeftProgram.run("port", "web", "99")
            #expect(unpublished.status == 1)
            #expect(unpublished.stderr.hasPrefix("weft: port 99/tcp of shop-web is not published\n"))
        }
    }
}
