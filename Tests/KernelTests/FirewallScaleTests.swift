import Addressing
import Linux
import Netlink
import Planning
@testable import Reconcile
import TestSupport
import Testing

/// How long many rules take, and what a message that is too long for the machine does.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"), .serialized)
struct FirewallScaleTests {
    /// The plumbing, and `count` rules of `shop`: published ports of as many addresses.
    private static func desired(_ count: Int) -> State<KernelObject> {
        let filter = Table(.v4, "filter")
        let nat = Table(.v4, "nat")
        let rules = (0..<count / 2).flatMap { index -> [Rule] in
            let address = IPAddress(.v4, bits: 0x0a4d_0002 + UInt128(index))
            var acceptance = Rule(filter, "WEFT", comment: "weft:shop", target: .accept)
            acceptance.destination = Subnet(containing: address, prefixLength: 32).map { .equal($0) }
            acceptance.input = .not("br-0123456789ab")
            acceptance.output = .equal("br-0123456789ab")
            acceptance.protocol = .tcp
            acceptance.destinationPort = 80
            var translation = Rule(nat, "WEFT", comment: "weft:shop", target: .destinationNAT(address, 80))
            translation.protocol = .tcp
            translation.destinationPort = 20000 + UInt16(index)
            return [acceptance, translation]
        }
        return State(IptablesFirewall.plumbing(.v4) + rules.map { .rule($0) })
    }

    @Test func `a thousand rules are made, found and deleted in a moment`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = Self.desired(1000)
            let creation = try firewall.plan("shop", desired)
            let requests = try FirewallTransaction(operations: creation.operations, on: firewall.observe()).requests
            let size = try requests.reduce(0) { $0 + (try $1.encoded()).count }
            let before = try firewall.socket.ruleSetGeneration()
            let made = try timed { try FirewallTransaction.apply(creation.operations, on: firewall.socket) }
            #expect(try firewall.socket.ruleSetGeneration() == before + 1)
            let found = try timed { _ = try firewall.observe() }
            var isConverged = false
            let planned = try timed { isConverged = try firewall.plan("shop", desired).isEmpty }
            #expect(isConverged)
            #expect(try rules("filter", in: saved()).count == 500 + 5)
            let removal = try firewall.plan("shop", State())
            let deleted = try timed { try FirewallTransaction.apply(removal.operations, on: firewall.socket) }
            #expect(try ruleSet() == "")
            print(
                "1000 rules, \(size / 1024) KiB: made in \(made) ms, read in \(found) ms,",
                "planned in \(planned) ms, deleted in \(deleted) ms")
            #expect(made + found + planned + deleted < 20_000)
        }
    }

    @Test(.enabled(if: !mayBeLong, "as root a message may have any length"))
    func `a plan that is too long for one message takes several`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            // The buffer is twice the limit, and a rule takes more than 768 bytes.
            let desired = Self.desired(Self.longestMessage / 384)
            let before = try firewall.socket.ruleSetGeneration()
            try firewall.change("shop", to: desired)
            #expect(try firewall.socket.ruleSetGeneration() > before + 1)
            #expect(try firewall.observe().disorder == [])
            try firewall.remove("shop")
            #expect(try ruleSet() == "")
        }
    }

    /// Whether the process is root outside of user namespaces (`SO_SNDBUFFORCE`).
    private static let mayBeLong = number(in: "/proc/self/uid_map", at: 2) == Int(UInt32.max)
    /// Bytes of one message of anybody else.
    private static let longestMessage = number(in: "/proc/sys/net/core/wmem_max", at: 0)

    private static func number(in path: String, at index: Int) -> Int {
        do throws(SystemCallError) {
            let words = String(decoding: try readFile(path, limit: 4096), as: UTF8.self).split(
                whereSeparator: \.isWhitespace)
            return words.indices.contains(index) ? Int(words[index]) ?? 0 : 0
        } catch {
            return 0
        }
    }

    /// Milliseconds that `body` takes.
    private func timed(_ body: () throws -> Void) rethrows -> Int {
        let start = monotonicNanoseconds()
        try body()
        return Int((monotonicNanoseconds() - start) / 1_000_000)
    }
}
