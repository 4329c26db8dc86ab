import Linux
import TestSupport
import Testing

/// What a live connection is like beyond its addresses, and who can have none.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct ConnectOptionTests {
    private static let file = """
        name: shop
        networks:
          front: {ipam: {config: [{subnet: 10.1.0.0/24}]}}
          side: {ipam: {config: [{subnet: 10.4.0.0/24}]}}
        services:
          web: {networks: [front], ports: ["8080:80"]}
          db: {networks: [side]}
          batch: {network_mode: none}
          node: {network_mode: host}
          probe: {network_mode: "service:web"}
        """
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write("shop.yaml", Self.file)
    }

    private func plan() throws -> Int32 { try WeftProgram.run("plan", "shop.yaml", in: folder.path).status }

    private func defaultRoute(of container: String) throws -> String? {
        try json(of: "ip", "-n", container, "-j", "route", "show", "default")[0]["dev"].string
    }

    private func settings(of container: String, on network: String) throws -> JSON {
        try JSON(text: try folder.succeed("inspect", container).stdout)[0]["NetworkSettings"]["Networks"][network]
    }

    @Test func `every option of docker network connect is on the interface, and gone with it`() async throws {
        try await inPrivateNamespaces {
            try folder.succeed("apply", "shop.yaml")
            let sysctls = "net.ipv4.conf.IFNAME.rp_filter=2,net.ipv4.neigh.IFNAME.ucast_solicit=7"
            try folder.succeed(
                "network", "connect", "--driver-opt", "com.docker.network.endpoint.ifname=wan0",
                "--driver-opt=\"com.docker.network.endpoint.sysctls=\(sysctls)\"", "--gw-priority", "1",
                "--link-local-ip", "169.254.7.7", "--link-local-ip=fe80::77,169.254.7.8", "--alias", "one",
                "--alias=two,three",
                "--link", "db:store", "--link", "shop-db", "--ip=10.4.0.9", "side", "web")
            let addresses = try json(of: "ip", "-n", "shop-web", "-j", "addr", "show", "wan0")[0]["addr_info"].elements
            let locals = addresses.compactMap { $0["local"].string }
            #expect(Set(locals).isSuperset(of: ["10.4.0.9", "169.254.7.7", "169.254.7.8", "fe80::77"]))
            #expect(addresses.first { $0["local"].string == "169.254.7.7" }?["prefixlen"].int == 16)
            func value(_ path: String) throws -> String {
                try output(of: "ip", "netns", "exec", "shop-web", "cat", "/proc/sys/net/ipv4/\(path)")
            }
            #expect(try value("conf/wan0/rp_filter") == "2\n")
            #expect(try value("neigh/wan0/ucast_solicit") == "7\n")
            #expect(try defaultRoute(of: "shop-web") == "wan0")
            for name in ["one", "two", "three"] {
                #expect(try isEchoed(by: name, from: "shop-db"))
            }
            #expect(try isEchoed(by: "store", from: "shop-web"))
            #expect(try run(["ip", "netns", "exec", "shop-db", "getent", "hosts", "store"]).status != 0)

            let side = try settings(of: "web", on: "shop_side")
            #expect(side["GwPriority"].int == 1)
            #expect(side["IPAMConfig"]["IPv4Address"].string == "10.4.0.9")
            #expect(
                side["IPAMConfig"]["LinkLocalIPs"].elements.compactMap(\.string) == [
                    "169.254.7.7", "fe80::77", "169.254.7.8",
                ])
            #expect(side["DriverOpts"]["com.docker.network.endpoint.sysctls"].string == sysctls)
            #expect(side["Links"].elements.compactMap(\.string) == ["shop-db:store", "shop-db:shop-db"])
            #expect(try settings(of: "web", on: "shop_front")["Links"] == .null)

            #expect(try plan() == 2)
            try folder.succeed("network", "disconnect", "side", "web")
            #expect(try plan() == 0)
            #expect(try run(["ip", "-n", "shop-web", "link", "show", "wan0"]).status != 0)
            #expect(try defaultRoute(of: "shop-web") == "eth0")
            #expect(!(try output(of: "cat", "/etc/netns/shop-web/hosts").contains("store")))
        }
    }

    @Test func `a link of the file leads to where its target is now, and nowhere while that is away`() async throws {
        try folder.write(
            "links.yaml",
            "{name: lab, networks: {lan: {}}, services: {a: {networks: [lan], links: [\"b:bee\"]}, b: {networks: [lan]}}}\n"
        )
        try await inPrivateNamespaces {
            try folder.succeed("apply", "links.yaml")
            func address() throws -> String? {
                try run(["ip", "netns", "exec", "lab-a", "getent", "ahostsv4", "bee"]).stdout.split(separator: " ")
                    .first
                    .map(String.init)
            }
            #expect(try address() == "172.18.0.3")
            try folder.succeed("network", "disconnect", "lan", "b")
            #expect(try address() == nil)
            try folder.succeed("network", "connect", "--ip", "172.18.0.99", "lan", "b")
            #expect(try address() == "172.18.0.99")
            #expect(try isEchoed(by: "bee", from: "lab-a"))
            try folder.succeed("apply", "links.yaml")
            #expect(try WeftProgram.run("plan", "links.yaml", in: folder.path).status == 0)
            try folder.succeed("down", "lab")
        }
    }

    @Test func `a low gw-priority leaves the default route and the ports where they are`() async throws {
        try await inPrivateNamespaces {
            try folder.succeed("apply", "shop.yaml")
            try folder.succeed("network", "connect", "--gw-priority", "-1", "front", "db")
            #expect(try defaultRoute(of: "shop-db") == "eth0")
            try folder.succeed("network", "disconnect", "front", "db")
            // Without one the network's name decides, and front is before side.
            try folder.succeed("network", "connect", "front", "db")
            #expect(try defaultRoute(of: "shop-db") == "eth1")
            try folder.succeed("network", "connect", "--gw-priority=7", "side", "web")
            #expect(try folder.succeed("port", "web").stdout.contains("80/tcp -> 0.0.0.0:8080"))
            let rules = try output(of: "iptables-save", "-t", "nat")
            #expect(rules.contains("--to-destination 10.4.0.3:80"))
        }
    }

    @Test(arguments: [
        (["--gw-priority", "high"], "--gw-priority must be a whole number from -2147483648 to 2147483647, not 'high'"),
        (["--link-local-ip", "10.0.0.1"], "--link-local-ip: 10.0.0.1 is not link-local"),
        (["--driver-opt", "x"], "--driver-opt: `x` is not KEY=VALUE"),
        (
            ["--driver-opt", "com.docker.network.endpoint.sysctls=net.ipv4.ip_forward=1"],
            "--driver-opt: sysctl `net.ipv4.ip_forward=1` of endpoints is not one of its interface"
        ),
        (["--alias", "a b"], "--alias: `a b` has ` `; allowed are letters, digits, ., _ and -"),
        (["--link", "a:b:c"], "--link: `a:b:c` is not CONTAINER or CONTAINER:ALIAS"),
        (["--ip", "fd00::1"], "--ip must be an IPv4 address, not 'fd00::1'"),
    ])
    func `a value that cannot be is a usage error`(options: [String], message: String) throws {
        let result = try TestSupport.run([WeftProgram.path, "network", "connect"] + options + ["side", "web"])
        #expect(result.status == 64)
        #expect(result.stderr.hasPrefix("weft: network connect: \(message)\n"), "\(result.stderr)")
    }

    @Test func `what is not there, or there already, is refused and nothing changes`() async throws {
        try await inPrivateNamespaces {
            try folder.succeed("apply", "shop.yaml")
            let cases = [
                (
                    ["--driver-opt", "com.docker.network.endpoint.ifname=eth0", "side", "web"],
                    "shop-web has an interface eth0 already"
                ),
                (
                    ["--link", "web:x", "side", "web"],
                    "no container 'web' is on network shop_side, so that a link leads nowhere"
                ),
                (["side", "batch"], "shop-batch is private: nobody on network none is on another one too"),
                (["none", "web"], "shop-web is private: nobody on network none is on another one too"),
                (["side", "node"], "shop-node uses the host's network stack, and can be on no other network"),
                (["side", "probe"], "shop-probe uses the network stack of shop-web, and can be on no other network"),
            ]
            for (words, message) in cases {
                let result = try TestSupport.run([WeftProgram.path, "network", "connect"] + words)
                #expect(result.status == 1)
                #expect(result.stderr.hasPrefix("weft: \(message)\n"), "\(result.stderr)")
            }
            #expect(try plan() == 0)
        }
    }

    @Test func `who is private can be connected once it is off network none, as with Docker`() async throws {
        try await inPrivateNamespaces {
            try folder.succeed("apply", "shop.yaml")
            func isListed() throws -> Bool {
                try folder.succeed("network", "inspect", "none").stdout.contains("\"shop-batch\"")
            }
            #expect(try isListed())
            let refused = try WeftProgram.run("network", "connect", "side", "batch")
            #expect(refused.stderr.contains("weft network disconnect none shop-batch"))
            try folder.succeed("network", "disconnect", "none", "batch")
            #expect(try !isListed())
            try folder.succeed("network", "connect", "side", "batch")
            #expect(try isEchoed(by: "shop-db", from: "shop-batch"))
            #expect(try plan() == 2)
            try folder.succeed("network", "disconnect", "side", "batch")
            try folder.succeed("network", "connect", "none", "batch")
            #expect(try isListed())
            // An apply makes it private again, too.
            try folder.succeed("network", "disconnect", "none", "batch")
            try folder.succeed("network", "connect", "side", "batch")
            try folder.succeed("apply", "shop.yaml")
            #expect(try isListed())
            #expect(try WeftProgram.run("network", "connect", "side", "batch").status == 1)
            #expect(try json(of: "ip", "-j", "-n", "shop-batch", "link").elements.count == 1)
        }
    }
}
