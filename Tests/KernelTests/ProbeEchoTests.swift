import Addressing
import Glibc
import Linux
import Planning
import Probe
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ProbeEchoTests {
    /// `a`, `b` and `c` on one bridge, with both families.
    private static func trio() -> ProbeLab {
        var lab = ProbeLab()
        lab.addBridge("br0", "10.9.0.1/24", "fd00:9::1/64")
        for (index, name) in ["a", "b", "c"].enumerated() {
            lab.addSandbox(name)
            lab.connect(
                name, to: "br0", "10.9.0.\(index + 2)/24", "fd00:9::\(index + 2)/64", via: ["10.9.0.1", "fd00:9::1"])
        }
        return lab
    }

    @Test func `neighbours, the host and gateways answer in both families`() async throws {
        try await inPrivateNamespaces {
            try Self.trio().build()
            let promises = try ["10.9.0.", "fd00:9::"].flatMap { prefix in
                [
                    try echo(.named("a"), .named("b"), "\(prefix)3"), try echo(.named("b"), .named("a"), "\(prefix)2"),
                    try echo(.host, .named("c"), "\(prefix)4"), try echo(.named("c"), .host, "\(prefix)1"),
                ]
            }
            let before = monotonicNanoseconds()
            let outcomes = try Prober().run(promises)
            let elapsed = monotonicNanoseconds() - before
            #expect(outcomes.map(\.promise) == promises)
            for outcome in outcomes {
                guard case .succeeded(let time?) = outcome.observation else {
                    Issue.record("\(outcome)")
                    continue
                }
                #expect(time > 0 && time < elapsed)
                #expect(outcome.verdict == .kept)
            }
        }
    }

    @Test func `silence is believed after the timeout, and an answer where silence was promised is not`() async throws {
        try await inPrivateNamespaces {
            var lab = Self.trio()
            lab.addSandbox("loner")
            try lab.build()
            try output(of: "sysctl", "-qw", "net.ipv4.ip_forward=1")
            try output(of: "ip", "netns", "exec", "b", "iptables", "-A", "INPUT", "-s", "10.9.0.2", "-j", "DROP")
            let outcomes = try Prober(timeout: 300_000_000).run([
                try echo(.named("a"), .named("b"), "10.9.0.3", succeeds: false),
                try echo(.named("a"), .named("c"), "10.9.0.4", succeeds: false),
                try echo(.named("loner"), .named("a"), "10.9.0.2", succeeds: false),
                try echo(.named("loner"), .named("a"), "fd00:9::2", succeeds: false),
            ])
            #expect(outcomes[0].observation == .failed(.noAnswer))
            #expect(outcomes[0].verdict == .kept)
            #expect(outcomes[1].verdict == .broken)
            #expect(outcomes[2].observation == .failed(.refused(.networkUnreachable)))
            #expect(outcomes[3].observation == .failed(.refused(.networkUnreachable)))
            #expect(outcomes[3].verdict == .kept)
        }
    }

    @Test func `what a firewall rejects, drops or an interface that is down swallows is told apart`() async throws {
        try await inPrivateNamespaces {
            try Self.trio().build()
            try output(
                of: "ip", "netns", "exec", "b", "iptables", "-A", "INPUT", "-p", "icmp", "--icmp-type", "8", "-j",
                "REJECT",
                "--reject-with",
                "icmp-admin-prohibited")
            try output(of: "ip", "-n", "c", "link", "set", "eth0", "down")
            let outcomes = try Prober(timeout: 200_000_000).run([
                try echo(.named("a"), .named("b"), "10.9.0.3"), try echo(.named("b"), .named("a"), "10.9.0.2"),
                try echo(.named("c"), .named("a"), "10.9.0.2"), try echo(.named("a"), .named("gone"), "10.9.0.9"),
                try echo(.named("a"), .named("gone"), "10.9.0.9", succeeds: false),
                try echo(.named("gone"), .named("a"), "10.9.0.2", succeeds: false),
            ])
            let rejecter = try #require(IPAddress("10.9.0.3"))
            #expect(outcomes[0].observation == .failed(.rejected(.hostUnreachable, by: rejecter)))
            #expect(outcomes[1].verdict == .kept)
            #expect(outcomes[2].observation == .failed(.refused(.networkUnreachable)))
            #expect(outcomes[3].observation == .failed(.noNamespace(.named("gone"))))
            #expect(outcomes[4].verdict == .kept)
            #expect(outcomes[5].observation == .failed(.noNamespace(.named("gone"))))
            #expect(outcomes[5].verdict == .broken)
        }
    }

    /// After three seconds the kernel itself gives up looking for the neighbour, and says so with an error.
    @Test(arguments: [UInt64(200_000_000), 1_200_000_000])
    func `an address that nobody on the link answers for is told from one that a firewall hides`(
        timeout: UInt64
    ) async throws {
        try await inPrivateNamespaces {
            try Self.trio().build()
            // What is known of the neighbours from before must not mislead.
            for address in ["10.9.0.4", "fd00:9::4"] {
                try output(of: "ip", "netns", "exec", "a", "ping", "-c1", address)
            }
            try output(of: "ip", "-n", "c", "link", "set", "eth0", "down")
            let requests = [
                ["iptables", "-p", "icmp", "--icmp-type"], ["ip6tables", "-p", "icmpv6", "--icmpv6-type"],
            ]
            for words in requests {
                let command = words.prefix(1) + ["-A", "INPUT"] + words.dropFirst() + ["echo-request", "-j", "DROP"]
                #expect(try run(["ip", "netns", "exec", "b"] + command).status == 0)
            }
            let outcomes = try Prober(timeout: timeout).run([
                try echo(.named("a"), .named("b"), "10.9.0.3"), try echo(.named("a"), .named("b"), "fd00:9::3"),
                try echo(.named("a"), .named("c"), "10.9.0.4"), try echo(.named("a"), .named("c"), "fd00:9::4"),
                try echo(.host, .named("c"), "10.9.0.4"),
            ])
            #expect(outcomes.prefix(2).allSatisfy { $0.observation == .failed(.noAnswer) })
            #expect(outcomes.dropFirst(2).allSatisfy { $0.observation == .failed(.noNeighbour) })
        }
    }

    @Test func `an address that appears late is waited for`() async throws {
        try await inPrivateNamespaces {
            try Self.trio().build()
            try output(of: "ip", "-n", "b", "addr", "del", "10.9.0.3/24", "dev", "eth0")
            let late = try start(["sh", "-c", "sleep 0.5; ip -n b addr add 10.9.0.3/24 dev eth0"])
            let outcomes = try Prober().run([try echo(.named("a"), .named("b"), "10.9.0.3")])
            #expect(outcomes[0].verdict == .kept)
            try late.wait()
        }
    }

    @Test func `a reply to somebody else's ping is not taken for ours`() async throws {
        try await inPrivateNamespaces {
            try Self.trio().build()
            try output(
                of: "ip", "netns", "exec", "b", "iptables", "-A", "INPUT", "-m", "length", "--length", "36", "-j",
                "DROP")
            let other = try start(["ip", "netns", "exec", "a", "ping", "-i", "0.05", "10.9.0.3"])
            try other.waitForOutput(containing: "bytes from")
            let outcomes = try Prober(timeout: 200_000_000).run([try echo(.named("a"), .named("b"), "10.9.0.3")])
            #expect(outcomes[0].observation == .failed(.noAnswer))
            other.kill()
            try other.wait()
        }
    }

    @Test func `the caller can end it`() async throws {
        try await inPrivateNamespaces {
            try Self.trio().build()
            let promise = try echo(.named("a"), .named("b"), "10.9.0.99")
            var questions = 0
            #expect(throws: ProbeError.cancelled) {
                try Prober().run(
                    [promise],
                    isCancelled: {
                        questions += 1
                        return questions > 3
                    })
            }
        }
    }

    @Test(arguments: [(30, Duration.seconds(2)), (60, .seconds(10))])
    func `all sandboxes of a bridge reach each other soon, and nothing stays open`(
        count: Int, limit: Duration
    ) async throws {
        try await inPrivateNamespaces {
            var lab = ProbeLab()
            lab.addBridge("br0")
            for index in 0..<count { lab.addSandbox("n\(index)") }
            for index in 0..<count { lab.connect("n\(index)", to: "br0", "10.9.0.\(index + 1)/24") }
            try lab.build()
            var promises: [Promise] = []
            for from in 0..<count {
                for to in 0..<count where to != from {
                    promises.append(
                        try echo(.named("n\(from)"), .named("n\(to)"), "10.9.0.\(to + 1)", packet: 1500))
                }
            }
            let descriptors = try Census.take().descriptors
            var last = (0, 0)
            var outcomes: [Outcome] = []
            let time = try ContinuousClock().measure { outcomes = try Prober().run(promises) { last = ($0, $1) } }
            #expect(outcomes.count == count * (count - 1))
            #expect(outcomes.allSatisfy { $0.verdict == .kept })
            #expect(time < limit)
            #expect(last == (outcomes.count, outcomes.count))
            // The kernel's table of neighbours has room for 1024; sixty that know each other are 3540.
            if count > 32 {
                for name in ["n0", "n\(count - 1)"] {
                    #expect(try json(of: "ip", "-n", name, "-j", "neigh", "show").elements.isEmpty)
                }
            }
            #expect(try Census.take().descriptors == descriptors)
        }
    }
}
