import Planning
import Reconcile
import TestSupport
import Testing

/// Tunnels that the kernel tells apart by nothing but their ends and key, in the way of an overlay's.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct TunnelCollisionTests {
    private static func overlay(_ name: String, key: Int, subnet: String = "10.9.0.0/24") -> String {
        """
        name: \(name)
        hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
        networks:
          red:
            driver: overlay
            internal: true
            ipam: {config: [{subnet: \(subnet)}]}
            driver_opts: {weft.overlay.encapsulation: gretap, com.docker.network.driver.overlay.vxlanid_list: "\(key)"}
        services:
          a: {host: node1, networks: [red]}
          b: {host: node2, networks: [red]}
        """
    }

    /// What is in the way of the overlay with the key 7 on this machine.
    private func obstacles(_ file: String = overlay("lab", key: 7)) throws -> [String] {
        do {
            _ = try plan(file, host: "node1", firewall: .none)
            return []
        } catch {
            guard case .collisions(let collisions) = error as? ReconcileError else { throw error }
            return collisions.map(\.obstacle)
        }
    }

    private func makeHost() throws {
        try shell("ip link add nic type veth peer name wire; ip addr add 192.168.205.10/24 dev nic; ip link set nic up")
    }

    private static let remedy = ": com.docker.network.driver.overlay.vxlanid_list gives the network another"

    @Test(.requires(.gretap)) func `somebody's tunnel with the same ends and key is named before anything changes`()
        async throws
    {
        try await inPrivateNamespaces {
            try makeHost()
            try shell("ip link add mine type gretap local 192.168.205.10 remote 192.168.205.11 key 7")
            let before = try Census.take()
            let found = try obstacles()
            let tunnel = "a gretap tunnel from 192.168.205.10 to 192.168.205.11 with the key 7"
            #expect(found == ["\(tunnel) exists on the same underlay and is not weft's (mine)\(Self.remedy)"])
            #expect(throws: ReconcileError.self) {
                try apply(Self.overlay("lab", key: 7), host: "node1", firewall: .none)
            }
            var after = try Census.take()
            after.files.removeAll { $0 == "/run/weft" }
            #expect(after == before)
            // The kernel keeps it for the namespace that it was made in, wherever it is.
            try apply("{name: other, services: {a: {network_mode: none}}}", firewall: .none)
            try shell("ip link set mine netns other-a")
            #expect(try obstacles().first?.contains("is not weft's (mine in namespace other-a)") == true)
            try shell("ip -n other-a link del mine")
            #expect(try obstacles() == [])
        }
    }

    @Test(
        .requires(.gretap),
        arguments: [
            "gretap local 192.168.205.10 remote 192.168.205.11",
            "gretap local 192.168.205.10 remote 192.168.205.11 key 8",
            "gretap local 192.168.205.10 remote 192.168.205.11 ikey 8 okey 7",
            "gretap local 192.168.205.10 remote 192.168.205.12 key 7", "gretap remote 192.168.205.11 key 7",
            "gre local 192.168.205.10 remote 192.168.205.11 key 7",
            "gretap local 192.168.205.10 remote 192.168.205.11 key 7 dev nic",
        ])
    func `a tunnel that the kernel can tell from the overlay's is in nobody's way`(_ tunnel: String) async throws {
        try await inPrivateNamespaces {
            try makeHost()
            try shell("ip link add mine type \(tunnel)")
            let file = Self.overlay("lab", key: 7)
            try apply(file, host: "node1", firewall: .none)
            #expect(try plan(file, host: "node1", firewall: .none) == [])
        }
    }

    @Test(.requires(.gretap)) func `another topology's tunnel is in the way, also of a key that changes`() async throws
    {
        try await inPrivateNamespaces {
            try makeHost()
            try apply(Self.overlay("one", key: 7), host: "node1", firewall: .none)
            let other = Self.overlay("two", key: 7, subnet: "10.8.0.0/24")
            let found = try obstacles(other)
            #expect(found.count == 1)
            #expect(
                found.first?.contains("with the key 7 exists on the same underlay and is of topology one (gre0-")
                    == true)
            #expect(found.first?.contains(" in namespace one-node1-red)") == true)
            try apply(Self.overlay("two", key: 8, subnet: "10.8.0.0/24"), host: "node1", firewall: .none)
            #expect(try obstacles(other).count == 1)
            #expect(try obstacles(Self.overlay("two", key: 9, subnet: "10.8.0.0/24")) == [])
        }
    }

    @Test(.requires(.ip6gretap)) func `over IPv6 the key 0 is none, and containers have tunnels of their own`()
        async throws
    {
        // A container's tunnels are in its own namespace, so that those of an overlay with the same ends and key are no clash.
        let file = """
            name: lab
            hosts: {node1: {address: "fd00:205::10/64"}, node2: {address: "fd00:205::11/64"}}
            networks:
              red:
                driver: overlay
                internal: true
                ipam: {config: [{subnet: 10.9.0.0/24}]}
                driver_opts: {weft.overlay.encapsulation: gretap, com.docker.network.driver.overlay.vxlanid_list: "7"}
            services:
              a: {host: node1, networks: [red]}
              b: {host: node2, networks: [red]}
            links:
              - type: ip6gretap
                key: 7
                endpoints:
                  - {service: a, interface: t0, local: "fd00:205::10"}
                  - {service: b, interface: t0, local: "fd00:205::11"}
            """
        try await inPrivateNamespaces {
            try apply(file, firewall: .none)
            #expect(try plan(file, firewall: .none) == [])
            let twice = """
                ip -n lab-a link add x type ip6gre local fd00:205::10 remote fd00:205::12
                ip -n lab-a link add y type ip6gre local fd00:205::10 remote fd00:205::12 key 0 2>&1
                """
            #expect(throws: (any Error).self) { try shell(twice) }
            let grown =
                file + """

                      - type: ip6gre
                        key: 0
                        endpoints:
                          - {service: a, interface: t1, local: "fd00:205::10"}
                          - {service: b, interface: t1, local: "fd00:205::12"}
                    """
            let error = try #require(throws: ReconcileError.self) { try plan(grown, firewall: .none) }
            guard case .collisions(let collisions) = error else { throw error }
            let tunnel = "an ip6gre tunnel from fd00:205::10 to fd00:205::12 without a key"
            #expect(collisions.map(\.obstacle) == ["\(tunnel) exists on the same underlay and is not weft's (x)"])
        }
    }
}
