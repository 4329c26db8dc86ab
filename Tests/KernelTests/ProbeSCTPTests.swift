import Addressing
import Linux
import Planning
import Probe
import TestSupport
import Testing
import Topology

@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ProbeSCTPTests {
    /// Port 80 of `a` at its own address in both families, tried from the host and from `b`.
    private static func promises() throws -> [Promise] {
        var lab = ProbeLab()
        lab.addBridge("br0", "10.9.0.1/24", "fd00:9::1/64")
        for (name, host) in [("a", 2), ("b", 3)] {
            lab.addSandbox(name)
            lab.connect(name, to: "br0", "10.9.0.\(host)/24", "fd00:9::\(host)/64")
        }
        try lab.build()
        return try ["10.9.0.2", "fd00:9::2"].flatMap { address in
            try [Namespace.host, .named("b")].map { from in
                try published(.sctp, from: from, at: address, 80, to: .named("a"), address, 80)
            }
        }
    }

    @Test(.requires(.sctp)) func `a port of SCTP is connected to, and refused where nothing listens`() async throws {
        try await inPrivateNamespaces {
            let promises = try Self.promises()
            let outcomes = try Prober().run(promises)
            for outcome in outcomes {
                guard case .succeeded(let time?) = outcome.observation else {
                    Issue.record("\(outcome)")
                    continue
                }
                #expect(time > 0)
            }
            let closed = try published(.sctp, from: .named("b"), at: "10.9.0.1", 80, to: .named("a"), "10.9.0.2", 80)
            #expect(try Prober().run([closed])[0].observation == .failed(.refused(.connectionRefused)))
        }
    }

    @Test func `a kernel without SCTP is no reason to stop`() async throws {
        let isPresent = try KernelFeature.sctp.isPresent
        try await inPrivateNamespaces {
            for outcome in try Prober().run(try Self.promises()) {
                #expect((outcome.observation == .notChecked(.unsupported(.sctp))) != isPresent)
            }
        }
    }
}
