import Addressing
import Planning
import Testing
import Topology
import YAML

/// What a file's links promise: who shares a segment through them.
@Suite struct LinkPromiseTests {
    /// The pairs that are promised to reach each other, of services without networks on the given `links`.
    private func reaching(_ services: String..., links: String) throws -> [String] {
        try echoes(services.map { "\($0): {network_mode: none}" }, links: links, areToSucceed: true)
    }

    /// The pairs that the file promises to reach each other.
    private func reaching(_ text: String) throws -> [String] { try echoes(text, areToSucceed: true) }

    /// The pairs that are promised not to, of `services` with all that the file says of them.
    private func apart(_ services: String..., links: String, rest: String = "") throws -> [String] {
        try echoes(services, links: links, rest: rest, areToSucceed: false)
    }

    private func echoes(
        _ services: [String], links: String, rest: String = "", areToSucceed: Bool
    ) throws -> [String] {
        try echoes(
            "name: lab\n\(rest)services: {\(services.joined(separator: ", "))}\nlinks:\n" + links,
            areToSucceed: areToSucceed)
    }

    private func echoes(_ text: String, areToSucceed: Bool) throws -> [String] {
        let topology = try Topology(decoding: try Document.parse(Array(text.utf8)), defaultName: "lab")
        let layout = try Layout(of: topology, leases: Leases(), surroundings: Surroundings())
        return layout.promises(firewall: .iptables).compactMap { promise in
            guard case .echo(let address, _) = promise.trial, promise.isToSucceed == areToSucceed else { return nil }
            return "\(promise.from) \(address)"
        }
    }

    private static let cable = """
          - type: veth
            endpoints: [{service: a, interface: eth0, addresses: [10.0.0.1/24]}, {service: b, interface: eth0, addresses: [10.0.0.2/24]}]

        """

    @Test func `the ends of a tunnel reach each other, as do those of the cable below`() throws {
        let pairs = try reaching(
            "a", "b",
            links: Self.cable + """
                  - type: gre
                    endpoints: [{service: a, interface: t0, addresses: [10.9.0.1/30]}, {service: b, interface: t0, addresses: [10.9.0.2/30]}]
                """)
        #expect(pairs == ["lab-a 10.0.0.2", "lab-a 10.9.0.2", "lab-b 10.0.0.1", "lab-b 10.9.0.1"])
    }

    @Test func `links that share another reach each other in bridge mode, and what they share is not promised`() throws
    {
        func links(_ mode: String) -> String {
            Self.cable + """
                  - {type: macvlan, mode: \(mode), service: c, interface: m0, parent: {service: a, interface: eth0}, addresses: [10.1.0.1/24]}
                  - {type: macvlan, mode: \(mode), service: d, interface: m0, parent: {service: a, interface: eth0}, addresses: [10.1.0.2/24]}
                """
        }
        let cabled = ["lab-a 10.0.0.2", "lab-b 10.0.0.1"]
        #expect(
            try reaching("a", "b", "c", "d", links: links("bridge")) == cabled + ["lab-c 10.1.0.2", "lab-d 10.1.0.1"])
        #expect(try reaching("a", "b", "c", "d", links: links("private")) == cabled)
    }

    @Test func `VLANs reach each other by number, over cables and trunks`() throws {
        let trunk = """
              - {type: veth, endpoints: [{service: a, interface: eth0}, {service: s, interface: p1}]}
              - {type: veth, endpoints: [{service: b, interface: eth0, addresses: [10.1.0.2/24]}, {service: s, interface: p2}]}
              - {type: veth, endpoints: [{service: c, interface: eth0, addresses: [10.1.0.3/24]}, {service: s, interface: p3}]}
              - {type: vlan, id: 10, service: a, interface: eth0.10, parent: eth0, addresses: [10.1.0.1/24]}
              - type: bridge
                service: s
                interface: br0
                vlan_filtering: true
                ports: [{interface: p1, trunk: [10, 11]}, {interface: p2, vlan: 10}, {interface: p3, vlan: 11}]
            """
        #expect(try reaching("a", "b", "c", "s", links: trunk) == ["lab-a 10.1.0.2", "lab-b 10.1.0.1"])
    }

    @Test func `a trunk between two bridges carries each of its VLANs, and no other`() throws {
        func links(_ tags: String) -> String {
            """
              - {type: veth, endpoints: [{service: a, interface: eth0, addresses: [10.1.0.1/24]}, {service: s, interface: p1}]}
              - {type: veth, endpoints: [{service: b, interface: eth0, addresses: [10.1.0.2/24]}, {service: t, interface: p1}]}
              - {type: veth, endpoints: [{service: s, interface: p2}, {service: t, interface: p2}]}
              - type: bridge
                service: s
                interface: br0
                vlan_filtering: true
                ports: [{interface: p1, vlan: 20}, {interface: p2, trunk: [10, 20]}]
              - type: bridge
                service: t
                interface: br0
                vlan_filtering: true
                ports: [{interface: p1, vlan: 20}, {interface: p2, trunk: \(tags)}]
            """
        }
        #expect(
            try reaching("a", "b", "s", "t", links: links("[10, 20]")) == ["lab-a 10.1.0.2", "lab-b 10.1.0.1"])
        #expect(try reaching("a", "b", "s", "t", links: links("[10]")) == [])
    }

    @Test func `what is in a VRF is reached, but reaches others only from within the VRF`() throws {
        let vrf = "  - {type: vrf, table: 100, service: a, interface: blue, ports: [eth0]}"
        #expect(try reaching("a", "b", links: Self.cable + vrf) == ["lab-b 10.0.0.1"])
    }

    /// A lab of two hosts with a service on each, and `links`.
    private func lab(_ links: String) -> String {
        """
        name: lab
        hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
        services: {a: {host: node1, network_mode: none}, b: {host: node2, network_mode: none}}
        links:
        \(links)
        """
    }

    @Test func `hosts reach each other over cables, tunnels, and the switch that a service is`() throws {
        let cable = """
              - {type: veth, endpoints: [{host: node1, interface: n0, addresses: [10.1.0.1/24]}, {host: node2, interface: n0, addresses: [10.1.0.2/24]}]}
            """
        let pairs = ["lab-node1 10.1.0.2", "lab-node2 10.1.0.1"]
        #expect(try reaching(lab(cable)) == pairs)
        #expect(try reaching(lab(cable.replacing("veth", with: "vxlan, id: 5"))) == pairs)
        let apart = cable.replacing("10.1.0.2/24", with: "10.2.0.2/24")
        #expect(try reaching(lab(apart)) == [])
        let switched = """
              - {type: veth, endpoints: [{host: node1, interface: n0, addresses: [10.1.0.1/24]}, {service: a, interface: p1}]}
              - {type: veth, endpoints: [{service: a, interface: p2}, {host: node2, interface: n0, addresses: [10.1.0.2/24]}]}
              - {type: bridge, service: a, interface: br0, ports: [p1, p2], addresses: [10.1.0.3/24]}
            """
        #expect(
            try reaching(lab(switched)) == [
                "lab-node1 10.1.0.3", "lab-node1 10.1.0.2", "lab-a 10.1.0.1", "lab-a 10.1.0.2", "lab-node2 10.1.0.1",
                "lab-node2 10.1.0.3",
            ])
    }

    @Test func `services on different hosts reach each other over a tunnel, hosts over a VLAN of the underlay`() throws
    {
        let tunnel = """
              - {type: veth, endpoints: [{host: node1, interface: n0, addresses: [10.1.0.1/30]}, {service: a, interface: u0, addresses: [10.1.0.2/30]}]}
              - {type: vxlan, id: 5, endpoints: [{service: a, interface: t0, local: 10.1.0.2, addresses: [10.9.0.1/24]}, {service: b, interface: t0, local: 10.1.0.6, addresses: [10.9.0.2/24]}]}
            """
        #expect(
            try reaching(lab(tunnel)) == [
                "lab-node1 10.1.0.2", "lab-a 10.1.0.1", "lab-a 10.9.0.2", "lab-b 10.9.0.1",
            ])
        let vlans = """
              - {type: vlan, id: 7, host: node1, interface: eth0.7, parent: eth0, addresses: [10.7.0.1/24]}
              - {type: vlan, id: 7, host: node2, interface: eth0.7, parent: eth0, addresses: [10.7.0.2/24]}
            """
        #expect(try reaching(lab(vlans)) == ["lab-node1 10.7.0.2", "lab-node2 10.7.0.1"])
        #expect(try reaching(lab(vlans.replacing("id: 7, host: node2", with: "id: 8, host: node2"))) == [])
    }

    @Test func `containers on a host's bridge are neighbours of whatever its ports lead to`() throws {
        let text = """
            name: lab
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}, pc: {address: 192.168.205.12/24}}
            networks: {lan: {external: true, driver_opts: {com.docker.network.bridge.name: br0}, ipam: {config: [{subnet: 10.1.0.0/24, gateway: 10.1.0.1}]}}}
            services: {a: {host: node1, networks: [lan]}, b: {host: node2, networks: [lan]}}
            links:
              - {type: veth, endpoints: [{host: node1, interface: n0}, {host: pc, interface: p1}]}
              - {type: veth, endpoints: [{host: node2, interface: n0}, {host: pc, interface: p2}]}
              - {type: bridge, host: pc, interface: switch, ports: [p1, p2], addresses: [10.1.0.1/24]}
              - {type: bridge, host: node1, interface: br0, ports: [n0], addresses: [10.1.0.2/24]}
              - {type: bridge, host: node2, interface: br0, ports: [n0]}
            """
        let all =
            ["lab-a 10.1.0.4", "lab-a 10.1.0.1", "lab-a 10.1.0.2", "lab-b 10.1.0.3", "lab-b 10.1.0.1"]
            + ["lab-b 10.1.0.2", "lab-node1 10.1.0.1", "lab-node1 10.1.0.3", "lab-node1 10.1.0.4"]
            + ["lab-pc 10.1.0.2", "lab-pc 10.1.0.3", "lab-pc 10.1.0.4"]
        #expect(try reaching(text).sorted() == all.sorted())
        let apart = try reaching(text.replacing("ports: [p1, p2]", with: "ports: [p1]"))
        #expect(!apart.contains("lab-a 10.1.0.4") && !apart.contains("lab-pc 10.1.0.4"))
    }

    @Test func `a bridge in a service joins its ports`() throws {
        let links = """
              - {type: veth, endpoints: [{service: a, interface: eth0, addresses: [10.1.0.1/24]}, {service: s, interface: p1}]}
              - {type: veth, endpoints: [{service: b, interface: eth0, addresses: [10.1.0.2/24]}, {service: s, interface: p2}]}
              - {type: bridge, service: s, interface: br0, addresses: [10.1.0.9/24], ports: [p1, p2]}
            """
        #expect(
            try reaching("a", "b", "s", links: links) == [
                "lab-a 10.1.0.2", "lab-a 10.1.0.9", "lab-b 10.1.0.1", "lab-b 10.1.0.9", "lab-s 10.1.0.1",
                "lab-s 10.1.0.2",
            ])
    }

    /// Three services of one subnet on a bridge, two in the VLAN 10 and `c` in another.
    private static let switched = """
          - {type: veth, endpoints: [{service: a, interface: eth0, addresses: [10.1.0.1/24]}, {service: s, interface: p1}]}
          - {type: veth, endpoints: [{service: b, interface: eth0, addresses: [10.1.0.2/24]}, {service: s, interface: p2}]}
          - {type: veth, endpoints: [{service: c, interface: eth0, addresses: [10.1.0.3/24]}, {service: s, interface: p3}]}
          - type: bridge
            service: s
            interface: br0
            vlan_filtering: true
            ports: [{interface: p1, vlan: 10}, {interface: p2, vlan: 10}, {interface: p3, vlan: 11}]

        """
    private static let services = ["a", "b", "c", "s"].map { "\($0): {network_mode: none}" }

    private func apartOnSwitch(_ more: String = "", c: String = "network_mode: none", rest: String = "") throws
        -> [String]
    {
        try apart(
            "a: {network_mode: none}", "b: {network_mode: none}", "c: {\(c)}", "s: {network_mode: none}",
            links: Self.switched + more, rest: rest)
    }

    private static let both = ["lab-a 10.1.0.3", "lab-b 10.1.0.3", "lab-c 10.1.0.1", "lab-c 10.1.0.2"]

    @Test func `two VLANs of one bridge are apart, though they have one subnet`() throws {
        #expect(try apartOnSwitch() == Self.both)
    }

    @Test func `two VLANs of one cable are apart, though they have one subnet`() throws {
        let links = """
              - {type: veth, endpoints: [{service: a, interface: eth0}, {service: b, interface: eth0}]}
              - {type: vlan, id: 10, service: a, interface: v10, parent: eth0, addresses: [10.1.0.1/24]}
              - {type: vlan, id: 11, service: b, interface: v11, parent: eth0, addresses: [10.1.0.2/24]}
            """
        let services = ("a: {network_mode: none}", "b: {network_mode: none}")
        #expect(try apart(services.0, services.1, links: links) == ["lab-a 10.1.0.2", "lab-b 10.1.0.1"])
        let same = links.replacing("id: 11", with: "id: 10")
        #expect(try apart(services.0, services.1, links: same) == [])
        #expect(try reaching("a", "b", links: same) == ["lab-a 10.1.0.2", "lab-b 10.1.0.1"])
    }

    @Test func `the bridge's own interface is in the VLAN of new ports`() throws {
        let links = Self.switched.replacing("interface: br0\n", with: "interface: br0\n    addresses: [10.1.0.9/24]\n")
        let apart = try echoes(Self.services, links: links, areToSucceed: false)
        // Whether the ports of the bridge's own service answer for its address there is not asked.
        #expect(apart == Self.both + ["lab-s 10.1.0.1", "lab-s 10.1.0.2", "lab-s 10.1.0.3"])
        let first = links.replacing("{interface: p3, vlan: 11}", with: "p3")
        #expect(try reaching("a", "b", "c", "s", links: first).filter { $0.hasPrefix("lab-s") } == ["lab-s 10.1.0.3"])
    }

    @Test func `of segments that lead further than the file tells nothing is said`() throws {
        let switched = Self.switched.replacing(
            "{interface: p3, vlan: 11}", with: "{interface: p3, vlan: 11}, {interface: x0, vlan: 11}")
        func found(_ link: String) throws -> [String] {
            try echoes(
                Self.services, links: switched + "  - {service: s, interface: x0, \(link)}\n", areToSucceed: false)
        }
        #expect(try found("type: dummy") == Self.both)
        #expect(try found("type: vxlan, id: 5") == [])
        #expect(try found("type: macvlan, parent: {service: b, interface: eth0}") == [])
        // A neighbour of whoever is on the segment of its parent.
        let upon = "  - {type: macvlan, service: s, interface: m0, parent: {service: c, interface: eth0}}\n"
        #expect(try apartOnSwitch(upon) == [])
        // A tag upon a tag is not followed.
        let links = """
              - {type: veth, endpoints: [{service: a, interface: eth0}, {service: b, interface: eth0}]}
              - {type: vlan, id: 10, service: a, interface: v10, parent: eth0}
              - {type: vlan, id: 11, service: a, interface: v11, parent: v10, addresses: [10.1.0.1/24]}
              - {type: vlan, id: 12, service: b, interface: v12, parent: eth0, addresses: [10.1.0.2/24]}
            """
        #expect(try apart("a: {network_mode: none}", "b: {network_mode: none}", links: links) == [])
    }

    @Test func `whatever leads round a VLAN is reason to say nothing`() throws {
        // An interface of the other one on the segment answers for all of its addresses.
        let second = Self.switched.replacing(
            "{interface: p3, vlan: 11}", with: "{interface: p3, vlan: 11}, {interface: p4, vlan: 10}")
        let cable = "  - {type: veth, endpoints: [{service: c, interface: eth1}, {service: s, interface: p4}]}\n"
        #expect(
            try echoes(Self.services, links: second + cable, areToSucceed: false) == [
                "lab-c 10.1.0.1", "lab-c 10.1.0.2",
            ])
        // So do proxies.
        #expect(try apartOnSwitch(c: "network_mode: none, sysctls: {net.ipv4.conf.all.proxy_arp: 1}") == [])
        // A route, a rule or a VRF takes the packet elsewhere.
        let dummy = "  - {type: dummy, service: a, interface: d0, addresses: [10.2.0.1/24], "
        let other = ["lab-b 10.1.0.3", "lab-c 10.1.0.1", "lab-c 10.1.0.2"]
        #expect(try apartOnSwitch(dummy + "routes: [{destination: 10.1.0.3/32, via: 10.2.0.2}]}\n") == other)
        #expect(try apartOnSwitch(dummy + "routes: [{destination: 0.0.0.0/0, via: 10.2.0.2}]}\n") == Self.both)
        #expect(try apartOnSwitch(dummy + "rules: [{priority: 5, table: 7, from: 10.0.0.0/8}]}\n") == other)
        #expect(try apartOnSwitch("  - {type: vrf, service: a, interface: red, table: 7, ports: [eth0]}\n") == other)
        // The part of a host knows nothing of bridges.
        let hosts = "hosts: {one: {address: 192.0.2.2/24}}\n"
        let placed = Self.services.map { $0.replacing("}", with: ", host: one}") }
        #expect(try echoes(placed, links: Self.switched, rest: hosts, areToSucceed: false) == [])
    }
}
