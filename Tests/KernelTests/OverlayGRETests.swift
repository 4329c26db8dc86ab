import Planning
import TestSupport
import Testing

/// Two hosts with two tenants of the same subnet, kept apart by the key of their tunnels.
private let tenants = """
    name: lab
    hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
    networks:
      red:
        driver: overlay
        ipam: {config: [{subnet: 10.9.0.0/24}]}
        driver_opts: {weft.overlay.encapsulation: gretap, com.docker.network.driver.overlay.vxlanid_list: "7"}
      blue:
        driver: overlay
        ipam: {config: [{subnet: 10.9.0.0/24}]}
        driver_opts: {weft.overlay.encapsulation: gretap, com.docker.network.driver.overlay.vxlanid_list: "8"}
    services:
      red-a: {host: node1, networks: [red]}
      red-b: {host: node2, networks: [red]}
      blue-a: {host: node1, networks: [blue]}
      blue-b: {host: node2, networks: [blue]}
      blue-c: {host: node2, networks: [blue]}
    """

/// Overlays whose frames are carried in GRE; without firewalls, which the kernel of User Mode Linux has not.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct OverlayGRETests {
    /// Name of the only tunnel in a sandbox.
    private func tunnel(in sandbox: String) throws -> String {
        let links = try json(of: "ip", "-n", sandbox, "-j", "link").elements.compactMap { $0["ifname"].string }
        return try #require(links.first { $0.hasPrefix("gre0-") })
    }

    @Test(.requires(.gretap)) func `tenants with the same subnet are kept apart by the key`() async throws {
        try await inPrivateNamespaces {
            try apply(tenants, firewall: .none)
            #expect(try plan(tenants, firewall: .none) == [])
            let sandbox = "lab-node1-red"
            let link = try json(of: "ip", "-n", sandbox, "-j", "-d", "link", "show", "dev", tunnel(in: sandbox))[0]
            #expect(link["master"].string == "br0")
            #expect(link["mtu"].int == 1458)
            #expect(link["linkinfo"]["info_kind"].string == "gretap")
            #expect(link["linkinfo"]["info_data"]["local"].string == "192.168.205.10")
            #expect(link["linkinfo"]["info_data"]["remote"].string == "192.168.205.11")
            #expect(link["linkinfo"]["info_data"]["ikey"].string == "0.0.0.7")
            #expect(link["linkinfo"]["info_data"]["okey"].string == "0.0.0.7")
            #expect(link["linkinfo"]["info_slave_data"]["isolated"].bool == true)
            #expect(link["linkinfo"]["info_slave_data"]["learning"].bool == false)
            #expect(link["linkinfo"]["info_slave_data"]["neigh_suppress"].bool == true)

            // Both are 10.9.0.3; whose counter grows tells who was reached.
            let before = try (red: receivedPackets(by: "red-b"), blue: receivedPackets(by: "blue-b"))
            try shell("ip netns exec lab-red-a ping -c 50 -i 0.02 -W 5 -M do -s 1430 10.9.0.3")
            #expect(try receivedPackets(by: "red-b") >= before.red + 50)
            #expect(try receivedPackets(by: "blue-b") < before.blue + 50)
            try shell("ip netns exec lab-blue-a ping -c1 -w10 10.9.0.4")
            #expect(try !isEchoed(by: "10.9.0.4", from: "lab-red-a"))

            try remove("lab")
            #expect(try shell("ip netns") == "")
        }
    }

    @Test(.requires(.gretap)) func `on the underlay an overlay is GRE with its key and nothing else`() async throws {
        try await inPrivateNamespaces {
            try apply(tenants, firewall: .none)
            // Echoes as they are, and within GRE with a key; what else the bridges say to each other is not waited for.
            let filter = "icmp or (proto gre and ip[51] = 1)"
            let capture = try start([
                "sh", "-c", "exec ip netns exec lab-underlay tcpdump -Z root -nl -i br0 -c 6 '\(filter)' 2>&1",
            ])
            try capture.waitForOutput(containing: "listening on")
            try shell("ip netns exec lab-red-a ping -c 3 -i 0.2 -W 5 10.9.0.3")
            let packets = try capture.wait().stdout.split(separator: "\n").filter { $0.contains("192.168.205.") }
            #expect(packets.count == 6)
            for packet in packets { #expect(packet.contains("GREv0, key=0x7, ")) }
        }
    }

    @Test(.requires(.gretap)) func `a tunnel or entry that is stale, wrong or missing is found and repaired`()
        async throws
    {
        try await inPrivateNamespaces {
            try apply(tenants, firewall: .none)
            let sandbox = "lab-node1-red"
            let name = try tunnel(in: sandbox)
            try shell("bridge -n \(sandbox) link set dev \(name) isolated off neigh_suppress off")
            try shell("bridge -n \(sandbox) fdb del 02:42:0a:09:00:03 dev \(name) master")
            try shell("bridge -n \(sandbox) fdb add 02:42:0a:09:00:99 dev \(name) master static")
            try shell("ip -n \(sandbox) neigh del 10.9.0.3 dev br0")
            let drift = try plan(tenants, firewall: .none)
            #expect(drift.count == 4)
            #expect(
                drift.contains("~ port \(sandbox):\(name) on br0 isolated false → true, neigh_suppress false → true"))
            #expect(drift.contains { $0.hasPrefix("+ fdb \(sandbox):\(name) 02:42:0a:09:00:03") })
            #expect(drift.contains { $0.hasPrefix("- fdb \(sandbox):\(name) 02:42:0a:09:00:99") })
            #expect(drift.contains { $0.hasPrefix("+ neighbour \(sandbox):br0 10.9.0.3") })
            try apply(tenants, firewall: .none)
            #expect(try plan(tenants, firewall: .none) == [])

            try shell("ip -n \(sandbox) link del \(name)")
            #expect(try plan(tenants, firewall: .none).contains { $0.hasPrefix("+ gretap \(sandbox):\(name)") })
            try apply(tenants, firewall: .none)
            #expect(try plan(tenants, firewall: .none) == [])
            try shell("ip netns exec lab-red-a ping -c1 -w10 10.9.0.3")
        }
    }

    @Test(.requires(.ip6gretap)) func `three hosts have no loop, and subnets are routed, over IPv6 as well`()
        async throws
    {
        let file = """
            name: lab
            hosts:
              node1: {address: "fd00:205::10/64"}
              node2: {address: "fd00:206::11/64"}
              node3: {address: "fd00:206::12/64"}
            networks:
              wide:
                driver: overlay
                ipam: {config: [{subnet: 10.1.0.0/24}, {subnet: 10.1.1.0/24}]}
                driver_opts: {weft.overlay.encapsulation: gretap}
            services:
              a: {host: node1, networks: {wide: {ipv4_address: 10.1.0.2}}}
              b: {host: node2, networks: {wide: {ipv4_address: 10.1.1.2}}}
              c: {host: node3, networks: {wide: {ipv4_address: 10.1.0.3}}}
            """
        try await inPrivateNamespaces {
            try apply(file, firewall: .none)
            #expect(try plan(file, firewall: .none) == [])
            #expect(try json(of: "ip", "-n", "lab-a", "-j", "link", "show", "dev", "eth0")[0]["mtu"].int == 1438)
            for address in ["10.1.1.2", "10.1.0.3"] {
                try shell("ip netns exec lab-a ping -c1 -w10 -M do -s 1410 \(address)")
            }
            try shell("ip netns exec lab-b ping -c1 -w10 10.1.0.3")
            // The gateway is each host's own, though all have its address.
            let bridge = try json(of: "ip", "-n", "lab-node1-wide", "-j", "link", "show", "dev", "br0")[0]
            let gateway = try json(of: "ip", "-n", "lab-a", "-j", "neigh").first(where: "dst", is: "10.1.0.1")
            #expect(gateway["lladdr"].string == bridge["address"].string)
            // What nobody knows is asked on all hosts.
            try shell("ip -n lab-c addr add 10.1.0.77/24 dev eth0")
            try shell("ip netns exec lab-a ping -c1 -w10 10.1.0.77")
            // A frame for all comes once: in a loop it would come again and again.
            func received() throws -> Int {
                let link = try json(of: "ip", "-n", "lab-c", "-j", "-s", "link", "show", "dev", "eth0")[0]
                return try #require(link["stats64"]["rx"]["packets"].int)
            }
            let before = try received()
            _ = try run(["ip", "netns", "exec", "lab-a", "ping", "-b", "-c", "3", "-i", "0.2", "-W", "1", "10.1.0.255"])
            let arrived = try received() - before
            #expect((3..<20).contains(arrived), "\(arrived)")
        }
    }
}
