import Planning
import TestSupport
import Testing

/// The options of Docker's bridge driver that IPv6 has too, each by what it does to traffic.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct DockerBehaviourOptions6 {
    private static let prefix = "com.docker.network"
    private static let a = "fd00:77::2"
    private static let b = "fd00:77::3"

    /// Two services on one network with `options`, and one on another, all with both families.
    private func lab(
        _ options: String, _ kind: FirewallKind, keys: String = "", ports: String = "['8080:80']"
    ) throws -> DockerLab {
        try DockerLab(
            """
            name: lab
            networks:
              net:
                enable_ipv6: true
                ipam: {config: [{subnet: 10.77.1.0/24}, {subnet: "fd00:77::/64"}]}
                driver_opts: {\(options)}
                \(keys)
              other: {enable_ipv6: true, ipam: {config: [{subnet: 10.77.2.0/24}, {subnet: "fd00:78::/64"}]}}
            services:
              a: {networks: [net], ports: \(ports)}
              b: {networks: [net]}
              c: {networks: [other]}
            """, firewall: kind)
    }

    @Test(arguments: FirewallKind.rules)
    func `in mode nat outsiders reach published ports at the host and nothing at the container`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            var lab = try lab("\(Self.prefix).bridge.gateway_mode_ipv6: nat", kind)
            try lab.serve("lab-a", 80)
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "outside", at: DockerLab.host6, 8080) == DockerLab.outside6)
            #expect(try lab.seen(from: "outside", at: Self.a, 80) == nil)
            #expect(try !lab.echoes(from: "outside", Self.a))
            #expect(try lab.seen(from: "lab-b", at: DockerLab.outside6, 9000) == DockerLab.host6)
            #expect(try lab.seen(from: "lab-c", at: Self.a, 80) == nil)
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `in mode routed published ports are the container's own, and echoes come through`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            var lab = try lab("\(Self.prefix).bridge.gateway_mode_ipv6: routed", kind)
            try lab.serve("lab-a", 80)
            try lab.serve("lab-a", 81)
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "outside", at: Self.a, 80) == DockerLab.outside6)
            #expect(try lab.seen(from: "outside", at: Self.a, 81) == nil)
            #expect(try lab.echoes(from: "outside", Self.b))
            #expect(try lab.seen(from: "outside", at: DockerLab.host6, 8080) == nil)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == DockerLab.outside)
            #expect(try lab.seen(from: "lab-a", at: DockerLab.outside6, 9000) == Self.a)
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `in mode nat-unprotected every port is reached directly, and published ones at the host too`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try lab("\(Self.prefix).bridge.gateway_mode_ipv6: nat-unprotected", kind)
            try lab.serve("lab-a", 80)
            try lab.serve("lab-b", 81)
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "outside", at: Self.b, 81) == DockerLab.outside6)
            #expect(try lab.seen(from: "outside", at: DockerLab.host6, 8080) == DockerLab.outside6)
            #expect(try lab.seen(from: "lab-b", at: DockerLab.outside6, 9000) == DockerLab.host6)
        }
    }

    @Test func `in mode isolated an internal network is without the host`() async throws {
        try await inPrivateNamespaces {
            let lab = try lab(
                "\(Self.prefix).bridge.gateway_mode_ipv6: isolated, \(Self.prefix).bridge.name: br-own", .iptables,
                keys: "internal: true", ports: "[]")
            #expect(try eventually { try lab.echoes(from: "lab-a", Self.b) })
            #expect(try !lab.echoes(from: "lab-a", "fd00:77::1"))
            #expect(try !shell("ip -6 -o addr show dev br-own").contains("fd00:77:"))
            #expect(try shell("ip -n lab-a -6 route show default") == "")
        }
    }

    @Test(arguments: FirewallKind.rules) func `with enable_icc false neighbours meet only through published ports`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try lab("\(Self.prefix).bridge.enable_icc: 'false'", kind)
            try lab.serve("lab-a", 80)
            #expect(try !lab.echoes(from: "lab-b", Self.a))
            #expect(try lab.seen(from: "lab-b", at: Self.a, 80) == nil)
            #expect(try lab.seen(from: "lab-b", at: DockerLab.host6, 8080) != nil)
            #expect(try lab.seen(from: "lab-c", at: DockerLab.host6, 8080) != nil)
            #expect(try lab.echoes(from: "lab-b", DockerLab.outside6))
            #expect(try shell("sysctl -n net.bridge.bridge-nf-call-ip6tables") == "1\n")
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `with enable_ip_masquerade false the outside sees the container, and answers it`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            var lab = try lab("\(Self.prefix).bridge.enable_ip_masquerade: 'false'", kind)
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "lab-b", at: DockerLab.outside6, 9000) == Self.b)
            #expect(try lab.seen(from: "lab-c", at: DockerLab.outside6, 9000) == DockerLab.host6)
            #expect(try !lab.echoes(from: "outside", Self.b))
        }
    }

    @Test(arguments: FirewallKind.rules) func `host_ipv6 is the address that the outside sees`(kind: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            try shell("ip addr add fd00:198::99/128 dev lo")
            var lab = try lab("\(Self.prefix).host_ipv6: 'fd00:198::99'", kind)
            try shell("ip -n outside -6 route add fd00:198::99 via \(DockerLab.host6)")
            try lab.serve("outside", 9000)
            #expect(try lab.seen(from: "lab-b", at: DockerLab.outside6, 9000) == "fd00:198::99")
            #expect(try lab.seen(from: "lab-b", at: DockerLab.outside, 9000) == DockerLab.host)
        }
    }

    @Test(arguments: FirewallKind.rules) func `by a trusted interface published ports are reached directly`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try lab("\(Self.prefix).bridge.trusted_host_interfaces: 'o1'", kind)
            try lab.serve("lab-a", 80)
            try lab.serve("lab-a", 81)
            #expect(try lab.seen(from: "outside", at: Self.a, 80) == DockerLab.outside6)
            #expect(try lab.seen(from: "outside", at: Self.a, 81) == nil)
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `on an internal network the host is reached, and nobody else`(kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            var lab = try lab("\(Self.prefix).bridge.name: br-own", kind, keys: "internal: true")
            try lab.serve("lab-a", 80)
            #expect(try eventually { try lab.echoes(from: "lab-a", Self.b) })
            #expect(try lab.echoes(from: "lab-a", "fd00:77::1"))
            #expect(try !lab.echoes(from: "lab-a", DockerLab.outside6))
            #expect(try !lab.echoes(from: "lab-a", "fd00:78::2"))
            #expect(try !lab.echoes(from: "lab-c", Self.a))
            #expect(try lab.seen(from: "outside", at: DockerLab.host6, 8080) == nil)
            #expect(try lab.seen(from: "outside", at: Self.a, 80) == nil)
        }
    }
}
