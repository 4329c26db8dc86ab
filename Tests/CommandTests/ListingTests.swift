import Linux
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct ListingTests {
    private static let file = """
        name: shop
        networks:
          front: {ipam: {config: [{subnet: 10.1.0.0/24}]}}
          back: {internal: true, ipam: {config: [{subnet: 10.2.0.0/24}]}}
        services:
          web: {networks: [front], ports: ["8080:80", "127.0.0.1:5353:53/udp"]}
          api: {networks: [front, back]}
          probe: {network_mode: "service:api"}
          node: {network_mode: host}
          batch: {network_mode: none}
        """
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write("shop.yaml", Self.file)
        try folder.write("lab.yaml", "name: lab\nservices: {web: {}}\n")
    }

    private func apply(_ file: String) throws {
        let result = try WeftProgram.run("apply", file, in: folder.path)
        #expect(result.status == 0, "\(result.stderr)")
    }

    @Test func `topologies are listed with what they have and where they come from`() async throws {
        try await inPrivateNamespaces {
            #expect(try WeftProgram.run("ls").stdout == "NAME   NETWORKS   CONTAINERS   FILE\n")
            try apply("shop.yaml")
            try apply("lab.yaml")
            let result = try WeftProgram.run("ls")
            #expect(result.status == 0)
            #expect(
                result.stdout == """
                    NAME   NETWORKS      CONTAINERS   FILE
                    lab    default       1            \(folder.path)/lab.yaml
                    shop   back, front   5            \(folder.path)/shop.yaml

                    """)
            let documents = try JSON(text: try WeftProgram.run("ls", "--json").stdout)
            #expect(documents.elements.compactMap { $0["name"].string } == ["lab", "shop"])
            #expect(documents[1]["file"].string == "\(folder.path)/shop.yaml")
            #expect(documents[1]["networks"].elements.compactMap(\.string) == ["back", "front"])
            #expect(
                documents[1]["containers"].elements.compactMap(\.string)
                    == ["shop-web", "shop-api", "shop-probe", "shop-node", "shop-batch"])
            #expect(documents[1]["complete"].bool == true)
            #expect(try JSON(text: try WeftProgram.run("ls", "--format", "json").stdout) == documents)
        }
    }

    @Test func `containers are listed in the order of their file`() async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml")
            let translated = PacketProgramRun.isPermitted ? ", [::]:8080->80/tcp" : ""
            #expect(
                try WeftProgram.run("ps").stdout == """
                    CONTAINER    SERVICE   TOPOLOGY   NETWORKS             ADDRESSES                  PORTS
                    shop-web     web       shop       front                10.1.0.2/24                0.0.0.0:8080->80/tcp, 127.0.0.1:5353->53/udp\(translated)
                    shop-api     api       shop       back, front          10.2.0.2/24, 10.1.0.3/24
                    shop-probe   probe     shop       container:shop-api
                    shop-node    node      shop       host
                    shop-batch   batch     shop

                    """)
            let documents = try JSON(text: try WeftProgram.run("ps", "shop", "--json").stdout)
            #expect(documents.elements.count == 5)
            let web = documents[0]
            #expect(web["name"].string == "shop-web")
            #expect(web["service"].string == "web")
            #expect(web["topology"].string == "shop")
            #expect(web["network_mode"] == .null)
            #expect(web["endpoints"][0]["network"].string == "front")
            #expect(web["endpoints"][0]["interface"].string == "eth0")
            #expect(web["endpoints"][0]["addresses"].elements.compactMap(\.string) == ["10.1.0.2/24"])
            #expect(web["ports"].elements.count == (PacketProgramRun.isPermitted ? 3 : 2))
            #expect(documents[2]["network_mode"].string == "container:shop-api")
            #expect(documents[3]["network_mode"].string == "host")
            #expect(try JSON(text: try WeftProgram.run("ps", "shop", "--format=json").stdout) == documents)
            #expect(try WeftProgram.run("ps", "--format=table").status == 64)
        }
    }

    @Test func `the containers of one topology can be asked for`() async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml")
            try apply("lab.yaml")
            let lines = try WeftProgram.run("ps", "lab").stdout.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines[1].hasPrefix("lab-web "))
            let unknown = try WeftProgram.run("ps", "shpo")
            #expect(unknown.status == 1)
            #expect(unknown.stderr == "weft: no topology 'shpo' is on the machine\n  hint: did you mean `shop`?\n")
        }
    }

    @Test func `without its record a topology is listed by its marks`() async throws {
        try await inPrivateNamespaces {
            try apply("shop.yaml")
            try output(of: "rm", "/run/weft/shop.json")
            let lines = try WeftProgram.run("ps").stdout.split(separator: "\n").dropFirst()
            #expect(lines.map { $0.prefix { $0 != " " } } == ["shop-api", "shop-batch", "shop-web"])
            let list = try WeftProgram.run("ls")
            #expect(list.stdout.split(separator: "\n").last == "shop   back, front   3            -")
            #expect(list.stderr.contains("shop is not complete"))
            let ping = try WeftProgram.run("ping", "shop")
            #expect(ping.status == 1)
            #expect(ping.stderr.hasPrefix("weft: nothing is on record of shop\n"))
            #expect(try WeftProgram.run("ping", "shop.yaml", in: folder.path).status == 0)
        }
    }

    @Test func `a topology that was cut off is marked until it is finished`() async throws {
        try await inPrivateNamespaces {
            let result = try WeftProgram.run(
                "apply", "shop.yaml", in: folder.path, environment: ["WEFT_FAULT_AFTER_ENTRY": "4"])
            #expect(result.status == 137)
            let list = try WeftProgram.run("ls")
            #expect(
                list.stderr == """
                    weft: shop is not complete; `weft apply \(folder.path)/shop.yaml` finishes it, `weft down shop` removes it

                    """)
            #expect(try JSON(text: try WeftProgram.run("ls", "--json").stdout)[0]["complete"].bool == false)
            try apply("shop.yaml")
            #expect(try WeftProgram.run("ls").stderr == "")
        }
    }
}
