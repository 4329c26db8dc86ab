import Addressing
import Glibc
import Linux
import Planning
import Probe
import TestSupport
import Testing
import Topology

@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ProbePortTests {
    /// `a` at 10.9.0.2 and `b` at 10.9.0.3 on one bridge, `c` at 10.8.0.2 on another; 8080 of the host leads to 80 of `a`.
    private static func build(_ transport: TransportProtocol, to destination: String = "10.9.0.2:80") throws {
        var lab = ProbeLab()
        lab.addBridge("br0", "10.9.0.1/24")
        lab.addBridge("br1", "10.8.0.1/24")
        for (name, bridge, address) in [("a", "br0", "10.9.0.2"), ("b", "br0", "10.9.0.3"), ("c", "br1", "10.8.0.2")] {
            lab.addSandbox(name)
            lab.connect(name, to: bridge, "\(address)/24", via: [bridge == "br0" ? "10.9.0.1" : "10.8.0.1"])
        }
        try lab.build()
        for path in ["net.ipv4.ip_forward", "net.ipv4.conf.br0.route_localnet"] {
            try output(of: "sysctl", "-qw", "\(path)=1")
        }
        for chain in ["PREROUTING", "OUTPUT"] {
            try output(
                of: "iptables", "-t", "nat", "-A", chain, "-m", "addrtype", "--dst-type", "LOCAL", "-p",
                transport.rawValue, "--dport", "8080", "-j", "DNAT", "--to-destination", destination)
        }
        try output(
            of: "iptables", "-t", "nat", "-A", "POSTROUTING", "-m", "conntrack", "--ctstate", "DNAT", "-j", "MASQUERADE"
        )
    }

    private static func promises(_ transport: TransportProtocol) throws -> [Promise] {
        try [(Namespace.host, "10.9.0.1"), (.host, "127.0.0.1"), (.named("b"), "10.9.0.1"), (.named("c"), "10.8.0.1")]
            .map {
                try published(transport, from: $0, at: $1, 8080, to: .named("a"), "10.9.0.2", 80)
            }
    }

    @Test(arguments: [TransportProtocol.tcp, .udp])
    func `a published port leads to its container from everywhere`(transport: TransportProtocol) async throws {
        try await inPrivateNamespaces {
            try Self.build(transport)
            let descriptors = try Census.take().descriptors
            let outcomes = try Prober().run(try Self.promises(transport))
            for outcome in outcomes {
                #expect(outcome.verdict == .kept, "\(outcome)")
                guard case .succeeded(let time?) = outcome.observation else { continue }
                #expect(time > 0 && time < 3_000_000_000)
            }
            #expect(try Census.take().descriptors == descriptors)
            // Right after it, the port is free again.
            #expect(try Prober().run(try Self.promises(transport)).allSatisfy { $0.verdict == .kept })
        }
    }

    @Test(arguments: [TransportProtocol.tcp, .udp])
    func `a port that leads to another container is a stranger's`(transport: TransportProtocol) async throws {
        try await inPrivateNamespaces {
            try Self.build(transport, to: "10.9.0.3:80")
            // The other container's port is tried too, so that something answers there.
            let other = try published(transport, from: .host, at: "10.9.0.1", 8080, to: .named("b"), "10.9.0.3", 80)
            let promises = try Self.promises(transport).filter { $0.from != .named("b") } + [other]
            // Long enough for TCP to send a lost packet again, which it does after a second.
            let outcomes = try Prober(timeout: 700_000_000).run(promises)
            for outcome in outcomes.dropLast() { #expect(outcome.observation == .failed(.stranger), "\(outcome)") }
            #expect(outcomes.last?.verdict == .kept)
        }
    }

    @Test func `a port that is not translated is refused, and one that is dropped gets no answer`() async throws {
        try await inPrivateNamespaces {
            try Self.build(.sctp)
            let tcp = try Prober(timeout: 200_000_000).run(try Self.promises(.tcp))
            #expect(tcp.allSatisfy { $0.observation == .failed(.refused(.connectionRefused)) })
            let udp = try Prober(timeout: 200_000_000).run(try Self.promises(.udp))
            #expect(udp.allSatisfy { $0.observation == .failed(.refused(.connectionRefused)) })
            try output(of: "iptables", "-I", "INPUT", "-p", "tcp", "--dport", "8080", "-j", "DROP")
            try output(of: "iptables", "-I", "INPUT", "-p", "udp", "--dport", "8080", "-j", "DROP")
            let dropped = try Prober(timeout: 200_000_000).run(try Self.promises(.tcp) + Self.promises(.udp))
            #expect(dropped.allSatisfy { $0.observation == .failed(.noAnswer) })
        }
    }

    @Test func `a program of the container that listens already is let be`() async throws {
        try await inPrivateNamespaces {
            try Self.build(.tcp)
            let script = """
                import socket
                t = socket.create_server(("0.0.0.0", 80)); u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                u.bind(("0.0.0.0", 80)); print("ready", flush=True)
                t.accept()[0].recv(9); u.recv(9)
                """
            let program = try start(["ip", "netns", "exec", "a", "python3", "-c", script])
            try program.waitForOutput(containing: "ready")
            let outcomes = try Prober().run(try Self.promises(.tcp) + Self.promises(.udp))
            #expect(outcomes.prefix(4).allSatisfy { $0.verdict == .kept })
            #expect(outcomes.suffix(4).allSatisfy { $0.observation == .notChecked(.portInUse) })
            program.kill()
            try program.wait()
        }
    }

    @Test func `a container that has lost its address is no reason to stop`() async throws {
        try await inPrivateNamespaces {
            try Self.build(.tcp)
            try output(of: "ip", "-n", "a", "addr", "flush", "dev", "eth0")
            let outcomes = try Prober(timeout: 100_000_000).run(try Self.promises(.tcp))
            #expect(outcomes.allSatisfy { $0.verdict == .broken })
        }
    }

    @Test func `ports of IPv6 are tried as well, and what Linux does not do is said not to be`() async throws {
        try await inPrivateNamespaces {
            var lab = ProbeLab()
            lab.addBridge("br0", "fd00:9::1/64")
            lab.addSandbox("a")
            lab.connect("a", to: "br0", "fd00:9::2/64")
            try lab.build()
            try output(
                of: "ip6tables", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "--dport", "8080", "-j", "DNAT",
                "--to-destination", "[fd00:9::2]:80")
            let outcomes = try Prober().run([
                try published(.tcp, from: .host, at: "fd00:9::1", 8080, to: .named("a"), "fd00:9::2", 80),
                try published(.tcp, from: .host, at: "::1", 8080, to: .named("a"), "fd00:9::2", 80),
            ])
            #expect(outcomes[0].verdict == .kept)
            #expect(outcomes[1].observation == .notChecked(.loopback))
        }
    }
}
