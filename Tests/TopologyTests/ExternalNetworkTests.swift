import Addressing
import Testing
import Topology
import YAML

@Suite struct ExternalNetworkTests {
    private static let declaration = {
        var network = Topology.Network(key: "lan")
        network.isExternal = true
        return network
    }()

    private func layout(_ text: String, _ external: ExternalNetwork, leases: Leases = Leases()) throws -> Layout {
        try Layout(
            of: try Topology(yaml: text), leases: leases,
            surroundings: Surroundings(externalNetworks: ["lan": external]))
    }

    private static let file = """
        networks: {lan: {external: true, name: shop_front}}
        services: {a: {networks: [lan]}, b: {networks: [lan]}}
        """

    private func bridge(
        _ addresses: [String], taken: [String] = [], pools: [Topology.Network.Pool] = []
    ) -> ExternalNetwork {
        var declaration = Self.declaration
        declaration.pools = pools
        return ExternalNetwork(
            bridge: "br0", declaration: declaration, name: "lan",
            addresses: addresses.compactMap { InterfaceAddress($0) },
            mtu: 9000, taken: Set(taken.compactMap { IPAddress($0) }))
    }

    @Test func `endpoints take the lowest addresses of a bridge that nobody there has`() throws {
        let layout = try layout(
            Self.file, bridge(["192.0.2.1/24", "fd00:1::1/64", "fe80::1/64"], taken: ["192.0.2.2", "fd00:1::2"]))
        let addresses = layout.containers.flatMap { $0.endpoints.flatMap(\.addresses) }.map { "\($0)" }
        #expect(addresses == ["192.0.2.3/24", "fd00:1::3/64", "192.0.2.4/24", "fd00:1::4/64"])
        #expect(layout.containers.allSatisfy { $0.endpoints[0].defaultGatewayFor == [.v4, .v6] })
        #expect(layout.networks[0].bridge == "br0")
        #expect(layout.networks[0].declaration.mtu == 9000)
        #expect(layout.leases.subnets == [:])
    }

    @Test func `a bridge without addresses gives those of the file, and no default route without a gateway`() throws {
        let subnet = try #require(Subnet("192.0.2.0/24"))
        let closed = try layout(Self.file, bridge([], pools: [.init(subnet: subnet)]))
        #expect(closed.containers[0].endpoints[0].addresses.map { "\($0)" } == ["192.0.2.2/24"])
        #expect(closed.containers[0].endpoints[0].defaultGatewayFor == [])
        let open = try layout(Self.file, bridge([], pools: [.init(subnet: subnet, gateway: IPAddress("192.0.2.254"))]))
        #expect(open.containers[0].endpoints[0].addresses.map { "\($0)" } == ["192.0.2.1/24"])
        #expect(open.containers[0].endpoints[0].defaultGatewayFor == [.v4])
    }

    @Test func `the gateway of the file counts more than the bridge's own address`() throws {
        let subnet = try #require(Subnet("192.0.2.0/24"))
        let pool = Topology.Network.Pool(subnet: subnet, gateway: IPAddress("192.0.2.254"))
        let layout = try layout(Self.file, bridge(["192.0.2.1/24"], pools: [pool]))
        #expect(layout.networks[0].segments.map(\.gateway) == [IPAddress("192.0.2.254")])
        #expect(layout.containers[0].endpoints[0].addresses.map { "\($0)" } == ["192.0.2.2/24"])
    }

    @Test func `a network of another topology is what that says of it`() throws {
        let shop = try Layout(
            of: try Topology(
                yaml: """
                    name: shop
                    networks: {front: {internal: true, ipam: {config: [{subnet: 10.1.0.0/24, ip_range: 10.1.0.128/25}]}}}
                    services: {web: {networks: [front]}}
                    """), leases: Leases(), surroundings: Surroundings())
        let web = Layout.Neighbour(
            container: "shop-web", address: try #require(IPAddress("10.1.0.129")), names: ["shop-web", "web"])
        let layout = try layout(Self.file, ExternalNetwork(shop.networks[0], of: "shop", neighbours: [web]))
        #expect(
            layout.containers.flatMap { $0.endpoints.flatMap(\.addresses) }.map { "\($0)" } == [
                "10.1.0.130/24", "10.1.0.131/24",
            ])
        #expect(layout.networks[0].declaration.isInternal)
        #expect(layout.networks[0].maker == .topology("shop", key: "front"))
        let again = try Layout(
            of: try Topology(yaml: Self.file), leases: layout.leases,
            surroundings: Surroundings(externalNetworks: ["lan": ExternalNetwork(shop.networks[0], of: "shop")]))
        #expect(again.containers == layout.containers)
    }

    @Test(arguments: [
        ("192.0.2.9", "ipv4_address 192.0.2.9 of container `lab-a` is taken on network `lan`"),
        (
            "198.51.100.1",
            "ipv4_address 198.51.100.1 of container `lab-a` is not in network `lan`, which is 192.0.2.0/24"
        ),
    ])
    func `an address that the network cannot give is refused`(_ address: String, _ message: String) throws {
        let text = """
            networks: {lan: {external: true}}
            services: {a: {networks: {lan: {ipv4_address: \(address)}}}}
            """
        let error = try #require(throws: Diagnostics.self) {
            try layout(text, bridge(["192.0.2.1/24"], taken: ["192.0.2.9"]))
        }
        #expect(error.all.map(\.message) == [message])
        #expect(error.all[0].mark?.line == 2)
    }

    @Test func `the hosts of a lab have no networks of the machine, and one that is the machine has`() throws {
        let text = """
            hosts: {n1: {address: 192.0.2.10/24}}
            networks: {lan: {external: true}, none: {external: true}}
            services: {a: {host: n1, networks: [lan]}}
            """
        let surroundings = Surroundings(externalNetworks: ["lan": bridge(["192.0.2.1/24"])])
        let error = try #require(throws: Diagnostics.self) {
            try Layout(of: try Topology(yaml: text), leases: Leases(), surroundings: surroundings)
        }
        #expect(
            error.all.map(\.message) == [
                "network `lan` is external, and the hosts are namespaces, which have no network of this machine"
            ])
        #expect(error.all.first?.mark == Mark(line: 2, column: 28))
        let layout = try Layout(
            of: try Topology(yaml: text), leases: Leases(), surroundings: surroundings, host: "n1")
        #expect(layout.networks.map(\.bridge) == ["br0"])
    }

    @Test func `a topology leaves alone what others have on its networks`() throws {
        let text = """
            networks: {front: {ipam: {config: [{subnet: 10.1.0.0/24}]}}}
            services: {web: {networks: [front]}}
            """
        let taken = try #require(IPAddress("10.1.0.2"))
        let layout = try Layout(
            of: try Topology(yaml: text), leases: Leases(),
            surroundings: Surroundings(takenAddresses: ["front": [taken]]))
        #expect(layout.containers[0].endpoints[0].addresses.map { "\($0)" } == ["10.1.0.3/24"])
    }

    @Test func `a namespace with a default route keeps it, and who asks for another is refused`() throws {
        func layout(_ networks: String) throws -> Layout {
            let text = "services: {a: {networks: \(networks), x-weft: {namespace: blue}}}"
            return try Layout(
                of: try Topology(yaml: text), leases: Leases(), surroundings: Surroundings(routedFamilies: ["a": [.v4]])
            )
        }
        #expect(try layout("[default]").containers[0].endpoints[0].defaultGatewayFor == [])
        let error = try #require(throws: Diagnostics.self) { try layout("{default: {gw_priority: 1}}") }
        #expect(
            error.all.map(\.message) == [
                "gw_priority of service `a` asks for the default route, but namespace blue has one for IPv4"
            ])
    }

    @Test(arguments: [
        ("blue", NamespaceReference.name("blue")), ("4711", .process(4711)),
        ("/proc/1/ns/net", .path("/proc/1/ns/net")),
        ("/run/netns/blue", .name("blue")), ("/var/run/netns/blue", .name("blue")), ("47x", .name("47x")),
        ("/run/netns/", .path("/run/netns/")),
    ])
    func `digits are a process, a slash makes a path, all else is a name`(
        _ text: String, _ reference: NamespaceReference
    ) {
        #expect(NamespaceReference(text) == reference)
    }

    @Test(arguments: ["", "0", "99999999999", "a/b", "two words", "..", "."])
    func `what refers to no namespace is none`(_ text: String) { #expect(NamespaceReference(text) == nil) }
}
