import Planning
import TestSupport
import Testing

/// IPv6 clients of published ports of containers that have only IPv4, where the topology has hosts: each translates its own.
@Suite(
    .enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"),
    .enabled(if: PacketProgramRun.isPermitted, "\(PacketProgramRun.requirement)"))
struct HostTranslationTests {
    private static let file = """
        name: lab
        hosts:
          node1: {address: [\(DockerLab.host)/24, "\(DockerLab.host6)/64"]}
          node2: {address: [\(DockerLab.outside)/24, "\(DockerLab.outside6)/64"]}
        networks:
          front: {ipam: {config: [{subnet: 10.77.1.0/24}]}}
          far: {ipam: {config: [{subnet: 10.77.2.0/24}]}}
          side: {enable_ipv6: true, ipam: {config: [{subnet: 10.77.3.0/24}, {subnet: "fd00:77:3::/64"}]}}
        services:
          web: {host: node1, networks: [front], ports: ["8080:80", "8080:80/udp"]}
          near: {host: node1, networks: [side]}
          api: {host: node2, networks: [far], ports: ["8080:80"]}
        """

    @Test(arguments: FirewallKind.rules)
    func `each host of a lab leads them to its own containers, and nothing is left of it`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            var lab = try DockerLab(Self.file, firewall: kind)
            for container in ["lab-web", "lab-api"] { try lab.serve(container, 80) }
            for transport in ["tcp", "udp"] {
                for (client, address) in [
                    ("lab-node1", "::1"), ("lab-node2", DockerLab.host6), ("lab-near", "fd00:77:3::1"),
                ] {
                    #expect(
                        try lab.seen(from: client, at: address, 8080, transport) == "10.77.1.1",
                        "\(client) \(transport)")
                }
            }
            for (client, address) in [("lab-node2", "::1"), ("lab-node1", DockerLab.outside6)] {
                #expect(try lab.seen(from: client, at: address, 8080) == "10.77.2.1", "\(client)")
            }
            #expect(try lab.seen(from: "lab-node2", at: "64:ff9b:1:0:77:6566:a4d:102", 80) == nil)
            #expect(try run(["ip", "link", "show", "weft64"]).status != 0)
            #expect(try shell("nft list ruleset; sysctl -n net.ipv6.conf.all.forwarding") == "0\n")
            try remove("lab")
            try shell("ip link del o1; ip netns del outside")
            let after = try Census.take()
            #expect(after.namespaces == before.namespaces)
            #expect(after.links == before.links)
            #expect(after.rules == before.rules)
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `a machine that is one of the hosts leads them to the containers of that host`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.file, firewall: kind, host: "node1")
            try lab.serve("lab-web", 80)
            for (client, address) in [
                ("outside", DockerLab.host6), ("lab-near", "fd00:77:3::1"), ("host", "::1"),
            ] {
                #expect(try lab.seen(from: client, at: address, 8080) == "10.77.1.1", "\(client)")
            }
            #expect(try shell("nft list ruleset").contains("10.77.2.2") == false)
            try remove("lab")
            #expect(try run(["ip", "link", "show", "weft64"]).status != 0)
        }
    }

    @Test(arguments: [
        Drift(
            command: "ip netns exec lab-node1 tc filter del dev weft64 egress",
            repair: ["+ filter lab-node1:weft64 IPv6 to IPv4"]),
        Drift(
            command: "ip -n lab-node1 route del 192.0.0.2/31", repair: ["+ route lab-node1:192.0.0.2/31 dev weft64"]),
        Drift(command: "ip -n lab-node1 link del weft64", repair: []),
    ])
    func `what somebody changed inside a host is mended`(_ drift: Drift) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.file)
            try lab.serve("lab-web", 80)
            try shell(drift.command)
            let lines = try plan(Self.file)
            if !drift.repair.isEmpty { #expect(Set(lines) == drift.repair) }
            #expect(!lines.isEmpty && lines.allSatisfy { $0.contains("lab-node1:") })
            try apply(Self.file)
            #expect(try plan(Self.file) == [])
            #expect(try lab.seen(from: "lab-node2", at: DockerLab.host6, 8080) == "10.77.1.1")
        }
    }

    @Test func `the last port of a host that needs it takes its translator along, and no other host's`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.file)
            let less = Self.file.replacing(", ports: [\"8080:80\"]", with: "")
            try apply(less)
            #expect(try plan(less) == [])
            #expect(try run(["ip", "-n", "lab-node2", "link", "show", "weft64"]).status != 0)
            #expect(try shell("ip -n lab-node1 -o link show weft64").contains("weft:*"))
        }
    }
}
