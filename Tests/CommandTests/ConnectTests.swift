import Linux
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct ConnectTests {
    private static let file = """
        name: shop
        networks:
          front: {ipam: {config: [{subnet: 10.1.0.0/24}]}}
          back: {internal: true, enable_ipv6: true, ipam: {config: [{subnet: 10.2.0.0/24}, {subnet: "fd00:2::/64"}]}}
        services:
          web: {networks: [front], ports: ["8080:80"]}
          db: {networks: [back]}
        """
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write("shop.yaml", Self.file)
    }

    private func succeed(_ words: String...) throws -> ProgramResult {
        let result = try TestSupport.run(["env", "-C", folder.path, WeftProgram.path] + words)
        #expect(result.status == 0, "\(words): \(result.stderr)")
        return result
    }

    @Test(arguments: ["iptables", "nftables"])
    func `a container is connected and talks, the plan shows it, and an apply undoes it`(firewall: String) async throws
    {
        try await inPrivateNamespaces {
            _ = try succeed("apply", "--firewall", firewall, "shop.yaml")
            let links = try output(of: "ip", "-br", "link")
            let result = try succeed(
                "network", "connect", "--ip", "10.2.0.9", "--ip6=fd00:2::9", "--alias", "cache,store", "back", "web")
            #expect(result.stdout.contains(" created, "))
            let addresses = try json(of: "ip", "-n", "shop-web", "-j", "addr", "show", "eth1")[0]["addr_info"]
            let locals = addresses.elements.compactMap { $0["local"].string }
            #expect(locals.contains("10.2.0.9"))
            #expect(locals.contains("fd00:2::9"))
            try output(of: "ip", "netns", "exec", "shop-db", "ping", "-c", "1", "-W", "2", "10.2.0.9")
            let hosts = try output(of: "cat", "/etc/netns/shop-db/hosts")
            #expect(hosts.contains("10.2.0.9\tshop-web web cache store\n"))
            let web = try JSON(text: try succeed("inspect", "web").stdout)[0]["NetworkSettings"]["Networks"]
            #expect(web["shop_back"]["IPAMConfig"]["IPv4Address"].string == "10.2.0.9")
            #expect(web["shop_back"]["Aliases"] == .array([.string("cache"), .string("store")]))

            let plan = try WeftProgram.run("plan", "shop.yaml", in: folder.path)
            #expect(plan.status == 2)
            #expect(plan.stdout.contains("shop-web:eth1"))
            _ = try succeed("apply", "shop.yaml")
            #expect(try WeftProgram.run("plan", "shop.yaml", in: folder.path).status == 0)
            #expect(try run(["ip", "-n", "shop-web", "link", "show", "eth1"]).status != 0)
            #expect(
                try output(of: "ip", "-br", "link").split(separator: "\n").count == links.split(separator: "\n").count)
        }
    }

    @Test func `a container is disconnected from its only network and connected again`() async throws {
        try await inPrivateNamespaces {
            _ = try succeed("apply", "shop.yaml")
            _ = try succeed("network", "disconnect", "shop_back", "shop-db")
            #expect(try run(["ip", "-n", "shop-db", "link", "show", "eth0"]).status != 0)
            #expect(!(try output(of: "cat", "/etc/netns/shop-db/hosts").contains("10.2.0.")))
            #expect(try WeftProgram.run("plan", "shop.yaml", in: folder.path).status == 2)
            let again = try succeed("network", "connect", "back", "db", "--json")
            #expect((try JSON(text: again.stdout)["created"].int ?? 0) > 0)
            #expect(try WeftProgram.run("plan", "shop.yaml", in: folder.path).status == 0)
            #expect(try succeed("down", "shop").stderr.contains("stays on"))
            #expect(try listDirectory("/run/weft") == ["lock"])
        }
    }

    @Test func `a namespace that was joined is taken off its only network, and connected again`() async throws {
        try folder.write(
            "blue.yaml",
            "{name: lab, networks: {lan: {}}, services: {a: {networks: [lan], x-weft: {namespace: blue}}, b: {networks: [lan]}}}\n"
        )
        try await inPrivateNamespaces {
            try output(of: "sh", "-c", "ip netns add blue; ip -n blue link set lo up")
            _ = try succeed("apply", "blue.yaml")
            _ = try succeed("network", "disconnect", "lan", "lab-a")
            #expect(try run(["ip", "-n", "blue", "link", "show", "eth0"]).status != 0)
            #expect(try succeed("inspect", "a").stdout.contains("\"Networks\": {"))
            _ = try succeed("network", "connect", "lan", "lab-a")
            try output(of: "ip", "netns", "exec", "blue", "ping", "-c", "1", "-W", "2", "lab-b")
            #expect(try WeftProgram.run("plan", "blue.yaml", in: folder.path).status == 0)
            _ = try succeed("down", "lab")
            #expect(try json(of: "ip", "-j", "-n", "blue", "link").elements.count == 1)
        }
    }

    @Test func `what makes no sense changes nothing and is said`() async throws {
        try await inPrivateNamespaces {
            _ = try succeed("apply", "shop.yaml")
            let twice = try WeftProgram.run("network", "connect", "front", "web")
            #expect(twice.status == 1)
            #expect(twice.stderr == "weft: shop-web is on network shop_front already\n")
            let taken = try WeftProgram.run("network", "connect", "--ip", "10.2.0.2", "back", "web")
            #expect(taken.stderr.hasPrefix("weft: 10.2.0.2 is taken"))
            let word = try WeftProgram.run("network", "connect", "--ip", "fd00::1", "back", "web")
            #expect(word.status == 64)
            let host = try WeftProgram.run("network", "connect", "host", "web")
            #expect(host.status == 1)
            #expect(host.stderr.hasPrefix("weft: the container's topology has no network 'host'\n"))
            #expect(try WeftProgram.run("plan", "shop.yaml", in: folder.path).status == 0)
        }
    }
}
