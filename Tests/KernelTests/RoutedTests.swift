import Planning
import Reconcile
import TestSupport
import Testing
import Topology

/// Two hosts whose containers are on one routed network; `far` leaves by a bridge of its own host.
private let routedFile = """
    name: lab
    hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
    networks:
      pods: {driver: routed, ipam: {config: [{subnet: 10.244.0.0/16}]}}
      other: {ipam: {config: [{subnet: 172.20.0.0/24}]}}
    services:
      near: {host: node1, networks: [pods]}
      far: {host: node2, networks: {pods: {}, other: {gw_priority: 1}}}
      stranger: {host: node1, networks: [other]}
    """

/// The same hosts with a network of both families that has no way out.
private let closedFile = """
    name: lab
    hosts:
      node1: {address: [192.168.205.10/24, "fd00:205::10/64"]}
      node2: {address: [192.168.205.11/24, "fd00:205::11/64"]}
    networks:
      pods:
        driver: routed
        internal: true
        enable_ipv6: true
        ipam: {config: [{subnet: 10.244.0.0/16}, {subnet: "fd00:10:244::/48"}]}
      other: {ipam: {config: [{subnet: 172.20.0.0/24}]}}
    services:
      near: {host: node1, networks: [pods]}
      far: {host: node2, networks: [pods]}
      stranger: {host: node1, networks: [other]}
    """

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct RoutedTests {
    /// Makes the interface that the machine has on the underlay when it is a host itself.
    private static let underlay =
        "ip link add eth0 type veth peer name switch && ip link set eth0 up && ip link set switch up && "
        + "ip addr add 192.168.205.10/24 dev eth0"

    /// The address that a TCP server in the namespace `server` sees a client in `client` come from.
    private func source(of client: String, at address: String, in server: String) throws -> String {
        let script =
            "import socket; s=socket.create_server(('',7000)); print('ready',flush=True); print(s.accept()[1][0],flush=True)"
        let process = try start(["ip", "netns", "exec", server, "python3", "-c", script])
        try process.waitForOutput(containing: "ready")
        try shell(
            "ip netns exec \(client) python3 -c 'import socket; socket.create_connection((\"\(address)\",7000),5)'")
        return try process.wait().stdout.split(separator: "\n").last.map(String.init) ?? ""
    }

    @Test(.requires(.nftables), arguments: FirewallKind.rules)
    func `containers of different hosts meet with their own addresses, and others do not`(_ firewall: FirewallKind)
        async throws
    {
        try await inPrivateNamespaces {
            try apply(routedFile, firewall: firewall)
            #expect(try plan(routedFile, firewall: firewall) == [])
            #expect(try source(of: "lab-near", at: "10.244.1.2", in: "lab-far") == "10.244.0.2")
            #expect(try source(of: "lab-far", at: "10.244.0.2", in: "lab-near") == "10.244.1.2")
            #expect(try source(of: "lab-near", at: "192.168.205.11", in: "lab-node2") == "192.168.205.10")
            #expect(try source(of: "lab-node1", at: "10.244.1.2", in: "lab-far") == "10.244.0.1")
            for (from, address) in [("stranger", "10.244.0.2"), ("stranger", "10.244.1.2"), ("near", "172.20.0.2")] {
                #expect(try !isEchoed(by: address, from: "lab-\(from)"), "\(from) reaches \(address)")
            }
            let routes = try json(of: "ip", "-n", "lab-node1", "-j", "route").first(where: "dst", is: "10.244.1.0/24")
            #expect(routes["gateway"].string == "192.168.205.11")
            #expect(routes["dev"].string == "eth0")
            #expect(routes["prefsrc"].string == "10.244.0.1")
            try remove("lab")
            #expect(try shell("ip netns") == "")
        }
    }

    @Test(.requires(.nftables), arguments: FirewallKind.rules)
    func `an internal network goes over hosts in both families, and no further`(_ firewall: FirewallKind) async throws {
        try await inPrivateNamespaces {
            try apply(closedFile, firewall: firewall)
            #expect(try plan(closedFile, firewall: firewall) == [])
            if firewall == .iptables {
                // As on a machine where somebody lets through only what he knows.
                for host in ["node1", "node2"] { try shell("ip netns exec lab-\(host) iptables -P FORWARD DROP") }
            }
            func reaches(_ address: String, from namespace: String, as source: String? = nil) throws -> Bool {
                try isEchoed(by: address, from: "lab-\(namespace)", source.map { ["-I", $0] } ?? [])
            }
            for (from, address) in [("near", "10.244.1.2"), ("far", "10.244.0.2"), ("near", "fd00:10:244:1::2")] {
                #expect(try reaches(address, from: from), "\(from) does not reach \(address)")
            }
            #expect(try source(of: "lab-near", at: "10.244.1.2", in: "lab-far") == "10.244.0.2")
            #expect(try reaches("fd00:10:244::2", from: "node2"))
            for (from, address) in [
                ("near", "192.168.205.11"), ("near", "fd00:205::11"), ("near", "172.20.0.2"),
                ("stranger", "10.244.0.2"),
                ("stranger", "10.244.1.2"),
            ] {
                #expect(try !reaches(address, from: from), "\(from) reaches \(address)")
            }
            #expect(try !reaches("10.244.0.2", from: "node2", as: "192.168.205.11"))
            #expect(try !reaches("fd00:10:244::2", from: "node2", as: "fd00:205::11"))
            try remove("lab")
            #expect(try shell("ip netns") == "")
        }
    }

    @Test func `without rules an internal network has a way to the other hosts, and no other`() async throws {
        try await inPrivateNamespaces {
            try apply(closedFile, firewall: .none)
            #expect(try plan(closedFile, firewall: .none) == [])
            try shell("ip netns exec lab-near ping -c1 -w10 10.244.1.2")
            try shell("ip netns exec lab-near ping -c1 -w10 fd00:10:244:1::2")
            #expect(try shell("ip -n lab-near route show default; ip -6 -n lab-near route show default") == "")
        }
    }

    @Test(arguments: [routedFile, closedFile])
    func `one host's part makes its routes by an interface of the machine, and takes them away`(
        _ routedFile: String
    ) async throws {
        try await inPrivateNamespaces {
            try shell("\(Self.underlay)")
            try shell("ip -6 addr add fd00:205::10/64 dev eth0 nodad")
            let before6 = try shell("ip -6 route show dev eth0")
            let before = try shell("ip route")
            try apply(routedFile, host: "node1", firewall: .none)
            #expect(try plan(routedFile, host: "node1", firewall: .none) == [])
            #expect(try shell("ip route show 10.244.1.0/24").contains("via 192.168.205.11 dev eth0"))
            try shell("ip route delete 10.244.1.0/24")
            #expect(
                try plan(routedFile, host: "node1", firewall: .none) == [
                    "+ route 10.244.1.0/24 via 192.168.205.11 dev eth0"
                ])
            try apply(routedFile, host: "node1", firewall: .none)
            try remove("lab")
            #expect(try shell("ip route") == before)
            #expect(try shell("ip -6 route show dev eth0") == before6)
        }
    }

    @Test func `a host that has moved is found at its new address`() async throws {
        try await inPrivateNamespaces {
            try shell("\(Self.underlay)")
            for address in ["192.168.205.11", "192.168.205.12"] {
                let file = routedFile.replacing("192.168.205.11", with: address)
                try apply(file, host: "node1", firewall: .none)
                #expect(try plan(file, host: "node1", firewall: .none) == [])
                #expect(try shell("ip route show 10.244.1.0/24").contains("via \(address) dev eth0"))
            }
        }
    }

    @Test func `a route of somebody else's to another host's slice is named and stays`() async throws {
        try await inPrivateNamespaces {
            try shell("\(Self.underlay)")
            try shell("ip route add 10.244.1.0/24 via 192.168.205.77")
            let before = try shell("ip route")
            let error = try #require(throws: ReconcileError.self) {
                try apply(routedFile, host: "node1", firewall: .none)
            }
            guard case .collisions(let collisions) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(collisions.map(\.obstacle) == ["a route to 10.244.1.0/24 by eth0 exists"])
            #expect(try shell("ip route") == before)
        }
    }
}
