import Addressing
import Linux
import Planning
import Probe
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct ProbeSandboxTests {
    @Test func `a default route is a way out, and none is none`() async throws {
        try await inPrivateNamespaces {
            var lab = ProbeLab()
            lab.addBridge("br0", "10.9.0.1/24", "fd00:9::1/64")
            lab.addSandbox("open")
            lab.connect("open", to: "br0", "10.9.0.2/24", "fd00:9::2/64", via: ["10.9.0.1", "fd00:9::1"])
            lab.addSandbox("internal")
            lab.connect("internal", to: "br0", "10.9.0.3/24", "fd00:9::3/64")
            try lab.build()
            let outcomes = try Prober().run(
                [Namespace.named("open"), .named("internal")].flatMap { from in
                    IPFamily.allCases.map {
                        Promise(from: from, to: nil, trial: .wayOut($0), isToSucceed: from == .named("open"))
                    }
                })
            #expect(outcomes.allSatisfy { $0.verdict == .kept })
            #expect(outcomes[0].observation == .succeeded(nanoseconds: nil))
            #expect(outcomes[2].observation == .failed(.refused(.networkUnreachable)))
            #expect(outcomes[3].observation == .failed(.refused(.networkUnreachable)))
        }
    }

    @Test func `no packet leaves a sandbox when its way out is looked up`() async throws {
        try await inPrivateNamespaces {
            var lab = ProbeLab()
            lab.addBridge("br0", "10.9.0.1/24")
            lab.addSandbox("open")
            lab.connect("open", to: "br0", "10.9.0.2/24", via: ["10.9.0.1"])
            try lab.build()
            // IPv6 has things to say of its own accord.
            try output(of: "ip", "netns", "exec", "open", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
            func sent() throws -> Int? {
                try json(of: "ip", "-n", "open", "-s", "-j", "link", "show", "dev", "eth0")[0]["stats64"]["tx"][
                    "packets"
                ].int
            }
            let before = try #require(try sent())
            _ = try Prober().run([Promise(from: .named("open"), to: nil, trial: .wayOut(.v4))])
            #expect(try sent() == before)
        }
    }

    @Test func `a hosts file must have every name, and with the right address`() async throws {
        try await inPrivateNamespaces {
            var lab = ProbeLab()
            lab.addSandbox("shop-web")
            try lab.build()
            let expected = [
                Promise.HostName(container: "shop-web", address: try address("10.9.0.2"), names: ["shop-web", "web"]),
                Promise.HostName(container: "shop-db", address: try address("10.9.0.3"), names: ["shop-db", "db"]),
                Promise.HostName(container: "shop-db", address: try address("fd00::3"), names: ["shop-db", "db"]),
            ]
            let promise = Promise(from: .named("shop-web"), to: nil, trial: .names([expected]))
            func observe(_ content: String) throws -> Observation {
                try output(of: "mkdir", "-p", "/etc/netns/shop-web")
                try atomicWrite("/etc/netns/shop-web/hosts", content.utf8, mode: 0o644)
                return try Prober().run([promise])[0].observation
            }
            guard case .failed(.unreadable(let error)) = try Prober().run([promise])[0].observation else {
                Issue.record("there is no file yet")
                return
            }
            #expect(error.errno == .noEntry)
            let good =
                "127.0.0.1\tlocalhost\n10.9.0.2 shop-web web\n10.9.0.3 shop-db db # the store\nfd00::3\tshop-db db\n"
            #expect(try observe(good) == .succeeded(nanoseconds: nil))
            let all = [try address("10.9.0.3"), try address("fd00::3")]
            #expect(
                try observe(good.replacing("10.9.0.3", with: "10.9.0.9"))
                    == .failed(
                        .names([
                            NameFault(name: "shop-db", expected: all, found: ["10.9.0.9", "fd00::3"]),
                            NameFault(name: "db", expected: all, found: ["10.9.0.9", "fd00::3"]),
                        ])))
            #expect(
                try observe(good.replacing(" web\n", with: "\n"))
                    == .failed(.names([NameFault(name: "web", expected: [try address("10.9.0.2")], found: [])])))
        }
    }

    @Test func `nothing at all to try is done at once`() async throws {
        try await inPrivateNamespaces {
            let outcomes = try Prober().run([])
            #expect(outcomes.isEmpty)
        }
    }

    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
}
