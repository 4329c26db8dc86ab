import Addressing
import Linux
import Planning
import Probe
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ProbeMTUTests {
    /// `a` and `b` on one bridge, `c` on another, with both families; the host forwards.
    private static func build() throws {
        var lab = ProbeLab()
        lab.addBridge("br0", "10.9.0.1/24", "fd00:9::1/64")
        lab.addBridge("br1", "10.8.0.1/24", "fd00:8::1/64")
        for (name, bridge, number, host) in [("a", "br0", 9, 2), ("b", "br0", 9, 3), ("c", "br1", 8, 2)] {
            lab.addSandbox(name)
            lab.connect(
                name, to: bridge, "10.\(number).0.\(host)/24", "fd00:\(number)::\(host)/64",
                via: ["10.\(number).0.1", "fd00:\(number)::1"])
        }
        try lab.build()
        for path in ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"] {
            try output(of: "sysctl", "-qw", "\(path)=1")
        }
    }

    private static func observations(_ promises: [Promise]) throws -> [Observation] {
        try Prober(timeout: 200_000_000).run(promises).map(\.observation)
    }

    @Test func `packets as large as the MTU reach whom small ones reach`() async throws {
        try await inPrivateNamespaces {
            try Self.build()
            let outcomes = try Prober().run(
                try ["10.9.0.", "fd00:9::"].flatMap { prefix in
                    [
                        try echo(.named("a"), .named("b"), "\(prefix)3", packet: 1500),
                        try echo(.host, .named("b"), "\(prefix)3", packet: 1500),
                        try echo(.named("b"), .host, "\(prefix)1", packet: 1500),
                    ]
                })
            for outcome in outcomes { #expect(outcome.verdict == .kept, "\(outcome)") }
        }
    }

    @Test func `an interface with a smaller MTU lets only small packets pass, in and out`() async throws {
        try await inPrivateNamespaces {
            try Self.build()
            try output(of: "ip", "-n", "b", "link", "set", "eth0", "mtu", "1400")
            let found = try Self.observations(
                try ["10.9.0.", "fd00:9::"].flatMap { prefix in
                    [
                        try echo(.named("a"), .named("b"), "\(prefix)3", packet: 1500),
                        try echo(.named("b"), .named("a"), "\(prefix)2", packet: 1500),
                        try echo(.named("a"), .named("b"), "\(prefix)3", packet: 1400),
                        try echo(.named("a"), .named("b"), "\(prefix)3"),
                    ]
                })
            for family in [found.prefix(4), found.suffix(4)] {
                let family = Array(family)
                #expect(family[0] == .failed(.tooLarge(size: 1500)))
                #expect(family[1] == .failed(.tooLarge(size: 1500, limit: 1400)))
                for observation in family.suffix(2) {
                    guard case .succeeded = observation else {
                        Issue.record("\(observation)")
                        continue
                    }
                }
            }
        }
    }

    /// A veth tells its own kernel that the other end takes no such packet, with the error that also stands for a full table
    /// of neighbours.
    @Test func `the other end of the sandbox's own cable may be what has the smaller MTU`() async throws {
        try await inPrivateNamespaces {
            try Self.build()
            try output(of: "ip", "link", "set", "br0.a", "mtu", "1400")
            let found = try Self.observations([
                try echo(.named("a"), .named("b"), "10.9.0.3", packet: 1500),
                try echo(.named("b"), .named("a"), "10.9.0.2", packet: 1500),
            ])
            #expect(found == [.failed(.tooLarge(size: 1500)), .failed(.tooLarge(size: 1500))])
        }
    }

    @Test func `a router says from which size on it lets nothing pass, and what it said before is not believed`()
        async throws
    {
        try await inPrivateNamespaces {
            try Self.build()
            try output(of: "ip", "link", "set", "br1", "mtu", "1300")
            let promises = try [
                ("10.8.0.2", UInt32(1500)), ("fd00:8::2", 1500), ("10.8.0.2", 1300), ("fd00:8::2", 1300),
            ]
            .map { try echo(.named("a"), .named("c"), $0, packet: $1) }
            let outcomes = try Prober(timeout: 5_000_000_000).run(promises)
            for (outcome, router) in zip(outcomes, ["10.9.0.1", "fd00:9::1"]) {
                let router = try #require(IPAddress(router))
                #expect(outcome.observation == .failed(.tooLarge(size: 1500, limit: 1300, by: router)))
            }
            #expect(outcomes.suffix(2).allSatisfy { $0.verdict == .kept })
            try output(of: "ip", "link", "set", "br1", "mtu", "1500")
            #expect(try Prober(timeout: 5_000_000_000).run(promises).allSatisfy { $0.verdict == .kept })
        }
    }

    @Test(arguments: [UInt32(1280), 9000, 65535])
    func `packets of any size pass where the links are made for it`(mtu: UInt32) async throws {
        try await inPrivateNamespaces {
            try Self.build()
            for link in ["br0.a", "br0.b"] { try output(of: "ip", "link", "set", link, "mtu", "\(mtu)") }
            for name in ["a", "b"] { try output(of: "ip", "-n", name, "link", "set", "eth0", "mtu", "\(mtu)") }
            let outcomes = try Prober().run(
                try ["10.9.0.", "fd00:9::"].flatMap { prefix in
                    [
                        try echo(.named("a"), .named("b"), "\(prefix)3", packet: mtu),
                        try echo(.named("b"), .named("a"), "\(prefix)2", packet: mtu),
                    ]
                })
            for outcome in outcomes { #expect(outcome.verdict == .kept, "\(outcome)") }
        }
    }

    @Test func `a firewall that drops large packets shows as well`() async throws {
        try await inPrivateNamespaces {
            try Self.build()
            try output(
                of: "ip", "netns", "exec", "b", "iptables", "-A", "INPUT", "-m", "length", "--length", "1000:", "-j",
                "DROP")
            let found = try Self.observations([try echo(.named("a"), .named("b"), "10.9.0.3", packet: 1500)])
            #expect(found == [.failed(.tooLarge(size: 1500))])
        }
    }
}
