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
          node: {network_mode: host}
          batch: {network_mode: none}
        """

    private func container(_ name: String, of layout: Layout) throws -> Layout.Container {
        try #require(layout.containers.first { $0.name == name })
    }

    @Test func `a new endpoint has the next interface and the lowest free addresses`() throws {
        var request = EndpointRequest()
        try request.add(alias: "cache")
        let layout = try Layout(yaml: Self.file).connecting("shop-web", to: "back", as: request)
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
        let changed = try layout.connecting("shop-db", to: "front", as: .init(addresses: [asked]))
        #expect(try container("shop-db", of: changed).endpoints.last?.addresses.first?.address == asked)
        let gateway = try #require(IPAddress("10.1.0.1"))
        #expect(throws: ConnectionError.taken(gateway)) {
            try layout.connecting("shop-db", to: "front", as: .init(addresses: [gateway]))
        }
        let web = try #require(IPAddress("10.1.0.2"))
        #expect(throws: ConnectionError.taken(web)) {
            try layout.connecting("shop-db", to: "front", as: .init(addresses: [web]))
        }
        let foreign = try #require(IPAddress("10.9.0.1"))
        #expect(throws: ConnectionError.outside(foreign, network: "shop_front")) {
            try layout.connecting("shop-db", to: "front", as: .init(addresses: [foreign]))
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
        #expect(throws: ConnectionError.noSandbox(container: "shop-probe", owner: "shop-web")) {
            try layout.connecting("shop-probe", to: "back")
        }
        #expect(throws: ConnectionError.onHost(container: "shop-node")) {
            try layout.connecting("shop-node", to: "back")
        }
        #expect(throws: ConnectionError.noNetwork("side")) { try layout.connecting("shop-web", to: "side") }
        #expect(throws: ConnectionError.noContainer("web")) { try layout.connecting("web", to: "back") }
    }

    @Test func `who is private is on no network beside none, until it is taken off that`() throws {
        let layout = try Layout(yaml: Self.file)
        #expect(throws: ConnectionError.isPrivate(container: "shop-batch")) {
            try layout.connecting("shop-batch", to: "front")
        }
        #expect(throws: ConnectionError.isPrivate(container: "shop-web")) {
            try layout.setting("shop-web", private: true)
        }
        #expect(throws: ConnectionError.notConnected(container: "shop-web", network: "none")) {
            try layout.setting("shop-web", private: false)
        }
        #expect(throws: ConnectionError.connected(container: "shop-batch", network: "none")) {
            try layout.setting("shop-batch", private: true)
        }
        let open = try layout.setting("shop-batch", private: false)
        let connected = try open.connecting("shop-batch", to: "front")
        #expect(try container("shop-batch", of: connected).endpoints.map(\.interface) == ["eth0"])
        let off = try connected.disconnecting("shop-batch", from: "front")
        #expect(off == open)
        #expect(try off.setting("shop-batch", private: true) == layout)
    }

    @Test func `what is asked of an endpoint is on it as the file's keys would have it`() throws {
        let layout = try Layout(yaml: Self.file)
        var request = EndpointRequest()
        try request.add(linkLocalAddress: "169.254.7.7")
        try request.add(linkLocalAddress: "fe80::77")
        let sysctls = "net.ipv4.conf.IFNAME.rp_filter=2,net.ipv6.conf.IFNAME.accept_ra=0"
        try request.add(driverOption: "\"com.docker.network.endpoint.sysctls=\(sysctls)\"")
        try request.add(driverOption: " com.docker.network.endpoint.ifname = wan0 ")
        try request.add(link: "web:server")
        try request.add(link: "shop-web")
        request.gatewayPriority = 3
        let connected = try layout.connecting("shop-db", to: "front", as: request)
        let db = try container("shop-db", of: connected)
        let keys = """
            {interface_name: wan0, gw_priority: 3, link_local_ips: [169.254.7.7, "fe80::77"],
                driver_opts: {com.docker.network.endpoint.sysctls: "\(sysctls)"}}
            """
        let file = Self.file.replacing("db: {networks: [back]}", with: "db: {networks: {back: {}, front: \(keys)}}")
        let declared = try container("shop-db", of: Layout(yaml: file))
        #expect(db.endpoints.first { $0.network == "front" } == declared.endpoints.first { $0.network == "front" })
        #expect(db.endpoints.map(\.defaultGatewayFor) == [[.v6], [.v4]])
        #expect(db.links.map { "\($0.container) \($0.alias)" } == ["shop-web server", "shop-web shop-web"])
        #expect(try connected.disconnecting("shop-db", from: "front") == layout)
    }

    @Test func `an interface, a link's end or a default route that there is not is refused by name`() throws {
        let layout = try Layout(yaml: Self.file)
        var request = EndpointRequest()
        try request.add(driverOption: "com.docker.network.endpoint.ifname=eth0")
        #expect(throws: ConnectionError.interfaceTaken("eth0", container: "shop-db")) {
            try layout.connecting("shop-db", to: "front", as: request)
        }
        request = EndpointRequest()
        try request.add(link: "db")
        #expect(throws: ConnectionError.noLinkTarget("db", network: "shop_front")) {
            try layout.connecting("shop-db", to: "front", as: request)
        }
        let joined = try Layout(
            of: try Topology(
                yaml: Self.file.replacing("db: {", with: "db: {x-weft: {namespace: blue}, ")), leases: Leases(),
            surroundings: Surroundings(routedFamilies: ["db": [.v4]]))
        request = EndpointRequest()
        request.gatewayPriority = 1
        #expect(throws: ConnectionError.hasDefaultRoute(container: "shop-db", .v4)) {
            try joined.connecting("shop-db", to: "front", as: request)
        }
        request.gatewayPriority = 0
        #expect(try joined.connecting("shop-db", to: "front", as: request) != joined)
    }

    @Test(
        arguments: [
            ("alias", "a b", "`a b` has ` `; allowed are letters, digits, ., _ and -", nil),
            (
                "linkLocal", "10.0.0.1", "10.0.0.1 is not link-local",
                "such addresses lie in 169.254.0.0/16 or fe80::/10"
            ),
            ("linkLocal", "x", "`x` is no address", nil),
            ("link", "a:b:c", "`a:b:c` is not CONTAINER or CONTAINER:ALIAS", nil),
            ("link", "a:", "`a:` is not CONTAINER or CONTAINER:ALIAS", nil),
            ("link", "a:b c", "`b c` has ` `; allowed are letters, digits, ., _ and -", nil),
            ("driver", "ifname", "`ifname` is not KEY=VALUE", nil),
            (
                "driver", "ifname=x", "option `ifname` of endpoints is not supported yet",
                "did you mean com.docker.network.endpoint.ifname?"
            ),
            (
                "driver", "com.docker.network.endpoint.ifname=a/b",
                "interface name `a/b` has `/`, which no interface's name can", nil
            ),
            (
                "driver", "com.docker.network.endpoint.sysctls=net.ipv4.ip_forward=1",
                "sysctl `net.ipv4.ip_forward=1` of endpoints is not one of its interface",
                "write net.ipv4.conf.IFNAME.NAME=VALUE, with IFNAME as it stands here"
            ),
        ] as [(String, String, String, String?)])
    func `values that cannot be are refused with what helps`(
        kind: String, text: String, message: String, hint: String?
    ) throws {
        var request = EndpointRequest()
        let fault = #expect(throws: ValueFault.self) {
            switch kind {
            case "alias": try request.add(alias: text)
            case "linkLocal": try request.add(linkLocalAddress: text)
            case "link": try request.add(link: text)
            default: try request.add(driverOption: text)
            }
        }
        #expect(fault?.message == message)
        #expect(fault?.hint == hint)
        #expect(request == EndpointRequest())
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
          d: {host: node3}
          e: {host: node4}
        """

    /// The lab with `lab-d` and `lab-e` on no network, nor private.
    private func lab(_ text: String = lab) throws -> Layout {
        try Layout(yaml: text).disconnecting("lab-d", from: "default").disconnecting("lab-e", from: "default")
    }

    @Test func `an overlay takes a container of another host, with that host's MTU and way out`() throws {
        let layout = try lab()
        let connected = try layout.connecting("lab-d", to: "wide")
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
        let layout = try lab()
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
            try layout.connecting("lab-d", to: "pods", as: .init(addresses: [wrong]))
        }
    }

    @Test func `where no service needed a gateway bridge it comes with the first container and goes with the last`()
        throws
    {
        let text = """
            name: lab
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 172.18.3.1/24, gateway: 172.18.3.9}}
            networks: {wide: {driver: overlay}, net: {}, shut: {driver: overlay, internal: true}}
            services:
              a: {host: node1, networks: [net]}
              b: {host: node2, networks: [net]}
            """
        let layout = try Layout(yaml: text)
        let key = Topology.Network.gatewayBridgeKey
        #expect(!layout.networks.contains { $0.declaration.key == key })
        let bare = try layout.disconnecting("lab-a", from: "net").disconnecting("lab-b", from: "net")
        #expect(try bare.connecting("lab-a", to: "shut").networks.count == bare.networks.count)
        let one = try bare.connecting("lab-a", to: "wide")
        let bridge = try #require(one.networks.last)
        // 172.17 is the predefined bridge's, 172.18 a host's, 172.19 the network's.
        #expect(
            layout.networks.first { $0.declaration.key == "net" }.map { "\($0.segments[0].subnet)" } == "172.19.0.0/16")
        #expect("\(bridge.segments[0].subnet) \(bridge.segments[0].gateway)" == "172.20.0.0/16 172.20.0.1")
        #expect(try container("lab-a", of: one).endpoints.map(\.network) == ["wide", key])
        #expect(try container("lab-a", of: one).endpoints.map(\.defaultGatewayFor) == [[], [.v4]])
        let two = try one.connecting("lab-b", to: "wide")
        #expect(two.networks == (try one.connecting("lab-b", to: "wide")).networks)
        let last = try two.disconnecting("lab-a", from: "wide")
        #expect(last.networks.last?.declaration.key == key)
        #expect(try last.disconnecting("lab-b", from: "wide") == bare)
        // The file that names the networks from the beginning has the same bridge.
        let declared = try Layout(yaml: text.replacing("[net]", with: "[wide]"))
        #expect(declared.networks.last?.declaration.options == bridge.declaration.options)
        #expect(declared.networks.last?.segments == bridge.segments)
        // What the machine has is avoided.
        let avoided = try bare.connecting("lab-a", to: "wide", reserved: [#require(Subnet("172.20.0.0/14"))])
        #expect(avoided.networks.last.map { "\($0.segments[0].subnet)" } == "172.24.0.0/16")
    }

    @Test func `what the hosts cannot carry is refused`() throws {
        let layout = try lab()
        for key in ["wide", "pods"] {
            #expect(throws: ConnectionError.self) { try layout.connecting("lab-e", to: key) }
        }
    }

    @Test func `every machine makes the same of a change on a network that spans hosts, and only there of others`()
        throws
    {
        let hosts = ["node1", "node2", "node3"]
        let machines = try hosts.map { host in
            try Layout(of: try Topology(yaml: Self.lab), leases: Leases(), surroundings: Surroundings(), host: host)
        }
        let whole = try Layout(yaml: Self.lab)
        for key in ["wide", "pods"] {
            let expected = try whole.connecting("lab-d", to: key)
            for machine in machines {
                let changed = try machine.connecting("lab-d", to: key)
                #expect(changed.containers == expected.containers)
                #expect(changed.networks.map(\.overlay) == expected.networks.map(\.overlay))
                #expect(changed.networks.map(\.routed) == expected.networks.map(\.routed))
                #expect(try changed.disconnecting("lab-d", from: key) == machine)
            }
        }
        #expect(throws: ConnectionError.elsewhere(container: "lab-d", host: "node3", network: "lab_default")) {
            try machines[0].disconnecting("lab-d", from: "default")
        }
        #expect(try machines[2].disconnecting("lab-d", from: "default") != machines[2])
        // Whoever was told of another's address finds that its own container has it.
        let second = try machines[1].connecting("lab-c", to: "wide")
        let address = try #require(try container("lab-c", of: second).endpoints.last?.addresses.first?.address)
        #expect(throws: ConnectionError.taken(address)) {
            try second.connecting("lab-d", to: "wide", as: .init(addresses: [address]))
        }
    }

    @Test func `an internal network does not take the way out`() throws {
        let layout = try Layout(yaml: Self.file).connecting("shop-web", to: "shut")
        let web = try container("shop-web", of: layout)
        #expect(web.endpoints.map(\.defaultGatewayFor) == [[.v4], []])
        #expect(web.ports.map(\.network) == ["front"])
    }
}
