import Addressing
import Linux
import Netlink
import Planning
@testable import Reconcile
import TestSupport
import Testing

/// What is said where the kernel, or somebody else's chain, stands in the way.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct FirewallRefusalTests {
    private static let unknown: [Netfilter.Expression] = [
        .match(Netfilter.Extension("nosuch", info: [UInt8](repeating: 0, count: 8))),
        .match(Netfilter.Extension("comment", revision: 9, info: [UInt8](repeating: 0, count: 256))),
        .target(Netfilter.Extension("NOSUCH", info: [UInt8](repeating: 0, count: 8))),
        .other(name: "nosuch", data: []),
    ]

    @Test(arguments: unknown)
    func `what the kernel has not got is named, with the rule that needs it`(_ part: Netfilter.Expression) async throws
    {
        try await inPrivateNamespaces {
            try shell("iptables -N WEFT")
            let before = try ruleSet()
            let socket = try KernelFirewall().socket
            let rule = Netfilter.Rule(.ip, table: "filter", chain: "WEFT", [.newCounter, part, .verdict(.accept)])
            do throws(NetlinkError) {
                try socket.transact(Request.transaction([.addRule(rule, .last, subject: "rule ip filter WEFT")]))
                Issue.record("it was not refused")
            } catch {
                let name =
                    switch part {
                    case .match(let match): "match \(match.name)"
                    case .target(let target): "target \(target.name)"
                    default: "expression \(part.name)"
                    }
                let text = "\(FirewallError(error))"
                #expect(text.hasPrefix("rule ip filter WEFT: the kernel has no \(name) for nf_tables"))
                #expect(text.contains("--firewall"))
            }
            #expect(try ruleSet() == before)
        }
    }

    @Test func `a chain that is not there is not taken for a missing feature`() async throws {
        try await inPrivateNamespaces {
            try shell("iptables -N WEFT")
            let socket = try KernelFirewall().socket
            let rule = Netfilter.Rule(.ip, table: "filter", chain: "WEFT", [.verdict(.jump("NOWHERE"))])
            do throws(NetlinkError) {
                try socket.transact(Request.transaction([.addRule(rule, .last, subject: "rule ip filter WEFT")]))
                Issue.record("it was not refused")
            } catch {
                #expect(error.errno == .noEntry)
                guard case .netlink = FirewallError(error) else {
                    Issue.record("\(FirewallError(error))")
                    return
                }
            }
        }
    }

    @Test func `a chain of that name on another hook is refused before anything changes`() async throws {
        try await inPrivateNamespaces {
            try shell(
                "nft add table ip filter; nft add chain ip filter FORWARD '{ type filter hook forward priority 7; }'")
            let before = try ruleSet()
            let firewall = try KernelFirewall()
            let plan = try firewall.plan("shop", try KernelTests.firewall(of: firewallFile))
            #expect(throws: FirewallError.self) {
                try FirewallTransaction.apply(plan.operations, on: firewall.socket)
            }
            #expect(try ruleSet() == before)
        }
    }

    @Test func `a whole topology comes up with its rules, and goes with them`() async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            try apply(sampleFile, firewall: .iptables)
            #expect(try plan(sampleFile, firewall: .iptables) == [])
            #expect(try output(of: "iptables", "-t", "nat", "-S").contains("-j DNAT --to-destination 10.77.1.2:80"))
            try remove("shop")
            #expect(try Census.take().rules == before.rules)
        }
    }
}
