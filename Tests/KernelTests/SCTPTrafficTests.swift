import Planning
import TestSupport
import Testing

/// Published ports of SCTP, tried with the first two packets of an association, made by hand: that needs connection tracking of
/// SCTP, which kernels have that have no sockets of it.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"), .requires(.sctpTracking))
struct SCTPTrafficTests {
    private static let file = """
        name: lab
        networks:
          front:
            enable_ipv6: true
            driver_opts: {com.docker.network.bridge.name: front0}
            ipam: {config: [{subnet: 10.77.1.0/24}, {subnet: "fd00:77:1::/64"}]}
          side: {ipam: {config: [{subnet: 10.77.2.0/24}]}}
        services:
          core:
            networks: {front: {ipv4_address: 10.77.1.2, ipv6_address: "fd00:77:1::2"}}
            ports: ["9999:38412/sctp", "127.0.0.1:9998:38412/sctp", "9997:38412/tcp"]
          near: {networks: [front]}
          far: {networks: [side]}
        """

    @Test(arguments: FirewallKind.rules)
    func `an association is set up with the container, and its packets keep their checksums`(
        kind: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            let lab = try SCTPLab(Self.file, kind, servers: ["lab-core"])
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 9999) == "\(DockerLab.outside) to 38412")
            // The bridge takes a second to be sure of its IPv6 address.
            #expect(
                try eventually {
                    try lab.seen(from: "outside", at: DockerLab.host6, 9999) == "\(DockerLab.outside6) to 38412"
                })
            for client in ["lab-near", "lab-far"] {
                #expect(
                    try lab.seen(from: client, at: DockerLab.host, 9999)?.hasSuffix(" to 38412") == true, "\(client)")
            }
            #expect(try lab.seen(from: "host", at: DockerLab.host, 9999) == "\(DockerLab.host) to 38412")
            for port in [9998, 9999] {
                #expect(try lab.seen(from: "host", at: "127.0.0.1", port) == "10.77.1.1 to 38412", "\(port)")
            }
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `ports of other protocols and addresses lead nowhere`(kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            let lab = try SCTPLab(Self.file, kind, servers: ["lab-core"])
            for port in [9997, 9998] {
                #expect(try lab.seen(from: "outside", at: DockerLab.host, port) == nil, "\(port)")
            }
            for client in ["outside", "lab-far"] {
                #expect(try lab.seen(from: client, at: "10.77.1.2", 38412) == nil, "\(client)")
            }
            #expect(try lab.seen(from: "lab-near", at: "10.77.1.2", 38412) == "10.77.1.3 to 38412")
        }
    }

    @Test func `iptables lists the rules, and takes them again`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.file)
            let mark = "-m comment --comment \"weft:lab\""
            let wanted = [
                "": [
                    "-A WEFT -p sctp -m sctp --dport 9999 \(mark) -j DNAT --to-destination 10.77.1.2:38412",
                    "-A WEFT -d 127.0.0.1/32 -p sctp -m sctp --dport 9998 \(mark) -j DNAT --to-destination 10.77.1.2:38412",
                    "-A WEFT -d 10.77.1.2/32 ! -i front0 -o front0 -p sctp -m sctp --dport 38412 \(mark) -j ACCEPT",
                    "-A PREROUTING -d 127.0.0.1/32 ! -i lo -p sctp -m sctp --dport 9998 \(mark) -j DROP",
                ],
                "6": [
                    "-A WEFT -p sctp -m sctp --dport 9999 \(mark) -j DNAT --to-destination [fd00:77:1::2]:38412",
                    "-A WEFT -d fd00:77:1::2/128 ! -i front0 -o front0 -p sctp -m sctp --dport 38412 \(mark) -j ACCEPT",
                ],
            ]
            for (suffix, rules) in wanted {
                let lines = try shell("ip\(suffix)tables-save").split(separator: "\n").map(String.init)
                #expect(lines.filter { $0.contains("sctp") }.sorted() == rules.sorted())
                let result = try run(["sh", "-c", "ip\(suffix)tables-save | ip\(suffix)tables-restore --test"])
                #expect(result.status == 0 && result.stderr.isEmpty, "\(result.stderr)")
            }
        }
    }

    @Test func `nft lists the elements`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.file, firewall: .nftables)
            let forwards = try shell("nft list map ip weft port-forwards; nft list map ip6 weft port-forwards")
            #expect(forwards.contains("sctp . 9999 comment \"weft:lab\" : 10.77.1.2 . 38412"))
            #expect(forwards.contains("sctp . 9999 comment \"weft:lab\" : fd00:77:1::2 . 38412"))
        }
    }
}

/// A laboratory in which servers tell in their INIT ACK whom they see, and the port that he asks for.
private struct SCTPLab {
    private let lab: DockerLab
    private let servers: [ChildProcess]

    init(_ file: String, _ kind: FirewallKind, servers namespaces: [String]) throws {
        lab = try DockerLab(file, firewall: kind)
        servers = try namespaces.flatMap { namespace in
            // Where the kernel has SCTP, it would answer too: nothing listens on the port.
            for command in ["iptables", "ip6tables"] {
                try shell(
                    "ip netns exec \(namespace) \(command) -A OUTPUT -p sctp -m sctp --chunk-types any ABORT -j DROP")
            }
            return try ["INET", "INET6"].map { family in
                let server = try start(
                    ["ip", "netns", "exec", namespace, "python3", "-u", "-c", Self.common + Self.server, family])
                try server.waitForOutput(containing: "ready")
                return server
            }
        }
    }

    /// `ADDRESS to PORT` as the server at `address` sees it; `nil` if there is no answer.
    func seen(from namespace: String, at address: String, _ port: Int) throws -> String? {
        let client = [
            "python3", "-c", Self.common + Self.client, address.contains(":") ? "INET6" : "INET", address, "\(port)",
        ]
        let result = try run(namespace == "host" ? client : ["ip", "netns", "exec", namespace] + client)
        return result.status == 0 ? result.stdout : nil
    }

    /// Packets of one chunk (RFC 9260 §3), and a raw socket for them.
    private static let common = """
        import os, socket, struct, sys, time
        INIT, INIT_ACK, COOKIE = 1, 2, 7
        def crc32c(data):
            crc = 0xffffffff
            for byte in data:
                crc ^= byte
                for _ in range(8): crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
            return struct.pack("<I", crc ^ 0xffffffff)
        def packet(source, destination, tag, kind, value):
            data = struct.pack("!HHI4xBBH", source, destination, tag, kind, 0, 4 + len(value)) + value
            data += bytes(-len(data) % 4)
            return data[:8] + crc32c(data) + data[12:]
        def initiation(tag, parameters=b""):
            return struct.pack("!IIHHI", tag, 65536, 1, 1, 1) + parameters
        family = getattr(socket, "AF_" + sys.argv[1])
        s = socket.socket(family, socket.SOCK_RAW, 132)
        def received():
            data, peer = s.recvfrom(2000)
            if family == socket.AF_INET: data = data[(data[0] & 15) * 4:]
            assert data[8:12] == crc32c(data[:8] + bytes(4) + data[12:]), "the checksum is wrong"
            return data, peer[0]

        """

    private static let server = """
        print("ready")
        while True:
            data, peer = received()
            source, destination, tag, kind = struct.unpack("!HHI4xB", data[:13])
            if kind != INIT or tag != 0: continue
            seen = f"{peer} to {destination}".encode()
            cookie = struct.pack("!HH", COOKIE, 4 + len(seen)) + seen
            answer = packet(destination, source, struct.unpack("!I", data[16:20])[0], INIT_ACK, initiation(99, cookie))
            s.sendto(answer, (peer, 0))
        """

    private static let client = """
        address, port = sys.argv[2], int(sys.argv[3])
        own, tag, end = 20000 + os.getpid() % 20000, os.getpid() + 1, time.monotonic() + 1
        s.sendto(packet(own, port, 0, INIT, initiation(tag)), (address, 0))
        while (left := end - time.monotonic()) > 0:
            s.settimeout(left)
            data, peer = received()
            if (peer, struct.unpack("!HHI4xB", data[:13])) != (address, (port, own, tag, INIT_ACK)): continue
            length, = struct.unpack("!H", data[34:36])
            print(data[36:32 + length].decode(), end="")
            sys.exit()
        sys.exit(1)
        """
}
