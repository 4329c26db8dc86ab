import TestSupport
import Testing

/// What one host has of routed networks in tunnels; without firewalls, which the kernel of User Mode Linux has not.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct HostTunnelTests {
    private static let file = """
        name: lab
        hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
        networks:
          pods: {driver: routed, driver_opts: {weft.routed.backend: gre}, ipam: {config: [{subnet: 10.244.0.0/16}]}}
          more:
            driver: routed
            internal: true
            enable_ipv6: true
            driver_opts: {weft.routed.backend: ipip}
            ipam: {config: [{subnet: 10.245.0.0/16}, {subnet: "fd00:10:245::/48"}]}
        services:
          a: {host: node1, networks: [pods, more]}
          b: {host: node2, networks: [more]}
          c: {host: node2, networks: [pods]}
        """

    @Test(.requires(.gre), .requires(.ipip), .requires(.sit))
    func `the hosts' parts on two machines are the whole lab on one, object for object`() async throws {
        try await MachineRoom.compareParts(of: Self.file, hosts: 2, firewall: "none")
    }
}
