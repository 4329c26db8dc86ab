import Links
import Reconcile
import TestSupport
import Testing

/// Links of a file other than cables, from the file to packets.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct LinkFileTests {
    /// Two services on a cable, and `links` besides.
    private func file(_ links: String) -> String {
        """
        name: lab
        services: {a: {network_mode: none}, b: {network_mode: none}}
        links:
          - type: veth
            endpoints:
              - {service: a, interface: eth0, addresses: [10.0.0.1/24, "fd00::1/64"]}
              - {service: b, interface: eth0, addresses: [10.0.0.2/24, "fd00::2/64"]}
        \(links)
        """
    }

    private func tunnel(_ settings: String, _ first: String, _ second: String) -> String {
        file(
            "  - {\(settings), endpoints: [{service: a, interface: t0, addresses: [\(first)]}, "
                + "{service: b, interface: t0, addresses: [\(second)]}]}")
    }

    /// Checks a tunnel between `10.9.0.1` and `10.9.0.2`.
    private func checkTunnel(_ settings: String) throws {
        try checkLifecycle(of: tunnel(settings, "10.9.0.1/24", "10.9.0.2/24")) {
            try shell("ip netns exec lab-a ping -c1 -w10 10.9.0.2")
        }
    }

    @Test(.requires(.vxlan)) func `a vxlan between two services finds its ends and carries packets`() async throws {
        try await inPrivateNamespaces {
            let text = tunnel("type: vxlan, id: 42", "10.9.0.1/24", "10.9.0.2/24").replacing(
                ", \"fd00::1/64\"", with: ""
            ).replacing(", \"fd00::2/64\"", with: "")
            try checkLifecycle(of: text) {
                let shown = try json(of: "ip", "-n", "lab-a", "-j", "-d", "link", "show", "dev", "t0")[0]
                let data = shown["linkinfo"]["info_data"]
                #expect(data["local"].string == "10.0.0.1")
                #expect(data["remote"].string == "10.0.0.2")
                try shell("ip netns exec lab-a ping -c1 -w10 10.9.0.2")
            }
        }
    }

    @Test(.requires(.gre)) func `a GRE tunnel between two services carries packets`() async throws {
        try await inPrivateNamespaces { try checkTunnel("type: gre, key: 7, ttl: 64, csum: true") }
    }

    @Test(.requires(.gre)) func `an Ethernet tunnel with a key for each way carries packets`() async throws {
        try await inPrivateNamespaces {
            try checkTunnel("type: gretap, ikey: 1, okey: 2, pmtudisc: false, ignore_df: true")
        }
    }

    @Test(.requires(.ip6gre)) func `tunnels over IPv6 carry packets`() async throws {
        try await inPrivateNamespaces {
            try checkTunnel("type: ip6gre, key: 7")
            try checkTunnel("type: ip6gretap, encaplimit: 4")
        }
    }

    @Test(.requires(.ipip)) func `an IP in IP tunnel carries packets`() async throws {
        try await inPrivateNamespaces { try checkTunnel("type: ipip") }
    }

    @Test(.requires(.sit)) func `an IPv6 in IPv4 tunnel carries packets`() async throws {
        try await inPrivateNamespaces {
            try checkLifecycle(of: tunnel("type: sit", "\"fd09::1/64\"", "\"fd09::2/64\"")) {
                try shell("ip netns exec lab-a ping -6 -c1 -w10 fd09::2")
            }
        }
    }

    @Test(.requires(.geneve)) func `a geneve segment carries packets`() async throws {
        try await inPrivateNamespaces {
            let ends = ["a", "b"].enumerated().map { index, service in
                "{service: \(service), interface: t0, local: 10.0.0.\(index + 1), addresses: [10.9.0.\(index + 1)/24]}"
            }
            try checkLifecycle(of: file("  - {type: geneve, id: 5, endpoints: [\(ends.joined(separator: ", "))]}")) {
                try shell("ip netns exec lab-a ping -c1 -w10 10.9.0.2")
            }
        }
    }

    @Test(.requires(.macvlan)) func `a macvlan above a cable reaches the other end, and goes with its parent`()
        async throws
    {
        try await inPrivateNamespaces {
            let text = file(
                "  - {type: macvlan, service: a, interface: mv0, parent: eth0, addresses: [10.0.0.9/24]}")
            try checkLifecycle(of: text) {
                try shell("ip netns exec lab-a ping -c1 -w10 -I 10.0.0.9 10.0.0.2")
                try shell("ip -n lab-a link del eth0")
                let lines = try plan(text)
                #expect(lines.contains("+ macvlan lab-a:mv0 on lab-a:eth0"))
                try apply(text)
                #expect(try plan(text) == [])
            }
        }
    }

    @Test(.requires(.vlan)) func `VLANs above a cable reach each other by number`() async throws {
        try await inPrivateNamespaces {
            let text = file(
                """
                  - {type: vlan, id: 10, service: a, interface: eth0.10, parent: eth0, addresses: [10.1.0.1/24]}
                  - {type: vlan, id: 10, service: b, interface: eth0.10, parent: eth0, addresses: [10.1.0.2/24]}
                  - {type: vlan, id: 11, service: a, interface: eth0.11, parent: eth0, addresses: [10.2.0.1/24]}
                  - {type: vlan, id: 12, service: b, interface: eth0.12, parent: eth0, addresses: [10.2.0.2/24]}
                """)
            try checkLifecycle(of: text) {
                try shell("ip netns exec lab-a ping -c1 -w10 10.1.0.2")
                #expect(try !isEchoed(by: "10.2.0.2", from: "lab-a"))
            }
        }
    }

    @Test func `a bridge in a service joins its cables, and routes lead on`() async throws {
        try await inPrivateNamespaces {
            let text = """
                name: lab
                services:
                  {a: {network_mode: none}, b: {network_mode: none}, switch: {network_mode: none}}
                links:
                  - type: veth
                    endpoints:
                      - service: a
                        interface: eth0
                        addresses: [10.0.0.1/24]
                        routes:
                          - {destination: default, via: 10.0.0.2}
                          - {destination: 10.7.0.0/16, via: 10.0.0.2, metric: 10}
                          - {destination: 10.7.0.0/16, via: 10.0.0.3, table: 100}
                        rules: [{priority: 100, from: 10.0.0.8/32, table: 100}]
                      - {service: switch, interface: p1}
                  - type: veth
                    endpoints:
                      - {service: b, interface: eth0, addresses: [10.0.0.2/24]}
                      - {service: switch, interface: p2}
                  - {type: bridge, service: switch, interface: br0, stp: false, ageing: 60, ports: [p1, {interface: p2, hairpin: true}]}
                """
            try checkLifecycle(of: text) {
                try shell("ip netns exec lab-a ping -c1 -w10 10.0.0.2")
                let ports = try json(of: "bridge", "-n", "lab-switch", "-j", "-d", "link")
                #expect(ports.first(where: "ifname", is: "p2")["hairpin"].bool == true)
                #expect(try shell("ip -n lab-a route get 10.7.0.1").contains("via 10.0.0.2"))
                #expect(try shell("ip -n lab-a rule").contains("100:\tfrom 10.0.0.8 lookup 100"))
                #expect(try shell("ip -n lab-a route show default").contains("via 10.0.0.2"))
            }
        }
    }

    @Test(.requires(.vrf)) func `interfaces of a VRF keep their addresses and have its routes`() async throws {
        try await inPrivateNamespaces {
            try checkLifecycle(of: file("  - {type: vrf, table: 100, service: a, interface: blue, ports: [eth0]}")) {
                try shell("ip netns exec lab-a ping -I blue -c1 -w10 10.0.0.2")
                try shell("ip netns exec lab-a ping -6 -I blue -c1 -w10 fd00::2")
            }
        }
    }

    @Test(.enabled { try Sandbox.isAvailable && !KernelFeature.gre.isPresent })
    func `a kernel without the link type is named before anything changes`() async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            do {
                try apply(tunnel("type: gre", "10.9.0.1/24", "10.9.0.2/24"))
                Issue.record("the file was applied")
            } catch ReconcileError.kernelLacks(let missing) {
                #expect(missing.map(\.option.name) == ["CONFIG_NET_IPGRE"])
                #expect(missing.map(\.option.module) == ["ip_gre"])
                #expect(missing[0].links.map { "\($0)" } == ["gre lab-a:t0", "gre lab-b:t0"])
            }
            var after = try Census.take()
            after.files.removeAll { $0 == "/run/weft" }
            #expect(after == before)
        }
    }

    @Test(.enabled { try Sandbox.isAvailable && !KernelFeature.bridgeVLANFiltering.isPresent })
    func `a kernel whose bridges cannot filter by VLAN is named before anything changes`() async throws {
        try await inPrivateNamespaces {
            do {
                try apply(file("  - {type: bridge, service: a, interface: br0, vlan_filtering: true}"))
                Issue.record("the file was applied")
            } catch ReconcileError.kernelLacks(let missing) {
                #expect(missing.map(\.option.name) == ["CONFIG_BRIDGE_VLAN_FILTERING"])
            }
        }
    }
}
