import Planning
import TestSupport
import Testing

/// Whether packets go where the rules send them.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct FirewallTrafficTests {
    private static let file = """
        name: shop
        networks:
          front:
            enable_ipv6: true
            ipam: {config: [{subnet: 10.77.1.0/24}, {subnet: "fd00:77:1::/64"}]}
          side: {ipam: {config: [{subnet: 10.77.2.0/24}]}}
          back: {internal: true, ipam: {config: [{subnet: 10.77.3.0/24}]}}
        services:
          web:
            networks: {front: {ipv4_address: 10.77.1.2, ipv6_address: "fd00:77:1::2"}}
            ports: ["8080:80", "127.0.0.1:8443:80", "8053:53/udp"]
          near: {networks: [front]}
          far: {networks: [side]}
          inner: {networks: {back: {ipv4_address: 10.77.3.2}}}
        """

    /// Answers each connection with the address that it comes from.
    private static let server = """
        import socket
        import threading
        u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        u.bind(("::", 53))
        def echo():
            while True: u.sendto(*u.recvfrom(99))
        threading.Thread(target=echo, daemon=True).start()
        s = socket.create_server(("::", 80), family=socket.AF_INET6, dualstack_ipv6=True)
        print("ready", flush=True)
        while True:
            c, a = s.accept()
            c.send(a[0].removeprefix("::ffff:").encode())
            c.close()
        """

    /// Tries to connect, from `namespace` or else the host, and returns what the server calls the client.
    private func connect(_ address: String, _ port: Int, from namespace: String?) throws -> String? {
        let client = """
            import socket
            try: print(socket.create_connection(("\(address)", \(port)), 0.7).recv(99).decode())
            except OSError as e: print("failed", e)
            """
        let run = ["python3", "-c", client]
        let result = try TestSupport.run(namespace.map { ["ip", "netns", "exec", $0] + run } ?? run)
        let text = result.stdout.split(separator: "\n").first.map(String.init) ?? result.stderr
        return text.hasPrefix("failed") ? nil : text
    }

    /// Whether a datagram that is sent from `namespace`, or else the host, is answered.
    private func datagram(_ address: String, _ port: Int, from namespace: String?) throws -> Bool {
        let client = """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.7); s.connect(("\(address)", \(port)))
            s.send(b"x"); s.recv(9)
            """
        let run = ["python3", "-c", client]
        return try TestSupport.run(namespace.map { ["ip", "netns", "exec", $0] + run } ?? run).status == 0
    }

    /// Whether `address` answers an echo request.
    private func echoes(_ address: String, from namespace: String) throws -> Bool {
        try isEchoed(by: address, from: namespace)
    }

    @Test(arguments: FirewallKind.rules, [false, true])
    func `published ports lead from everywhere to the container, and nothing else does`(
        kind: FirewallKind, bridgesCallIptables: Bool
    ) async throws {
        try await inPrivateNamespaces {
            try shell(
                """
                sysctl -qew net.bridge.bridge-nf-call-iptables=\(bridgesCallIptables ? 1 : 0)
                ip netns add outside
                ip link add out0 type veth peer name eth0 netns outside
                ip addr add 192.0.2.1/24 dev out0; ip addr add 2001:db8::1/64 dev out0 nodad; ip link set out0 up
                ip -n outside addr add 192.0.2.2/24 dev eth0; ip -n outside addr add 2001:db8::2/64 dev eth0 nodad
                ip -n outside link set eth0 up; ip -n outside link set lo up
                ip -n outside route add default via 192.0.2.1; ip -n outside route add default via 2001:db8::1
                """)
            try apply(Self.file, firewall: kind)
            let servers = try ["shop-web", "shop-inner", "outside"].map {
                try start(["ip", "netns", "exec", $0, "python3", "-u", "-c", Self.server])
            }
            for server in servers { try server.waitForOutput(containing: "ready") }

            // The clients whose own address the answer can't go to directly arrive with the gateway's.
            #expect(try connect("192.0.2.1", 8080, from: "outside") == "192.0.2.2")
            // The bridge takes a second to be sure of its IPv6 address.
            #expect(try eventually { try connect("2001:db8::1", 8080, from: "outside") == "2001:db8::2" })
            #expect(try connect("127.0.0.1", 8080, from: nil) == "10.77.1.1")
            #expect(try connect("127.0.0.1", 8443, from: nil) == "10.77.1.1")
            #expect(try connect("192.0.2.1", 8080, from: nil) == "192.0.2.1")
            #expect(try connect("192.0.2.1", 8080, from: "shop-near") == "10.77.1.1")
            // A bridge that calls iptables knows by then where the packet goes, and sends none back out of its port.
            if !bridgesCallIptables { #expect(try connect("192.0.2.1", 8080, from: "shop-web") == "10.77.1.1") }
            #expect(try connect("192.0.2.1", 8080, from: "shop-far") != nil)
            #expect(try connect("10.77.1.2", 80, from: "shop-near") == "10.77.1.3")
            #expect(try connect("10.77.1.2", 80, from: nil) == "10.77.1.1")
            // Out and masqueraded.
            #expect(try connect("192.0.2.2", 80, from: "shop-near") == "192.0.2.1")
            #expect(try connect("2001:db8::2", 80, from: "shop-near") == "2001:db8::1")

            #expect(try connect("192.0.2.1", 8443, from: "outside") == nil)
            #expect(try connect("10.77.1.2", 80, from: "outside") == nil)
            #expect(try connect("fd00:77:1::2", 80, from: "outside") == nil)
            #expect(try connect("10.77.1.2", 80, from: "shop-far") == nil)
            #expect(try connect("10.77.3.2", 80, from: "shop-near") == nil)
            #expect(try connect("10.77.3.2", 80, from: "outside") == nil)
            #expect(try connect("192.0.2.2", 80, from: "shop-inner") == nil)

            try shell(
                kind == .iptables
                    ? "iptables -A WEFT-USER -s 192.0.2.2 -j DROP"
                    : "nft add rule ip weft user ip saddr 192.0.2.2 drop")
            #expect(try connect("192.0.2.1", 8080, from: "outside") == nil)
            // UDP, and echoes in both families.
            #expect(try datagram("192.0.2.1", 8053, from: "shop-near"))
            #expect(try datagram("127.0.0.1", 8053, from: nil))
            #expect(try !datagram("10.77.1.2", 53, from: "shop-far"))
            for address in ["10.77.1.2", "fd00:77:1::2"] {
                #expect(try echoes(address, from: "shop-near"))
                #expect(try !echoes(address, from: "outside"))
            }
            #expect(try !echoes("10.77.1.2", from: "shop-far"))
            for server in servers { server.kill() }
            try remove("shop")
        }
    }
}
