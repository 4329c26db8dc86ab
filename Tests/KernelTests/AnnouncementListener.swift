import TestSupport

/// A program that hears in a namespace who announces which address.
struct AnnouncementListener {
    private let program: ChildProcess

    /// Listens in `namespace` from now on.
    init(in namespace: String) throws {
        program = try start(["ip", "netns", "exec", namespace, "python3", "-u", "-c", Self.script])
        try program.waitForOutput(containing: "ready")
    }

    /// Sends an echo request for `address`, the listener's, which it hears after all that was sent before.
    func ask(_ address: String, from namespace: String) throws {
        try shell("ip netns exec \(namespace) ping -q -c1 -w10 \(address)")
        try program.waitForOutput(containing: "asked")
    }

    /// Waits until something was heard.
    func wait(containing text: String) throws { try program.waitForOutput(containing: text) }

    /// What was heard, but for link-local addresses: `10.77.1.3 at 02:42:0a:4d:01:03`.
    var announcements: [String] {
        program.stdout.split(separator: "\n").map(String.init).filter {
            $0.contains(" at ") && !$0.hasPrefix("fe80")
        }
    }

    /// Prints who announces which address: in an ARP request for one's own (RFC 5227 §3), in an unsolicited neighbour
    /// advertisement (RFC 4861 §7.2.6).
    private static let script = """
        import socket
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); print("ready")
        while True:
            f = s.recv(2000); mac = ":".join("%02x" % b for b in f[6:12])
            if f[12:14] == b"\\x08\\x06" and f[28:32] == f[38:42]:
                print(socket.inet_ntoa(f[28:32]), "at", mac)
            if f[12:14] == b"\\x86\\xdd" and f[20] == 58 and f[54] == 136 and not f[58] & 0x40:
                print(socket.inet_ntop(socket.AF_INET6, f[62:78]), "at", mac)
            if f[12:14] == b"\\x08\\x00" and f[23] == 1: print("asked")
        """
}
