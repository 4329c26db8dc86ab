import Planning
import TestSupport
import Testing

/// The options of Docker's bridge driver, each by what it does to traffic.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct DockerBehaviourOptions {
    private static let prefix = "com.docker.network"

    /// Two services on one network with `options`, and one on another.
    private func file(_ options: String, network: String = "") -> String {
        """
        name: lab
        networks:
          net:
            ipam: {config: [{subnet: 10.77.1.0/24}]}
            driver_opts: {\(options)}
            \(network)
          other: {ipam: {config: [{subnet: 10.77.2.0/24}]}}
        services:
          a: {networks: [net], ports: ["8080:80"]}
          b: {networks: [net]}
          c: {networks: [other]}
        """
    }

    @Test(arguments: FirewallKind.rules) func `with enable_icc false neighbours meet only through published ports`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(file("\(Self.prefix).bridge.enable_icc: 'false'"), firewall: kind)
            try lab.serve("lab-a", 80)
            #expect(try !lab.echoes(from: "lab-b", "10.77.1.2"))
            #expect(try lab.seen(from: "lab-b", at: "10.77.1.2", 80) == nil)
            #expect(try lab.seen(from: "lab-b", at: "10.77.1.1", 8080) == "10.77.1.1")
            #expect(try lab.seen(from: "lab-a", at: "10.77.1.1", 8080) == "10.77.1.1")
            #expect(try lab.seen(from: "lab-c", at: DockerLab.host, 8080) != nil)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == DockerLab.outside)
            #expect(try lab.echoes(from: "lab-b", DockerLab.outside))
            #expect(try shell("sysctl -n net.bridge.bridge-nf-call-iptables") == "1\n")
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `with enable_ip_masquerade false the outside sees the container, and answers it`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            var lab = try DockerLab(file("\(Self.prefix).bridge.enable_ip_masquerade: 'false'"), firewall: kind)
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "lab-b", at: DockerLab.outside, 9000) == "10.77.1.3")
            #expect(try lab.seen(from: "lab-c", at: DockerLab.outside, 9000) == DockerLab.host)
            #expect(try !lab.echoes(from: "outside", "10.77.1.3"))
        }
    }

    @Test(arguments: FirewallKind.rules) func `host_ipv4 is the address that the outside sees`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            try shell("ip addr add 198.51.100.99/32 dev lo")
            var lab = try DockerLab(file("\(Self.prefix).host_ipv4: 198.51.100.99"), firewall: kind)
            try shell("ip -n outside route add 198.51.100.99 via \(DockerLab.host)")
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "lab-b", at: DockerLab.outside, 9000) == "198.51.100.99")
            if kind == .iptables {
                #expect(try shell("iptables-save -t nat").contains("-j SNAT --to-source 198.51.100.99\n"))
            }
        }
    }

    @Test(arguments: FirewallKind.rules) func `host_binding_ipv4 keeps ports without an address to that one`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(file("\(Self.prefix).bridge.host_binding_ipv4: 127.0.0.1"), firewall: kind)
            try lab.serve("lab-a", 80)
            #expect(try lab.seen(from: "host", at: "127.0.0.1", 8080) == "10.77.1.1")
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == nil)
            #expect(try lab.seen(from: "lab-b", at: "10.77.1.1", 8080) == nil)
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `in mode nat outsiders reach published ports at the host and nothing at the container`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            var lab = try DockerLab(file(""), firewall: kind)
            try lab.serve("lab-a", 80)
            try shell("ip -n outside route add 10.77.1.0/24 via \(DockerLab.host)")
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == DockerLab.outside)
            #expect(try lab.seen(from: "outside", at: "10.77.1.2", 80) == nil)
            #expect(try !lab.echoes(from: "outside", "10.77.1.2"))
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `in mode routed published ports are the container's own, and echoes come through`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            var lab = try DockerLab(file("\(Self.prefix).bridge.gateway_mode_ipv4: routed"), firewall: kind)
            try lab.serve("lab-a", 80)
            try lab.serve("lab-a", 81)
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "outside", at: "10.77.1.2", 80) == DockerLab.outside)
            #expect(try lab.seen(from: "outside", at: "10.77.1.2", 81) == nil)
            #expect(try lab.echoes(from: "outside", "10.77.1.3"))
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == nil)
            #expect(try lab.seen(from: "lab-a", at: DockerLab.outside, 9000) == "10.77.1.2")
            #expect(try lab.echoes(from: "lab-c", "10.77.1.2"))
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `in mode nat-unprotected every port is reached directly, and published ones at the host too`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(file("\(Self.prefix).bridge.gateway_mode_ipv4: nat-unprotected"), firewall: kind)
            try lab.serve("lab-a", 80)
            try lab.serve("lab-b", 81)
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "outside", at: "10.77.1.3", 81) == DockerLab.outside)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == DockerLab.outside)
            #expect(try lab.seen(from: "lab-b", at: DockerLab.outside, 9000) == DockerLab.host)
        }
    }

    @Test func `in mode isolated an internal network is without the host`() async throws {
        try await inPrivateNamespaces {
            let lab = try DockerLab(
                """
                name: lab
                networks:
                  net:
                    internal: true
                    ipam: {config: [{subnet: 10.77.1.0/24}]}
                    driver_opts: {\(Self.prefix).bridge.gateway_mode_ipv4: isolated}
                services: {a: {networks: [net]}, b: {networks: [net]}}
                """)
            #expect(try lab.echoes(from: "lab-a", "10.77.1.3"))
            #expect(try !lab.echoes(from: "lab-a", "10.77.1.1"))
            #expect(try !shell("ip -4 -o addr").contains("10.77.1."))
            #expect(try shell("ip -n lab-a route show default") == "")
        }
    }

    @Test func `with inhibit_ipv4 the gateway is somebody else on the network`() async throws {
        try await inPrivateNamespaces {
            let lab = try DockerLab(
                """
                name: lab
                networks:
                  net:
                    ipam: {config: [{subnet: 10.77.1.0/24, gateway: 10.77.1.9}]}
                    driver_opts: {\(Self.prefix).bridge.inhibit_ipv4: 'true', \(Self.prefix).bridge.name: br-own}
                services: {a: {networks: [net]}}
                """)
            #expect(try shell("ip -4 -o addr show dev br-own") == "")
            #expect(try shell("ip -n lab-a route show default").hasPrefix("default via 10.77.1.9 dev eth0"))
            try shell("ip netns add router; ip link add r1 type veth peer name r2 netns router")
            try shell("ip link set r1 master br-own up; ip -n router addr add 10.77.1.9/24 dev r2")
            try shell("ip -n router link set r2 up")
            #expect(try lab.echoes(from: "lab-a", "10.77.1.9"))
        }
    }

    @Test(arguments: FirewallKind.rules) func `by a trusted interface published ports are reached directly`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(file("\(Self.prefix).bridge.trusted_host_interfaces: 'o1:o9'"), firewall: kind)
            try lab.serve("lab-a", 80)
            try lab.serve("lab-a", 81)
            #expect(try lab.seen(from: "outside", at: "10.77.1.2", 80) == DockerLab.outside)
            #expect(try lab.seen(from: "outside", at: "10.77.1.2", 81) == nil)
            #expect(try lab.seen(from: "lab-c", at: "10.77.1.2", 80) == nil)
        }
    }

    @Test func `container_iface_prefix names the interfaces of its network alone`() async throws {
        try await inPrivateNamespaces {
            _ = try DockerLab(
                """
                name: lab
                networks: {one: {driver_opts: {\(Self.prefix).container_iface_prefix: lan}}, two: {}}
                services: {a: {networks: [one, two]}}
                """)
            let names = try json(of: "ip", "-j", "-n", "lab-a", "link").elements.compactMap { $0["ifname"].string }
            #expect(names == ["lo", "lan0", "eth0"])
        }
    }

    @Test(arguments: FirewallKind.rules) func `with enable_ipv4 false a network is IPv6's alone`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            var lab = try DockerLab(
                """
                name: lab
                networks:
                  six: {enable_ipv4: false, enable_ipv6: true, ipam: {config: [{subnet: "fd00:77::/64"}]}}
                services: {a: {networks: [six], ports: ["8080:80"]}}
                """, firewall: kind)
            try lab.serve("lab-a", 80)
            // The bridge takes a second to be sure of its IPv6 address.
            #expect(
                try eventually { try lab.seen(from: "outside", at: DockerLab.host6, 8080) == DockerLab.outside6 })
            #expect(try lab.seen(from: "host", at: "fd00:77::1", 8080) != nil)
            #expect(try shell("ip -n lab-a -4 -o addr show dev eth0") == "")
            #expect(try lab.echoes(from: "lab-a", DockerLab.outside6))
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `on an internal network the host is reached at every address, and nobody else`(kind: FirewallKind) async throws
    {
        try await inPrivateNamespaces {
            var lab = try DockerLab(
                """
                name: lab
                networks:
                  net: {internal: true, ipam: {config: [{subnet: 10.77.1.0/24}]}}
                  other: {ipam: {config: [{subnet: 10.77.2.0/24}]}}
                services:
                  a: {networks: [net], ports: ["8080:80"]}
                  b: {networks: [net]}
                  c: {networks: [other]}
                """, firewall: kind)
            try lab.serve("lab-a", 80)
            try lab.serve("host", 9000)
            #expect(try shell("ip -n lab-a route show default").hasPrefix("default via 10.77.1.1 dev eth0"))
            #expect(try lab.echoes(from: "lab-a", "10.77.1.3"))
            #expect(try lab.seen(from: "lab-a", at: DockerLab.host, 9000) == "10.77.1.2")
            #expect(try !lab.echoes(from: "lab-a", DockerLab.outside))
            #expect(try !lab.echoes(from: "lab-a", "10.77.2.2"))
            #expect(try !lab.echoes(from: "lab-c", "10.77.1.2"))
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == nil)
        }
    }
}
