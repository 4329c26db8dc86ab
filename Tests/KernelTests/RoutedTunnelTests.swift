import Links
import Planning
import Reconcile
import TestSupport
import Testing

/// Two hosts with a router in between, and two networks on both, in tunnels.
private func file(_ backend: String, hosts: (String, String) = ("192.168.205.10/24", "192.168.206.11/24")) -> String {
    """
    name: lab
    hosts: {node1: {address: "\(hosts.0)"}, node2: {address: "\(hosts.1)"}}
    networks:
      red:
        driver: routed
        enable_ipv6: true
        driver_opts: {weft.routed.backend: \(backend)}
        ipam: {config: [{subnet: 10.244.0.0/16}, {subnet: "fd00:10:244::/48"}]}
      blue:
        driver: routed
        driver_opts: {weft.routed.backend: gre, weft.routed.key: 8}
        ipam: {config: [{subnet: 10.245.0.0/16}]}
    services:
      red-a: {host: node1, networks: [red]}
      red-b: {host: node2, networks: [red]}
      blue-a: {host: node1, networks: [blue]}
      blue-b: {host: node2, networks: [blue]}
    """
}

private let keyed = file("gre, weft.routed.key: 7")

/// Routed networks whose packets go through tunnels; without firewalls, which the kernel of User Mode Linux has not.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct RoutedTunnelTests {
    /// Name of the tunnel of that kind that node1 has to node2 for `network`.
    private func tunnel(_ kind: String, of network: String) throws -> String {
        let links = try json(of: "ip", "-n", "lab-node1", "-j", "link").elements
        let link = try #require(
            links.first { $0["altnames"].elements.contains { $0.string == "\(kind)-lab_\(network)-node2" } })
        return try #require(link["ifname"].string)
    }

    /// Sends `count` echo requests of `size` bytes with their headers that must not be fragmented, and sees them answered.
    private func ping(_ address: String, from container: String, size: Int, count: Int = 1) throws {
        let headers = address.contains(":") ? 48 : 28
        try shell("ip netns exec lab-\(container) ping -c \(count) -i 0.2 -W 5 -M do -s \(size - headers) \(address)")
    }

    /// What a host of the underlay sees of `filter` while red-a and red-b echo each other `count` times in both families.
    private func capture(_ filter: String, count: Int, size: Int) throws -> [Substring] {
        let capture = try start([
            "sh", "-c", "exec ip netns exec lab-underlay tcpdump -Z root -nl -i br0 -c \(4 * count) '\(filter)' 2>&1",
        ])
        try capture.waitForOutput(containing: "listening on")
        try ping("10.244.1.2", from: "red-a", size: size, count: count)
        try ping("fd00:10:244:1::2", from: "red-a", size: size, count: count)
        return try capture.wait().stdout.split(separator: "\n").filter { $0.contains(" > ") }
    }

    @Test(.requires(.gre)) func `networks of the same hosts are told apart by the key, past a router`() async throws {
        try await inPrivateNamespaces {
            try apply(keyed, firewall: .none)
            #expect(try plan(keyed, firewall: .none) == [])
            let name = try tunnel("gre", of: "red")
            let link = try json(of: "ip", "-n", "lab-node1", "-j", "-d", "link", "show", "dev", name)[0]
            #expect(link["mtu"].int == 1472)
            #expect(link["ifalias"].string == "weft:lab/red")
            #expect(link["linkinfo"]["info_kind"].string == "gre")
            #expect(link["linkinfo"]["info_data"]["local"].string == "192.168.205.10")
            #expect(link["linkinfo"]["info_data"]["remote"].string == "192.168.206.11")
            #expect(link["linkinfo"]["info_data"]["ttl"].int == 64)
            #expect(link["linkinfo"]["info_data"]["ikey"].string == "0.0.0.7")
            #expect(link["linkinfo"]["info_data"]["okey"].string == "0.0.0.7")
            for (family, slice, source) in [
                ("-4", "10.244.1.0/24", "10.244.0.1"), ("-6", "fd00:10:244:1::/64", "fd00:10:244::1"),
            ] {
                let route = try json(of: "ip", "-n", "lab-node1", "-j", family, "route").first(where: "dst", is: slice)
                #expect(route["dev"].string == name)
                #expect(route["prefsrc"].string == source)
            }
            #expect(try json(of: "ip", "-n", "lab-red-a", "-j", "link", "show", "dev", "eth0")[0]["mtu"].int == 1472)
            for packet in try capture("proto gre", count: 3, size: 1472) {
                #expect(packet.contains("GREv0, key=0x7, "))
            }
            try ping("10.245.1.2", from: "blue-a", size: 1472)
            #expect(throws: (any Error).self) { try ping("10.244.1.2", from: "red-a", size: 1473) }
            try remove("lab")
            #expect(try shell("ip netns") == "")
        }
    }

    @Test(.requires(.gre)) func `a tunnel, key or route that is wrong or missing is found and repaired`() async throws {
        try await inPrivateNamespaces {
            try apply(keyed, firewall: .none)
            let name = try tunnel("gre", of: "red")
            try shell("ip -n lab-node1 route delete 10.244.1.0/24")
            try shell("ip -n lab-node1 -6 route delete fd00:10:244:1::/64")
            try shell("ip -n lab-node1 link set dev \(name) mtu 1400")
            let drift = try plan(keyed, firewall: .none).sorted()
            #expect(
                drift == [
                    "+ route lab-node1:10.244.1.0/24 dev \(name)", "+ route lab-node1:fd00:10:244:1::/64 dev \(name)",
                    "~ gre lab-node1:\(name) (gre-lab_red-node2) mtu 1400 → 1472",
                ])
            try apply(keyed, firewall: .none)
            try ping("10.244.1.2", from: "red-a", size: 1472)
            try shell(
                "ip -n lab-node1 link set dev \(name) type gre key 9 local 192.168.205.10 remote 192.168.206.11 ttl 64")
            #expect(try plan(keyed, firewall: .none).contains { $0.hasPrefix("+ gre lab-node1:\(name)") })
            try apply(keyed, firewall: .none)
            try ping("10.244.1.2", from: "red-a", size: 1472)
            try shell("ip -n lab-node1 link delete \(name)")
            try apply(keyed, firewall: .none)
            #expect(try plan(keyed, firewall: .none) == [])
            try ping("fd00:10:244:1::2", from: "red-a", size: 1472)
        }
    }

    @Test(.requires(.gre), .requires(.ipip), .requires(.sit))
    func `ipip has a tunnel for each family, and another backend takes its place`() async throws {
        try await inPrivateNamespaces {
            let plain = file("ipip")
            try apply(plain, firewall: .none)
            #expect(try plan(plain, firewall: .none) == [])
            for kind in ["ipip", "sit"] {
                let link = try json(
                    of: "ip", "-n", "lab-node1", "-j", "-d", "link", "show", "dev", tunnel(kind, of: "red"))[0]
                #expect(link["mtu"].int == 1480)
                #expect(link["linkinfo"]["info_kind"].string == kind)
                #expect(link["linkinfo"]["info_data"]["remote"].string == "192.168.206.11")
            }
            // The protocols of IPv4 and of IPv6 in IPv4.
            let seen = try capture("ip proto 4 or ip proto 41", count: 2, size: 1480)
            #expect(seen.count == 8)
            for packet in seen { #expect(packet.contains("192.168.205.10 > ") || packet.contains("192.168.206.11 > ")) }

            try apply(keyed, firewall: .none)
            #expect(try plan(keyed, firewall: .none) == [])
            try ping("10.244.1.2", from: "red-a", size: 1472)
            try ping("fd00:10:244:1::2", from: "red-a", size: 1472)
            try apply(plain, firewall: .none)
            #expect(try plan(plain, firewall: .none) == [])
            try ping("10.244.1.2", from: "red-a", size: 1480)
            try ping("fd00:10:244:1::2", from: "red-a", size: 1480)
        }
    }

    @Test(.requires(.gre)) func `tunnels take the place of plain routes, and plain routes theirs`() async throws {
        let same = ("192.168.205.10/24", "192.168.205.11/24")
        try await inPrivateNamespaces {
            for (backend, size) in [("host-gw", 1500), ("gre", 1472), ("host-gw", 1500)] {
                let text = file(backend, hosts: same).replacing("enable_ipv6: true", with: "enable_ipv6: false")
                try apply(text, firewall: .none)
                #expect(try plan(text, firewall: .none) == [])
                try ping("10.244.1.2", from: "red-a", size: size)
            }
            #expect(try !shell("ip -n lab-node1 link").contains("altname gre-lab_red"))
        }
    }

    @Test(.requires(.ip6gre)) func `over IPv6 both families go in GRE too`() async throws {
        let six = file("gre", hosts: ("fd00:205::10/64", "fd00:206::11/64"))
        try await inPrivateNamespaces {
            try apply(six, firewall: .none)
            #expect(try plan(six, firewall: .none) == [])
            #expect(try json(of: "ip", "-n", "lab-red-a", "-j", "link", "show", "dev", "eth0")[0]["mtu"].int == 1452)
            try ping("10.244.1.2", from: "red-a", size: 1452)
            try ping("fd00:10:244:1::2", from: "red-a", size: 1452)
            try ping("10.245.1.2", from: "blue-a", size: 1452)
        }
    }

    @Test(.requires(.ipip)) func `a tunnel of somebody else's between the same hosts is named`() async throws {
        let six = file("ipip").replacing("enable_ipv6: true", with: "enable_ipv6: false")
        try await inPrivateNamespaces {
            try shell("ip link add eth0 type veth peer name switch && ip link set eth0 up && ip link set switch up")
            try shell("ip addr add 192.168.205.10/24 dev eth0 && ip route add default via 192.168.205.1")
            try shell("ip link add mine type ipip local 192.168.205.10 remote 192.168.206.11")
            let error = try #require(throws: ReconcileError.self) { try apply(six, host: "node1", firewall: .none) }
            guard case .collisions(let collisions) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(
                collisions.map(\.obstacle) == [
                    "an ipip tunnel from 192.168.205.10 to 192.168.206.11 exists on the same underlay and is not weft's (mine): "
                        + "weft.routed.backend gre has keys, by which networks are told apart"
                ])
        }
    }

    @Test(.disabled("the kernel has gre", { try KernelFeature.gre.isPresent }))
    func `a kernel without the tunnels is told so, and which option it lacks`() async throws {
        try await inPrivateNamespaces {
            let error = try #require(throws: ReconcileError.self) { try apply(keyed, firewall: .none) }
            guard case .kernelLacks(let missing) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(missing.map(\.option.name) == ["CONFIG_NET_IPGRE"])
            #expect(missing.first?.links.count == 4)
            #expect(try shell("ip netns") == "")
        }
    }
}
