import Addressing
import Planning
import Testing
import Topology
import YAML

/// What a file's links promise: who shares a segment through them.
@Suite struct LinkPromiseTests {
    /// The pairs that are promised to reach each other, of services without networks on the given `links`.
    private func reaching(_ services: String..., links: String) throws -> [String] {
        let text =
            "name: lab\nservices: {\(services.map { "\($0): {network_mode: none}" }.joined(separator: ", "))}\nlinks:\n"
            + links
        return try reaching(text)
    }

    /// The pairs that the file promises to reach each other.
    private func reaching(_ text: String) throws -> [String] {
        let topology = try Topology(decoding: try Document.parse(Array(text.utf8)), defaultName: "lab")
        let layout = try Layout(of: topology, leases: Leases(), surroundings: Surroundings())
        return layout.promises(firewall: .iptables).compactMap { promise in
            guard case .echo(let address, _) = promise.trial, promise.isToSucceed else { return nil }
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
}
