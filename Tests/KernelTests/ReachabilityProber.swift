import Foundation
import TestSupport

/// Asks many addresses from many namespaces at once: servers that say whom they see, clients, and real `ping`.
struct ReachabilityProber {
    /// One question: whether `address` answers to who is in `namespace`.
    struct Question: Hashable, Codable {
        /// Where the client is; empty for the host.
        let namespace: String
        /// `icmp`, `tcp` or `udp`.
        let transport: String
        let address: String
        /// 0 for ICMP.
        let port: Int
    }

    /// The namespaces with a server, and its port there; an empty name is the host's.
    var servers: [String: Int]

    /// Whom the server saw, in the questions' order; empty for an echo, `nil` where there was no answer.
    func answers(to questions: [Question]) throws -> [String?] {
        struct Input: Encodable {
            let servers: [String: Int]
            let questions: [Question]
        }
        let input = try JSONEncoder().encode(Input(servers: servers, questions: questions))
        let text = try output(of: "python3", "-c", Self.program, input: String(decoding: input, as: UTF8.self))
        return try JSONDecoder().decode([String?].self, from: Data(text.utf8))
    }

    /// A thread enters a namespace for good (`setns(2)`); a socket stays where it was made.
    private static let program = """
        import concurrent.futures, ctypes, json, os, socket, subprocess, sys, threading
        libc = ctypes.CDLL(None, use_errno=True); host = os.open("/proc/self/ns/net", os.O_RDONLY)
        def enter(name):
            ns = os.open("/run/netns/" + name, os.O_RDONLY) if name else host
            if libc.setns(ns, 0x40000000): raise OSError(ctypes.get_errno(), name)
            if name: os.close(ns)
        def bound(kind, port):
            s = socket.socket(socket.AF_INET6, kind); s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            s.bind(("::", port)); return s
        def text(peer): return peer[0].replace("::ffff:", "").encode()
        def streams(s):
            while True:
                c, peer = s.accept()
                try: c.sendall(text(peer))
                except OSError: pass
                c.close()
        def datagrams(s):
            while True:
                data, peer = s.recvfrom(100)
                try: s.sendto(text(peer), peer)
                except OSError: pass
        def serve(name, port, ready):
            enter(name); tcp = bound(socket.SOCK_STREAM, port); tcp.listen(64); udp = bound(socket.SOCK_DGRAM, port)
            threading.Thread(target=datagrams, args=(udp,), daemon=True).start(); ready.release(); streams(tcp)
        def ask(q):
            enter(q["namespace"])
            if q["transport"] == "icmp":
                done = subprocess.run(["ping", "-n", "-q", "-c2", "-i0.3", "-w2", q["address"]], capture_output=True)
                return "" if done.returncode == 0 else None
            family = socket.AF_INET6 if ":" in q["address"] else socket.AF_INET
            tcp = q["transport"] == "tcp"
            try:
                with socket.socket(family, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as s:
                    s.settimeout(2.5); s.connect((q["address"], q["port"]))
                    if not tcp: s.send(b"?")
                    return s.recv(100).decode() or None
            except OSError: return None
        work = json.load(sys.stdin); ready = threading.Semaphore(0)
        for name, port in work["servers"].items():
            threading.Thread(target=serve, args=(name, port, ready), daemon=True).start()
        for _ in work["servers"]: ready.acquire()
        with concurrent.futures.ThreadPoolExecutor(96) as pool: answers = list(pool.map(ask, work["questions"]))
        print(json.dumps(answers))
        """
}
