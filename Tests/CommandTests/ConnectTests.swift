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

    @Test(arguments: ["iptables", "nftables"])
    func `a container is connected and talks, the plan shows it, and an apply undoes it`(firewall: String) async throws
    {
        try await inPrivateNamespaces {
            _ = try folder.succeed("apply", "--firewall", firewall, "shop.yaml")
            let links = try output(of: "ip", "-br", "link")
            let result = try folder.succeed(
                "network", "connect", "--ip", "10.2.0.9", "--ip6=fd00:2::9", "--alias", "cache,store", "back", "web")
            #expect(result.stdout.contains(" created, "))
            let addresses = try json(of: "ip", "-n", "shop-web", "-j", "addr", "show", "eth1")[0]["addr_info"]
            let locals = addresses.elements.compactMap { $0["local"].string }
            #expect(locals.contains("10.2.0.9"))
            #expect(locals.contains("fd00:2::9"))
            try output(of: "ip", "netns", "exec", "shop-db", "ping", "-c", "1", "-W", "2", "10.2.0.9")
            let hosts = try output(of: "cat", "/etc/netns/shop-db/hosts")
            #expect(hosts.contains("10.2.0.9\tshop-web web cache store "))
            let web = try JSON(text: try folder.succeed("inspect", "web").stdout)[0]["NetworkSettings"]["Networks"]
            #expect(web["shop_back"]["IPAMConfig"]["IPv4Address"].string == "10.2.0.9")
            #expect(web["shop_back"]["Aliases"] == .array(["shop-web", "web", "cache", "store"].map { .string($0) }))

            let plan = try WeftProgram.run("plan", "shop.yaml", in: folder.path)
            #expect(plan.status == 2)
            #expect(plan.stdout.contains("shop-web:eth1"))
            _ = try folder.succeed("apply", "shop.yaml")
            #expect(try WeftProgram.run("plan", "shop.yaml", in: folder.path).status == 0)
            #expect(try run(["ip", "-n", "shop-web", "link", "show", "eth1"]).status != 0)
            #expect(
                try output(of: "ip", "-br", "link").split(separator: "\n").count == links.split(separator: "\n").count)
        }
    }

    @Test func `a container is disconnected from its only network and connected again`() async throws {
        try await inPrivateNamespaces {
            _ = try folder.succeed("apply", "shop.yaml")
            _ = try folder.succeed("network", "disconnect", "shop_back", "shop-db")
            #expect(try run(["ip", "-n", "shop-db", "link", "show", "eth0"]).status != 0)
            #expect(!(try output(of: "cat", "/etc/netns/shop-db/hosts").contains("10.2.0.")))
            #expect(try WeftProgram.run("plan", "shop.yaml", in: folder.path).status == 2)
            let again = try folder.succeed("network", "connect", "back", "db", "--json")
            #expect((try JSON(text: again.stdout)["created"].int ?? 0) > 0)
            #expect(try WeftProgram.run("plan", "shop.yaml", in: folder.path).status == 0)
            #expect(try folder.succeed("down", "shop").stderr.contains("stays on"))
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
            _ = try folder.succeed("apply", "blue.yaml")
            _ = try folder.succeed("network", "disconnect", "lan", "lab-a")
            #expect(try run(["ip", "-n", "blue", "link", "show", "eth0"]).status != 0)
            #expect(try folder.succeed("inspect", "a").stdout.contains("\"Networks\": {"))
            _ = try folder.succeed("network", "connect", "lan", "lab-a")
            try output(of: "ip", "netns", "exec", "blue", "ping", "-c", "1", "-W", "2", "lab-b")
            #expect(try WeftProgram.run("plan", "blue.yaml", in: folder.path).status == 0)
            _ = try folder.succeed("down", "lab")
            #expect(try json(of: "ip", "-j", "-n", "blue", "link").elements.count == 1)
        }
    }

    private static let lab = """
        name: lab
        hosts:
          node1: {address: 192.168.205.10/24}
          node2: {address: 192.168.205.11/24}
          node3: {address: 192.168.205.12/24}
        networks:
          wide: {driver: overlay, ipam: {config: [{subnet: 10.9.0.0/24}]}}
          pods: {driver: routed, ipam: {config: [{subnet: 10.244.0.0/16}]}}
        services:
          a: {host: node1, networks: [wide]}
          b: {host: node2, networks: [wide, pods]}
          c: {host: node3}
        """

    /// Connects and disconnects lab-c, and looks that the plan of the file shows it each time and an apply undoes it.
    private func checkLive(_ network: String, at address: String, while body: () throws -> Void) throws {
        _ = try folder.succeed("apply", "lab.yaml")
        let namespaces = try output(of: "ip", "netns")
        _ = try folder.succeed("network", "connect", "--alias", "cache", network, "lab-c")
        try output(of: "ip", "netns", "exec", "lab-b", "ping", "-c", "1", "-W", "2", address)
        let names = try output(of: "cat", "/etc/netns/lab-b/hosts")
        #expect(names.contains("\(address)\tlab-c c cache "))
        let ping = try WeftProgram.run("ping", "lab")
        #expect(ping.status == 0, "\(ping.stdout)\(ping.stderr)")
        try body()
        #expect(try WeftProgram.run("plan", "lab.yaml", in: folder.path).status == 2)
        _ = try folder.succeed("network", "disconnect", network, "c")
        #expect(try WeftProgram.run("plan", "lab.yaml", in: folder.path).status == 0)
        _ = try folder.succeed("network", "connect", network, "c")
        _ = try folder.succeed("apply", "lab.yaml")
        #expect(try WeftProgram.run("plan", "lab.yaml", in: folder.path).status == 0)
        #expect(try output(of: "ip", "netns") == namespaces)
        _ = try folder.succeed("network", "disconnect", network, "b")
        #expect(!(try output(of: "cat", "/etc/netns/lab-b/hosts").contains("\(address.dropLast(1))")))
        _ = try folder.succeed("apply", "lab.yaml")
        #expect(try WeftProgram.run("plan", "lab.yaml", in: folder.path).status == 0)
        _ = try folder.succeed("down", "lab")
        #expect(try output(of: "ip", "netns") == "")
    }

    @Test func `an overlay of a lab takes a container of another host, and all hosts know of it`() async throws {
        try folder.write("lab.yaml", Self.lab)
        try await inPrivateNamespaces {
            try checkLive("lab_wide", at: "10.9.0.4") {
                for host in ["node1", "node2"] {
                    let entries = try json(of: "bridge", "-n", "lab-\(host)-wide", "-j", "fdb", "show", "dev", "vxlan0")
                    let entry = entries.elements.first {
                        $0["mac"].string == "02:42:0a:09:00:04" && $0["dst"].string != nil
                    }
                    #expect(entry?["dst"].string == "192.168.205.12")
                    let neighbours = try output(of: "ip", "-n", "lab-\(host)-wide", "neigh", "show", "nud", "permanent")
                    #expect(neighbours.contains("10.9.0.4 dev vxlan0 lladdr 02:42:0a:09:00:04"))
                }
                let own = try output(of: "bridge", "-n", "lab-node3-wide", "fdb", "show", "dev", "vxlan0")
                #expect(own.contains("02:42:0a:09:00:02 dst 192.168.205.10"))
            }
        }
    }

    @Test func `a routed network of a lab takes a container of another host, and all hosts route to it`() async throws {
        try folder.write("lab.yaml", Self.lab)
        try await inPrivateNamespaces {
            try checkLive("pods", at: "10.244.2.2") {
                let routes = try output(of: "ip", "-n", "lab-node2", "route")
                #expect(routes.contains("10.244.2.0/24 via 192.168.205.12 dev eth0"))
            }
        }
    }

    @Test func `what makes no sense changes nothing and is said`() async throws {
        try await inPrivateNamespaces {
            _ = try folder.succeed("apply", "shop.yaml")
            let twice = try WeftProgram.run("network", "connect", "front", "web")
            #expect(twice.status == 1)
            #expect(twice.stderr == "weft: shop-web is on network shop_front already\n")
            let taken = try WeftProgram.run("network", "connect", "--ip", "10.2.0.2", "back", "web")
            #expect(taken.stderr.hasPrefix("weft: 10.2.0.2 is taken"))
            let word = try WeftProgram.run("network", "connect", "--ip", "fd00::1", "back", "web")
            #expect(word.status == 64)
            let missing = try WeftProgram.run("network", "connect", "bridge", "web")
            #expect(missing.stderr.hasPrefix("weft: the container's topology has no network 'bridge'\n"))
            for verb in ["connect", "disconnect"] {
                let host = try WeftProgram.run("network", verb, "host", "web")
                #expect(host.status == 1)
                #expect(
                    host.stderr.hasPrefix(
                        "weft: shop-web cannot be connected to network host or disconnected from it while it runs\n"))
            }
            #expect(try WeftProgram.run("plan", "shop.yaml", in: folder.path).status == 0)
        }
    }
}
