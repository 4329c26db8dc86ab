import Planning
import Reconcile
import TestSupport
import Testing
import Topology

/// Two hosts with a container each, and an overlay between them.
private let overlayFile = """
    name: lab
    hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
    networks: {demo: {driver: overlay}}
    services:
      test1: {host: node1, networks: [demo], ports: ["8080:80"]}
      test2: {host: node2, networks: [demo]}
    """

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct OverlayTests {
    @Test func `an overlay's containers have Docker's addresses, MTU and way out`() async throws {
        try await inPrivateNamespaces {
            try apply(overlayFile)
            #expect(try plan(overlayFile) == [])
            for (name, last) in [("lab-test1", 2), ("lab-test2", 3)] {
                let links = try json(of: "ip", "-n", name, "-j", "addr")
                let overlay = links.first(where: "ifname", is: "eth0")
                #expect(overlay["mtu"].int == 1450)
                #expect(overlay["address"].string == "02:42:0a:00:00:0\(last)")
                #expect(overlay["addr_info"][0]["local"].string == "10.0.0.\(last)")
                #expect(overlay["addr_info"][0]["prefixlen"].int == 24)
                let gateway = links.first(where: "ifname", is: "eth1")
                #expect(gateway["mtu"].int == 1500)
                #expect(gateway["address"].string == "02:42:ac:12:00:02")
                #expect(gateway["addr_info"][0]["local"].string == "172.18.0.2")
                let way = try json(of: "ip", "-n", name, "-j", "route").first(where: "dst", is: "default")
                #expect(way["gateway"].string == "172.18.0.1")
                #expect(way["dev"].string == "eth1")
            }
            try remove("lab")
            #expect(try shell("ip netns") == "")
        }
    }

    @Test func `an overlay's sandbox is Docker's, with an entry for each endpoint elsewhere`() async throws {
        try await inPrivateNamespaces {
            try apply(overlayFile)
            let sandbox = "lab-node1-demo"
            let bridge = try json(of: "ip", "-n", sandbox, "-j", "-d", "addr").first(where: "ifname", is: "br0")
            #expect(bridge["linkinfo"]["info_kind"].string == "bridge")
            #expect(bridge["mtu"].int == 1450)
            #expect(bridge["addr_info"][0]["local"].string == "10.0.0.1")
            let tunnel = try json(of: "ip", "-n", sandbox, "-j", "-d", "link", "show", "dev", "vxlan0")[0]
            #expect(tunnel["master"].string == "br0")
            #expect(tunnel["mtu"].int == 1450)
            let data = tunnel["linkinfo"]["info_data"]
            #expect(data["id"].int == 4096)
            #expect(data["port"].int == 4789)
            #expect(data["local"].string == "192.168.205.10")
            #expect(data["proxy"].bool == true)
            #expect(data["learning"].bool == false)

            let entries = try json(of: "bridge", "-n", sandbox, "-j", "fdb", "show", "dev", "vxlan0").elements
            let remote = entries.filter { $0["mac"].string == "02:42:0a:00:00:03" && $0["dst"].string != nil }
            #expect(remote.count == 1)
            #expect(remote.first?["dst"].string == "192.168.205.11")
            #expect(remote.first?["state"].string == "permanent")
            #expect(remote.first?["flags"].elements == [.string("self")])
            let neighbours = try json(of: "ip", "-n", sandbox, "-j", "neigh", "show", "dev", "vxlan0")
            #expect(neighbours.elements.count == 1)
            #expect(neighbours[0]["dst"].string == "10.0.0.3")
            #expect(neighbours[0]["lladdr"].string == "02:42:0a:00:00:03")
            #expect(neighbours[0]["state"].elements == [.string("PERMANENT")])
        }
    }

    @Test(.enabled(if: Capture.isPermitted, "\(Capture.requirement)"))
    func `on the underlay an overlay is VXLAN and nothing else`() async throws {
        try await inPrivateNamespaces {
            try apply(overlayFile)
            let capture = try start([
                "sh", "-c", "exec ip netns exec lab-underlay tcpdump -Z root -nl -i br0 -c 6 ip and not multicast 2>&1",
            ])
            try capture.waitForOutput(containing: "listening on")
            try shell("ip netns exec lab-test1 ping -c 3 -i 0.2 -W 5 10.0.0.3")
            let result = try capture.wait()
            let packets = result.stdout.split(separator: "\n").filter { $0.contains("192.168.205.") }
            #expect(packets.count == 6)
            for packet in packets { #expect(packet.contains(".4789: VXLAN, flags [I] (0x08), vni 4096")) }
        }
    }

    @Test func `tenants with the same subnet on the same hosts are kept apart by their identifiers`() async throws {
        let file = """
            name: lab
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            networks:
              red: {driver: overlay, ipam: {config: [{subnet: 10.9.0.0/24}]}}
              blue: {driver: overlay, ipam: {config: [{subnet: 10.9.0.0/24}]}}
            services:
              red-a: {host: node1, networks: [red]}
              red-b: {host: node2, networks: [red]}
              blue-a: {host: node1, networks: [blue]}
              blue-b: {host: node2, networks: [blue]}
              blue-c: {host: node2, networks: [blue]}
            """
        try await inPrivateNamespaces {
            try apply(file)
            // Both are 10.9.0.3; whose counter grows tells who was reached.
            let before = try (red: receivedPackets(by: "red-b"), blue: receivedPackets(by: "blue-b"))
            try shell("ip netns exec lab-red-a ping -c 50 -i 0.02 -W 5 10.9.0.3")
            #expect(try receivedPackets(by: "red-b") >= before.red + 50)
            #expect(try receivedPackets(by: "blue-b") < before.blue + 50)
            try shell("ip netns exec lab-blue-a ping -c1 -w10 10.9.0.4")
            #expect(
                try !isEchoed(by: "10.9.0.4", from: "lab-red-a"))
        }
    }

    @Test func `an overlay with several subnets routes between them, over an underlay of IPv6 as well`() async throws {
        let file = """
            name: lab
            hosts: {node1: {address: "fd00:205::10/64"}, node2: {address: "fd00:206::11/64"}}
            networks:
              wide: {driver: overlay, ipam: {config: [{subnet: 10.1.0.0/24}, {subnet: 10.1.1.0/24}]}}
            services:
              a: {host: node1, networks: {wide: {ipv4_address: 10.1.0.2}}}
              b: {host: node2, networks: {wide: {ipv4_address: 10.1.1.2}}}
              c: {host: node2, networks: {wide: {ipv4_address: 10.1.0.3}}}
            """
        try await inPrivateNamespaces {
            try apply(file)
            #expect(try plan(file) == [])
            #expect(try json(of: "ip", "-n", "lab-a", "-j", "link", "show", "dev", "eth0")[0]["mtu"].int == 1430)
            for address in ["10.1.1.2", "10.1.0.3"] {
                try shell("ip netns exec lab-a ping -c1 -w10 -M do -s 1402 \(address)")
            }
            try shell("ip netns exec lab-b ping -c1 -w10 10.1.0.3")
            let tunnel = try json(of: "ip", "-n", "lab-node2-wide", "-j", "-d", "link", "show", "dev", "vxlan1")[0]
            #expect(tunnel["linkinfo"]["info_data"]["id"].int == 4097)
            #expect(tunnel["linkinfo"]["info_data"]["local6"].string == "fd00:206::11")
        }
    }

    @Test func `an entry that is stale, wrong or missing is found, named and repaired`() async throws {
        try await inPrivateNamespaces {
            try apply(overlayFile)
            let sandbox = "lab-node1-demo"
            try shell("bridge -n \(sandbox) fdb replace 02:42:0a:00:00:03 dev vxlan0 dst 192.168.205.99 self permanent")
            try shell("ip -n \(sandbox) neigh del 10.0.0.3 dev vxlan0")
            let drift = try plan(overlayFile)
            #expect(drift.count == 2)
            #expect(drift.contains { $0.hasPrefix("~ fdb lab-node1-demo:vxlan0") })
            #expect(drift.contains { $0.hasPrefix("+ neighbour lab-node1-demo:vxlan0 10.0.0.3") })
            try apply(overlayFile)
            #expect(try plan(overlayFile) == [])
            try shell("ip netns exec lab-test1 ping -c1 -w10 10.0.0.3")
        }
    }
}
