import TestSupport
import Testing

/// What Docker chooses where a file leaves it open: subnets, ports of the host, the order of interfaces, the default route.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct DockerBehaviourChoices {
    /// The gateways of Docker's local pools, without that of the predefined bridge (moby `ipamutils/utils.go`).
    private static let gateways =
        (18...31).map { "172.\($0).0.1/16" } + (0..<16).map { "192.168.\($0 * 16).1/20" }

    @Test func `networks get Docker's pools in order, down to the last`() async throws {
        try await inPrivateNamespaces {
            try replaceResolver("nameserver 192.0.2.1\n")
            let networks = Self.gateways.indices.map { "n\($0 + 10): {}" }.joined(separator: ", ")
            try apply("{name: lab, networks: {\(networks)}}")
            let found = try json(of: "ip", "-4", "-j", "addr", "show", "type", "bridge").elements.flatMap { link in
                link["addr_info"].elements.map { "\($0["local"].string ?? "")/\($0["prefixlen"].int ?? 0)" }
            }
            #expect(Set(found) == Set(Self.gateways))
            #expect(try shell("ip -4 -br addr show dev lab_n10").contains("172.18.0.1/16"))
            #expect(try shell("ip -4 -br addr show dev lab_n24").contains("192.168.0.1/20"))
            #expect(throws: (any Error).self) { try apply("{name: more, networks: {a: {}}}") }
        }
    }

    @Test func `a port of the host that is not given is an ephemeral one, and none that is reserved or taken`()
        async throws
    {
        try await inPrivateNamespaces {
            try shell("sysctl -qw net.ipv4.ip_local_port_range='40000 40004'")
            try shell("sysctl -qw net.ipv4.ip_local_reserved_ports=40001,40003")
            let listener = try start(["python3", "-u", "-c", Self.listener, "40002"])
            try listener.waitForOutput(containing: "ready")
            try apply("{name: lab, services: {a: {ports: ['80', '127.0.0.1::81']}}}")
            let rules = try shell("iptables -t nat -S WEFT")
            let ports = rules.matches(of: #/--dport (\d+) /#).map { String($0.output.1) }.sorted()
            #expect(ports == ["40000", "40004"])
            #expect(rules.contains("-d 127.0.0.1/32"))
        }
    }

    @Test func `of a range of the host's ports the first that nobody listens on is taken, and kept`() async throws {
        try await inPrivateNamespaces {
            let file = "{name: lab, services: {a: {ports: ['9000-9002:80']}, b: {ports: ['9000-9002:80']}}}"
            let listener = try start(["python3", "-u", "-c", Self.listener, "9000"])
            try listener.waitForOutput(containing: "ready")
            try apply(file)
            func rules() throws -> String { try shell("iptables -t nat -S WEFT") }
            #expect(try rules().contains("--dport 9001 "))
            #expect(try rules().contains("--dport 9002 "))
            #expect(try !rules().contains("--dport 9000 "))
            listener.kill()
            #expect(try plan(file) == [])
        }
    }

    @Test(arguments: [
        ("named", "10.1.1.1 dev eth0"), ("families", "10.1.3.1 dev eth1"), ("asked", "10.1.2.1 dev eth2"),
        ("ordered", "10.1.3.1 dev eth2"), ("inside", "10.1.4.1 dev eth0"),
    ])
    func `interfaces come by priority, the default route by gw_priority, families and name`(
        service: String, route: String
    ) async throws {
        try await inPrivateNamespaces {
            try apply(
                """
                name: lab
                networks:
                  a: {ipam: {config: [{subnet: 10.1.1.0/24}]}}
                  z: {ipam: {config: [{subnet: 10.1.2.0/24}]}}
                  both: {enable_ipv6: true, ipam: {config: [{subnet: 10.1.3.0/24}]}}
                  shut: {internal: true, ipam: {config: [{subnet: 10.1.4.0/24}]}}
                services:
                  named: {networks: [z, a]}
                  families: {networks: [a, both, shut]}
                  asked: {networks: {a: , both: , z: {gw_priority: 1}}}
                  ordered: {networks: {a: , both: {priority: 5}, z: {priority: 9}, shut: {priority: 10}}}
                  inside: {networks: [shut]}
                """)
            let found = try shell("ip -n lab-\(service) -4 route show default")
            #expect(found.hasPrefix("default via \(route) "), "\(found)")
            if service == "ordered" {
                let order = try (0..<4).map { try shell("ip -n lab-ordered -4 -o addr show dev eth\($0)") }
                #expect(zip(order, [4, 2, 3, 1]).allSatisfy { $0.contains(" 10.1.\($1).") }, "\(order)")
            }
        }
    }

    private static let listener = """
        import socket, sys, time
        s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); print("ready"); time.sleep(60)
        """
}
