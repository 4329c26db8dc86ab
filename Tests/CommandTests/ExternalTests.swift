import Linux
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct ExternalTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write(
            "shop.yaml",
            "{name: shop, networks: {front: {ipam: {config: [{subnet: 10.1.0.0/24}]}}}, services: {web: {networks: [front]}}}"
        )
        try folder.write(
            "guest.yaml",
            """
            name: guest
            networks:
              theirs: {external: true, name: shop_front}
            services:
              app: {networks: [theirs]}
              other: {}
              joined: {x-weft: {namespace: blue}}

            """)
    }

    private func weft(_ words: String...) throws -> ProgramResult {
        try TestSupport.run(["env", "-C", folder.path, WeftProgram.path] + words)
    }

    @Test func `a network and a namespace that are not there are shown in the file`() async throws {
        try await inPrivateNamespaces {
            #expect(try weft("validate", "guest.yaml").status == 0)
            for command in ["apply", "plan"] {
                let result = try weft(command, "guest.yaml")
                #expect(result.status == 1)
                #expect(
                    result.stderr == """
                        guest.yaml:3:34: error: network `theirs` is external, and no network `shop_front` is on the machine
                          theirs: {external: true, name: shop_front}
                                                         ^
                          hint: apply the topology that makes it first; `weft network ls` lists the networks there are

                        """)
            }
            #expect(try weft("apply", "shop.yaml").status == 0)
            let result = try weft("apply", "guest.yaml")
            #expect(result.status == 1)
            #expect(
                result.stderr == """
                    guest.yaml:7:20: error: service `joined` joins namespace blue, which is not there
                      joined: {x-weft: {namespace: blue}}
                                       ^
                      hint: weft joins what exists: `ip netns add blue` makes it

                    """)
        }
    }

    @Test func `who uses another's network is shown with it, and holds it`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ip", "netns", "add", "blue")
            #expect(try weft("apply", "shop.yaml").status == 0)
            #expect(try weft("apply", "guest.yaml").status == 0)
            let names = try weft("network", "ls", "--format", "json").stdout.split(separator: "\n").compactMap {
                try JSON(text: String($0))["Name"].string
            }
            #expect(names == ["bridge", "guest_default", "host", "none", "shop_front"])
            let network = try JSON(text: try weft("network", "inspect", "shop_front").stdout)[0]["Containers"]
            let containers = try #require(network.fields)
            #expect(Set(containers.values.compactMap { $0["Name"].string }) == ["shop-web", "guest-app"])
            #expect(try weft("exec", "joined", "--", "ip", "-br", "addr", "show", "eth0").stdout.contains("172.18.0."))
            let down = try weft("down", "shop")
            #expect(down.status == 1)
            #expect(
                down.stderr == """
                    weft: networks have active endpoints:
                      shop_front: guest: guest-app
                      hint: take these off first, with `weft network disconnect` or `weft down` of their topology

                    """)
            #expect(try weft("ping", "guest").status == 0)
            #expect(try weft("down", "--all").status == 0)
            #expect(try output(of: "ls", "/run/netns") == "blue\n")
        }
    }

    @Test func `a container is connected to a network of another topology, and taken off it`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ip", "netns", "add", "blue")
            #expect(try weft("apply", "shop.yaml").status == 0)
            #expect(try weft("apply", "guest.yaml").status == 0)
            for container in ["other", "joined"] {
                let connected = try weft("network", "connect", "--alias", "cache", "shop_front", container)
                #expect(connected.status == 0, "\(connected.stderr)")
            }
            for namespace in ["guest-other", "blue"] { #expect(try isEchoed(by: "10.1.0.2", from: namespace)) }
            #expect(try output(of: "cat", "/etc/netns/guest-other/hosts").contains("10.1.0.2\tshop-web web "))
            #expect(try weft("plan", "guest.yaml").status == 2)
            #expect(try weft("network", "disconnect", "shop_front", "other").status == 0)
            #expect(try weft("apply", "guest.yaml").status == 0)
            #expect(try weft("plan", "guest.yaml").status == 0)
            // The other way round, from the topology that has none of it in its file.
            #expect(try weft("network", "connect", "guest_default", "web").status == 0)
            #expect(try weft("down", "guest").stderr.contains("guest_default: shop: shop-web"))
            #expect(try weft("apply", "shop.yaml").status == 0)
            #expect(try weft("down", "guest").status == 0)
        }
    }
}
