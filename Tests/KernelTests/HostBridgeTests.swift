import Planning
import TestSupport
import Testing

/// Networks upon bridges that links make on hosts of a lab.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct HostBridgeTests {
    @Test(arguments: [FirewallKind.iptables, .nftables])
    func `containers of several hosts are on the network that the hosts' second NICs are on`(
        _ firewall: FirewallKind
    ) async throws {
        let text = """
            name: lab
            hosts:
              node1: {address: 192.168.205.10/24}
              node2: {address: 192.168.205.11/24}
              pc: {address: 192.168.205.12/24}
            networks:
              lan:
                external: true
                driver_opts: {com.docker.network.bridge.name: br0}
                ipam: {config: [{subnet: 10.1.0.0/24, gateway: 10.1.0.1}]}
            services:
              a: {host: node1, networks: [lan]}
              b: {host: node2, networks: [lan]}
              c: {host: node1}
            links:
              - {type: veth, endpoints: [{host: node1, interface: nic}, {host: pc, interface: p1}]}
              - {type: veth, endpoints: [{host: node2, interface: nic}, {host: pc, interface: p2}]}
              - {type: bridge, host: pc, interface: switch, ports: [p1, p2], addresses: [10.1.0.1/24]}
              - {type: bridge, host: node1, interface: br0, ports: [nic], addresses: [10.1.0.2/24]}
              - {type: bridge, host: node2, interface: br0, ports: [nic]}
            """
        try await inPrivateNamespaces {
            // A bridge of somebody else's on the machine itself has nothing to do with it.
            try shell("ip link add br0 type bridge")
            let foreign = try shell("ip -d -o link show br0")
            var before = try Census.take()
            before.files.removeAll { $0 == "/run/weft" }
            try apply(text, firewall: firewall)
            #expect(try plan(text, firewall: firewall) == [])
            // node1's own address is reached, on its bridge; nobody translates; and names are known on all hosts.
            try shell("ip netns exec lab-pc ping -c1 -w10 10.1.0.2")
            try shell("ip netns exec lab-pc ping -c1 -w10 10.1.0.3 | grep ttl=64")
            try shell("ip netns exec lab-a ping -c1 -w10 b | grep ttl=64")
            try shell("ip netns exec lab-b ping -c1 -w10 10.1.0.2 | grep ttl=64")
            #expect(try shell("ip -n lab-b route show default").hasPrefix("default via 10.1.0.1 dev eth0"))
            #expect(try shell("bridge -n lab-node2 link show master br0").split(separator: "\n").count == 2)
            #expect(try !isEchoed(by: "10.1.0.3", from: "lab-c"))
            let moved = text.replacing("a: {host: node1, networks: [lan]}", with: "a: {host: node1}")
            try apply(moved, firewall: firewall)
            #expect(try plan(moved, firewall: firewall) == [])
            #expect(try shell("ip -n lab-b -br addr show eth0").contains("10.1.0.4/24"))
            try remove("lab")
            var after = try Census.take()
            after.files.removeAll { $0 == "/run/weft" }
            #expect(after == before)
            #expect(try shell("ip -d -o link show br0") == foreign)
        }
    }
}
