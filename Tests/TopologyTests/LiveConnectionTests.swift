import Addressing
import Testing
import Topology

@Suite struct LiveConnectionTests {
    private static let file = """
        name: shop
        networks:
          front: {ipam: {config: [{subnet: 10.1.0.0/24}]}}
          back: {enable_ipv6: true, ipam: {config: [{subnet: 10.2.0.0/29}, {subnet: "fd00:2::/64"}]}}
          shut: {internal: true, ipam: {config: [{subnet: 10.3.0.0/24}]}}
        services:
          web: {networks: [front], ports: ["8080:80"]}
          db: {networks: [back]}
          probe: {network_mode: "service:web"}
        """

    private func container(_ name: String, of layout: Layout) throws -> Layout.Container {
        try #require(layout.containers.first { $0.name == name })
    }

    @Test func `a new endpoint has the next interface and the lowest free addresses`() throws {
        let layout = try Layout(yaml: Self.file).connecting("shop-web", to: "back", aliases: ["cache"])
        let endpoint = try #require(try container("shop-web", of: layout).endpoints.last)
        #expect(endpoint.network == "back")
        #expect(endpoint.interface == "eth1")
        #expect(endpoint.addresses.map { "\($0)" } == ["10.2.0.3/29", "fd00:2::3/64"])
        #expect("\(endpoint.mac)" == "02:42:0a:02:00:03")
        #expect(endpoint.aliases == ["cache"])
        #expect(layout.leases.addresses["shop-web"]?["back"]?.count == 2)
    }

    @Test func `addresses that are asked for are given, or it is said why not`() throws {
        let layout = try Layout(yaml: Self.file)
        let asked = try #require(IPAddress("10.1.0.77"))
        let changed = try layout.connecting("shop-db", to: "front", requested: [asked])
        #expect(try container("shop-db", of: changed).endpoints.last?.addresses.first?.address == asked)
        let gateway = try #require(IPAddress("10.1.0.1"))
        #expect(throws: ConnectionError.taken(gateway)) {
            try layout.connecting("shop-db", to: "front", requested: [gateway])
        }
        let web = try #require(IPAddress("10.1.0.2"))
        #expect(throws: ConnectionError.taken(web)) { try layout.connecting("shop-db", to: "front", requested: [web]) }
        let foreign = try #require(IPAddress("10.9.0.1"))
        #expect(throws: ConnectionError.outside(foreign, network: "shop_front")) {
            try layout.connecting("shop-db", to: "front", requested: [foreign])
        }
    }

    @Test func `what makes no sense is refused by name`() throws {
        let layout = try Layout(yaml: Self.file)
        #expect(throws: ConnectionError.connected(container: "shop-web", network: "shop_front")) {
            try layout.connecting("shop-web", to: "front")
        }
        #expect(throws: ConnectionError.notConnected(container: "shop-web", network: "shop_back")) {
            try layout.disconnecting("shop-web", from: "back")
        }
        #expect(throws: ConnectionError.noSandbox(container: "shop-probe")) {
            try layout.connecting("shop-probe", to: "back")
        }
        #expect(throws: ConnectionError.noNetwork("side")) { try layout.connecting("shop-web", to: "side") }
        #expect(throws: ConnectionError.noContainer("web")) { try layout.connecting("web", to: "back") }
    }

    @Test func `a network that is full takes nobody`() throws {
        // A /29 has six addresses, of which the bridge and db have two.
        var layout = try Layout(
            yaml: Self.file.replacing(
                "probe: {network_mode: \"service:web\"}", with: "more: {scale: 5, networks: [front]}"))
        for index in 1...4 { layout = try layout.connecting("shop-more-\(index)", to: "back") }
        #expect(throws: ConnectionError.exhausted(.v4, network: "shop_back")) {
            try layout.connecting("shop-more-5", to: "back")
        }
    }

    @Test func `the default route and the ports follow to the network that comes first, and back`() throws {
        let layout = try Layout(yaml: Self.file)
        let connected = try layout.connecting("shop-web", to: "back")
        let web = try container("shop-web", of: connected)
        #expect(web.endpoints.map(\.defaultGatewayFor) == [[], [.v4, .v6]])
        #expect(web.ports.map { "\($0.network) \($0.address)" } == ["back 10.2.0.3"])
        #expect(try connected.disconnecting("shop-web", from: "back") == layout)
    }

    @Test func `an internal network does not take the way out`() throws {
        let layout = try Layout(yaml: Self.file).connecting("shop-web", to: "shut")
        let web = try container("shop-web", of: layout)
        #expect(web.endpoints.map(\.defaultGatewayFor) == [[.v4], []])
        #expect(web.ports.map(\.network) == ["front"])
    }
}
