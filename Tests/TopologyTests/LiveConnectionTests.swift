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

    /// Three hosts, a smaller MTU on the last, and networks that know of one another's endpoints.
    private static let lab = """
        name: lab
        hosts:
          node1: {address: 192.168.205.10/24}
          node2: {address: 192.168.205.11/24}
          node3: {address: 192.168.205.12/24, mtu: 1400}
          node4: {address: "fd00::13/64"}
        networks:
          wide: {driver: overlay, ipam: {config: [{subnet: 10.9.0.0/24}]}}
          pods: {driver: routed, ipam: {config: [{subnet: 10.244.0.0/16}]}}
        services:
          a: {host: node1, networks: [wide]}
          b: {host: node2, networks: [wide, pods]}
          c: {host: node3}
          d: {host: node3, network_mode: none}
          e: {host: node4, network_mode: none}
        """

    @Test func `an overlay takes a container of another host, with that host's MTU and way out`() throws {
        let layout = try Layout(yaml: Self.lab)
        let connected = try layout.connecting("lab-d", to: "wide", aliases: ["cache"])
        let endpoints = try container("lab-d", of: connected).endpoints
        #expect(endpoints.map { "\($0.interface) \($0.network)" } == ["eth0 wide", "eth1 weft_gwbridge"])
        #expect(endpoints[0].addresses.map { "\($0)" } == ["10.9.0.4/24"])
        #expect(endpoints.map(\.defaultGatewayFor) == [[], [.v4]])
        #expect(connected.networks.first { $0.overlay != nil }?.mtu == 1350)
        #expect(try connected.disconnecting("lab-d", from: "wide") == layout)
        // Who has a way out keeps it.
        let open = try layout.connecting("lab-c", to: "wide")
        #expect(try container("lab-c", of: open).endpoints.map(\.defaultGatewayFor) == [[.v4], []])
        #expect(try open.disconnecting("lab-c", from: "wide") == layout)
    }

    @Test func `the gateway bridge comes and goes with the bridge that makes it needless`() throws {
        let layout = try Layout(yaml: Self.lab.replacing("c: {host: node3}", with: "c: {host: node1}"))
        let both = try layout.connecting("lab-a", to: "default")
        #expect(try container("lab-a", of: both).endpoints.map(\.network) == ["wide", "default"])
        let back = try both.disconnecting("lab-a", from: "default")
        #expect(try container("lab-a", of: back).endpoints.map(\.network) == ["wide", "weft_gwbridge"])
    }

    @Test func `a routed network takes a container of a host that had none, in that host's slice`() throws {
        let layout = try Layout(yaml: Self.lab)
        let connected = try layout.connecting("lab-d", to: "pods")
        #expect(try container("lab-d", of: connected).endpoints[0].addresses.map { "\($0)" } == ["10.244.2.2/24"])
        let routed = try #require(connected.networks.compactMap(\.routed).first)
        #expect(
            routed.slices.map { "\($0.host) \($0.segments[0].subnet)" } == [
                "node2 10.244.1.0/24", "node3 10.244.2.0/24",
            ])
        #expect(routed.mtu == 1400)
        #expect(try connected.disconnecting("lab-d", from: "pods") == layout)
        let wrong = try #require(IPAddress("10.244.1.9"))
        #expect(throws: ConnectionError.outside(wrong, network: "lab_pods")) {
            try layout.connecting("lab-d", to: "pods", requested: [wrong])
        }
    }

    @Test func `what the hosts cannot carry is refused, and so is a machine's change of what others must know`() throws
    {
        let layout = try Layout(yaml: Self.lab)
        for key in ["wide", "pods"] {
            #expect(throws: ConnectionError.self) { try layout.connecting("lab-e", to: key) }
        }
        let machine = try Layout(
            of: try Topology(yaml: Self.lab), leases: Leases(), surroundings: Surroundings(), host: "node3")
        #expect(throws: ConnectionError.spanning(network: "lab_wide")) {
            try machine.connecting("lab-d", to: "wide")
        }
    }

    @Test func `an internal network does not take the way out`() throws {
        let layout = try Layout(yaml: Self.file).connecting("shop-web", to: "shut")
        let web = try container("shop-web", of: layout)
        #expect(web.endpoints.map(\.defaultGatewayFor) == [[.v4], []])
        #expect(web.ports.map(\.network) == ["front"])
    }
}
