import Planning
import TestSupport
import Testing

/// A host with a topology on it, a machine outside that routes to it, and servers that tell whom they see.
struct DockerLab {
    /// The host's address and that of the machine outside.
    static let host = "198.51.100.1"
    static let outside = "198.51.100.2"
    static let host6 = "fd00:198::1"
    static let outside6 = "fd00:198::2"

    private var servers: [ChildProcess] = []

    /// Brings the topology up, or the part of one of its hosts, beside the machine `outside`, which has this one as its router.
    init(_ file: String, firewall: FirewallKind = .iptables, host: String? = nil) throws {
        try shell(
            """
            ip netns add outside
            ip link add o1 type veth peer name o2 netns outside
            ip addr add \(Self.host)/24 dev o1; ip addr add \(Self.host6)/64 dev o1 nodad; ip link set o1 up
            ip -n outside addr add \(Self.outside)/24 dev o2; ip -n outside addr add \(Self.outside6)/64 dev o2 nodad
            ip -n outside link set lo up; ip -n outside link set o2 up
            ip -n outside route add default via \(Self.host); ip -n outside -6 route add default via \(Self.host6)
            ip netns exec outside ping -q -c1 -w5 \(Self.host6)
            """)
        try apply(file, host: host, firewall: firewall)
        #expect(try plan(file, host: host, firewall: firewall) == [])
    }

    /// Starts a server on `port`, TCP and UDP, that answers with the address of who asks.
    mutating func serve(_ namespace: String, _ port: Int) throws {
        let server = try start(inside(namespace) + ["python3", "-u", "-c", Self.server, "\(port)"])
        try server.waitForOutput(containing: "ready")
        servers.append(server)
    }

    /// The address that the server at `address` sees who asks from `namespace`; `nil` if there is no answer.
    func seen(
        from namespace: String, at address: String, _ port: Int, _ transport: String = "tcp"
    ) throws -> String? {
        let result = try run(
            inside(namespace) + ["python3", "-c", Self.client, address, "\(port)", transport])
        return result.status == 0 ? result.stdout : nil
    }

    /// Whether `address` answers an echo request.
    func echoes(from namespace: String, _ address: String) throws -> Bool {
        try isEchoed(by: address, from: namespace == "host" ? nil : namespace)
    }

    private func inside(_ namespace: String) -> [String] {
        namespace == "host" ? [] : ["ip", "netns", "exec", namespace]
    }

    private static let server = """
        import socket, sys, threading
        def bound(kind):
            s = socket.socket(socket.AF_INET6, kind); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0); s.bind(("::", int(sys.argv[1]))); return s
        def datagrams(s):
            while True:
                data, peer = s.recvfrom(100)
                try: s.sendto(peer[0].replace("::ffff:", "").encode(), peer)
                except OSError: pass
        tcp = bound(socket.SOCK_STREAM); tcp.listen(16)
        threading.Thread(target=datagrams, args=(bound(socket.SOCK_DGRAM),), daemon=True).start()
        print("ready")
        while True:
            c, peer = tcp.accept(); c.sendall(peer[0].replace("::ffff:", "").encode()); c.close()
        """
    private static let client = """
        import socket, sys
        family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
        s = socket.socket(family, socket.SOCK_STREAM if sys.argv[3] == "tcp" else socket.SOCK_DGRAM); s.settimeout(1)
        s.connect((sys.argv[1], int(sys.argv[2])))
        if sys.argv[3] == "udp": s.send(b"?")
        print(s.recv(100).decode(), end="")
        """
}

/// Gives the sandbox an `/etc/resolv.conf` of its own: until then it is a link to the machine's, through which nothing may be
/// written.
func replaceResolver(_ text: String) throws {
    try shell("rm /etc/resolv.conf")
    try output(of: "sh", "-c", "set -C; cat > /etc/resolv.conf", input: text)
}
