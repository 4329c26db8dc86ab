import Linux
import Planning
import Reconcile
import TestSupport
import Testing

/// Links of a file that end at hosts of a lab, from the file to packets.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct HostLinkTests {
    /// Two hosts, a container without networks, for which no rules are needed, and `links`.
    private func file(_ links: String) -> String {
        """
        name: lab
        hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
        services:
          r: {host: node1, network_mode: none, sysctls: {net.ipv4.ip_forward: 1}}
        links:
        \(links)
        """
    }

    private static let cable = """
          - type: veth
            endpoints:
              - {host: node1, interface: eth9, addresses: [10.9.0.1/24, "fd00:9::1/64"]}
              - {host: node2, interface: eth9, addresses: [10.9.0.2/24, "fd00:9::2/64"]}
        """

    @Test func `a cable between two hosts carries packets, beside the underlay`() async throws {
        try await inPrivateNamespaces {
            try checkLifecycle(of: file(Self.cable)) {
                try shell("ip netns exec lab-node1 ping -c1 -w10 10.9.0.2")
                #expect(
                    try eventually { try isEchoed(by: "fd00:9::1", from: "lab-node2") })
                let link = try json(of: "ip", "-n", "lab-node1", "-j", "-d", "link", "show", "dev", "eth9")[0]
                #expect(link["ifalias"].string == "weft:lab/link-1")
                try shell("ip netns exec lab-node1 ping -c1 -w10 192.168.205.11")
            }
        }
    }

    @Test func `a service is a router between two hosts`() async throws {
        let links = """
              - type: veth
                endpoints:
                  - {service: r, interface: eth0, addresses: [10.1.0.1/30]}
                  - {host: node1, interface: eth1, addresses: [10.1.0.2/30], routes: [{destination: 10.2.0.0/30, via: 10.1.0.1}]}
              - type: veth
                endpoints:
                  - {host: node2, interface: eth1, addresses: [10.2.0.2/30], routes: [{destination: 10.1.0.0/30, via: 10.2.0.1}]}
                  - {service: r, interface: eth1, addresses: [10.2.0.1/30]}
            """
        try await inPrivateNamespaces {
            try checkLifecycle(of: file(links)) {
                try shell("ip netns exec lab-node1 ping -c1 -w10 10.2.0.2")
                try shell("ip netns exec lab-node2 ping -c1 -w10 10.1.0.2")
                let drift = try #require(
                    try plan(file(links).replacing(", routes: [{destination: 10.2.0.0/30, via: 10.1.0.1}]", with: ""))
                        .first)
                #expect(drift.hasPrefix("- route lab-node1:10.2.0.0/30"))
            }
        }
    }

    @Test(.requires(.vxlan)) func `a tunnel between two hosts goes by their addresses on the underlay`() async throws {
        let links = """
              - type: vxlan
                id: 9
                endpoints:
                  - {host: node1, interface: vx0, addresses: [10.9.0.1/24]}
                  - {host: node2, interface: vx0, addresses: [10.9.0.2/24]}
            """
        try await inPrivateNamespaces {
            try checkLifecycle(of: file(links)) {
                let link = try json(of: "ip", "-n", "lab-node1", "-j", "-d", "link", "show", "dev", "vx0")[0]
                #expect(link["linkinfo"]["info_data"]["local"].string == "192.168.205.10")
                #expect(link["linkinfo"]["info_data"]["remote"].string == "192.168.205.11")
                #expect(link["mtu"].int == 1450)
                try shell("ip netns exec lab-node1 ping -c1 -w10 -M do -s 1422 10.9.0.2")
            }
        }
    }

    @Test(.requires(.gre)) func `a GRE tunnel between two hosts carries packets`() async throws {
        let links = """
              - type: gre
                key: 7
                endpoints:
                  - {host: node1, interface: tun0, addresses: [10.9.0.1/30]}
                  - {host: node2, interface: tun0, addresses: [10.9.0.2/30]}
            """
        try await inPrivateNamespaces {
            try checkLifecycle(of: file(links)) { try shell("ip netns exec lab-node2 ping -c1 -w10 10.9.0.1") }
        }
    }

    @Test func `a bridge of a host has a cable's end and the host's address`() async throws {
        let links = """
              - {type: veth, endpoints: [{host: node1, interface: nic}, {host: node2, interface: nic, addresses: [10.9.0.2/24]}]}
              - {type: bridge, host: node1, interface: br0, ports: [nic], addresses: [10.9.0.1/24]}
            """
        try await inPrivateNamespaces {
            try checkLifecycle(of: file(links)) {
                try shell("ip netns exec lab-node2 ping -c1 -w10 10.9.0.1")
                #expect(
                    try json(of: "bridge", "-n", "lab-node1", "-j", "link", "show", "dev", "nic")[0]["master"].string
                        == "br0")
            }
        }
    }

    @Test(.requires(.vxlan)) func `containers on bridges of two hosts meet through a tunnel, with its MTU`()
        async throws
    {
        let text = """
            name: lab
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            networks:
              lan:
                external: true
                driver_opts: {com.docker.network.bridge.name: br0}
                ipam: {config: [{subnet: 10.1.0.0/24, gateway: 10.1.0.1}]}
            services: {a: {host: node1, networks: [lan]}, b: {host: node2, networks: [lan]}}
            links:
              - {type: vxlan, id: 9, endpoints: [{host: node1, interface: t0}, {host: node2, interface: t0}]}
              - {type: bridge, host: node1, interface: br0, ports: [t0], addresses: [10.1.0.1/24]}
              - {type: bridge, host: node2, interface: br0, ports: [t0]}
            """
        try await inPrivateNamespaces {
            try apply(text, firewall: .none)
            #expect(try plan(text, firewall: .none) == [])
            try shell("ip netns exec lab-a ping -c1 -w10 -M do -s 1422 b")
            try shell("ip netns exec lab-node1 ping -c1 -w10 -M do -s 1422 10.1.0.3")
            #expect(try shell("ip -n lab-b route show default").hasPrefix("default via 10.1.0.1"))
            try remove("lab")
            #expect(try run(["ip", "netns"]).stdout == "")
        }
    }

    @Test func `what somebody changes of a host's links is repaired`() async throws {
        try await inPrivateNamespaces {
            try apply(file(Self.cable))
            try shell("ip -n lab-node2 link set eth9 down; ip -n lab-node1 addr del 10.9.0.1/24 dev eth9")
            let lines = try plan(file(Self.cable))
            #expect(lines.contains("+ up lab-node2:eth9"))
            #expect(lines.contains("+ address lab-node1:eth9 10.9.0.1/24"))
            try apply(file(Self.cable))
            #expect(try plan(file(Self.cable)) == [])
            try shell("ip netns exec lab-node1 ping -c1 -w10 10.9.0.2")
            // Without the links the hosts stay.
            let rest = file(Self.cable).split(separator: "links:")[0]
            try apply(String(rest))
            #expect(try run(["ip", "-n", "lab-node1", "link", "show", "eth9"]).status != 0)
            #expect(try plan(String(rest)) == [])
            try remove("lab")
        }
    }

    @Test(.requires(.macvlan)) func `a network's parent is the end of a cable between the hosts`() async throws {
        let text = """
            name: lab
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            networks: {lan: {driver: macvlan, driver_opts: {parent: eth9}, ipam: {config: [{subnet: 10.5.0.0/24}]}}}
            services: {a: {host: node1, networks: [lan]}, b: {host: node2, networks: [lan]}}
            links:
              - {type: veth, endpoints: [{host: node1, interface: eth9}, {host: node2, interface: eth9}]}
            """
        try await inPrivateNamespaces {
            try apply(text)
            #expect(try plan(text) == [])
            try shell("ip netns exec lab-a ping -c1 -w10 10.5.0.3")
            try remove("lab")
        }
    }
}
