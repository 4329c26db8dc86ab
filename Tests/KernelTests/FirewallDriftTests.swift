import Addressing
import Netlink
import Planning
@testable import Reconcile
import TestSupport
import Testing

/// What is repaired when somebody else changes our rules, also while we do.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct FirewallDriftTests {
    @Test func `each rule that iptables deletes is missed and comes back at its place`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            try firewall.change("shop", to: desired)
            let before = [try saved(), try saved("6")].map { Set($0) }
            for rule in desired.rules {
                let tool = rule.table.family == .v4 ? "iptables" : "ip6tables"
                try shell("\(tool) -t \(rule.table.name) -D \(rule.specification)")
                #expect(try firewall.change("shop", to: desired).lines == ["+ \(KernelObject.rule(rule))"])
            }
            #expect(try firewall.observe().disorder == [])
            #expect([try saved(), try saved("6")].map { Set($0) } == before)
        }
    }

    @Test func `a rule that was moved to the wrong side of others goes back, and nothing else moves`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            try firewall.change("shop", to: desired)
            try shell("iptables -A FORWARD -j ACCEPT")
            let before = try saved()
            // The user's chain must come before what lets packets through, and what drops after it.
            try shell("iptables -D FORWARD -j WEFT-USER; iptables -A FORWARD -j WEFT-USER")
            let drop = try #require(
                desired.rules.first { $0.table == Table(.v4, "filter") && $0.chain == "WEFT" && $0.target == .drop })
            try shell("iptables -D \(drop.specification); iptables -I \(drop.specification)")
            let disordered = try firewall.observe().disorder
            #expect(disordered.count == 2)
            let plan = try firewall.change("shop", to: desired)
            #expect(plan.operations.count == 2)
            #expect(plan.lines.first == "~ rule ip filter FORWARD -j WEFT-USER place in the chain")
            let moved = try #require(plan.operations.first { "\($0.object)".contains("-j DROP") })
            guard case .update(let old, let new) = moved else {
                Issue.record("\(moved)")
                return
            }
            #expect(old.changes(to: new) == ["place in the chain"])
            #expect(moved.equivalents.map { $0.split(separator: " ")[3] } == ["-D", "-A"])
            #expect(try firewall.observe().disorder == [])
            #expect(Set(try saved()) == Set(before))
            #expect(
                rules("filter", in: try saved()).filter { $0.hasPrefix("-A FORWARD") }
                    == rules("filter", in: before).filter { $0.hasPrefix("-A FORWARD") })
        }
    }

    @Test func `a topology whose rules were moved comes down all the same`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            let before = try ruleSet()
            try firewall.change("shop", to: desired)
            for rule in desired.rules where rule.table == Table(.v4, "filter") && rule.target == .drop {
                try shell("iptables -D \(rule.specification); iptables -I \(rule.specification)")
            }
            try firewall.remove("shop")
            #expect(try ruleSet() == before)
        }
    }

    @Test func `a rule of our own tables that was moved goes back as well`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile, .nftables)
            try firewall.change("shop", to: desired)
            let before = try output(of: "nft", "list", "table", "ip", "weft")
            let rules = try firewall.observe().rules.filter {
                $0.native?.chain == "forward" && $0.table == Table(.v4, "weft")
            }
            let last = try #require(rules.last)
            try shell("nft delete rule ip weft forward handle \(last.handle)")
            try shell("nft insert rule ip weft \(try #require(last.native).specification)")
            #expect(try firewall.change("shop", to: desired).lines.map { $0.prefix(6) } == ["~ rule"])
            #expect(try output(of: "nft", "list", "table", "ip", "weft") == before)
        }
    }

    @Test(arguments: [
        ([], []), ([1], []), ([1, 1, 2, 2], []), ([2, 1, 1, 1], [0]), ([1, 2, 3, 0], [3]), ([3, 4, 3, 4], [2]),
        ([4, 3, 2, 1], [1, 2, 3]), ([-2, -1, 4, 0, 1, 2, 3, 4], [2]),
    ])
    func `as few as possible are out of order`(numbers: [Int], places: [Int]) {
        #expect(indicesOutOfOrder(numbers) == places)
    }

    @Test func `what was flushed comes back, in order and in one step`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            try firewall.change("shop", to: desired)
            let before = try saved() + saved("6")
            for command in ["iptables -F", "iptables -F WEFT-FORWARD", "ip6tables -t nat -F", "nft flush ruleset"] {
                try shell(command)
                #expect(!(try firewall.change("shop", to: desired).isEmpty))
                #expect(try saved() + saved("6") == before)
            }
        }
    }

    @Test func `a doubled rule loses its double, whichever is deleted`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            try firewall.change("shop", to: desired)
            let before = try saved().sorted()
            for rule in desired.rules where rule.table == Table(.v4, "filter") && rule.comment != nil {
                for _ in 0..<2 { try shell("iptables -A \(rule.specification)") }
                #expect(try firewall.plan("shop", desired).operations.count == 2)
                try firewall.change("shop", to: desired)
                #expect(try saved().sorted() == before)
            }
        }
    }

    @Test func `a transaction on an older rule set is refused as a whole`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            let plan = try firewall.plan("shop", desired)
            let stale = try FirewallTransaction(operations: plan.operations, on: firewall.observe())
            try shell("iptables -A INPUT -j ACCEPT")
            let before = try ruleSet()
            do throws(NetlinkError) {
                try firewall.socket.transact(stale.requests)
                Issue.record("it was not refused")
            } catch {
                #expect(error.isOutdatedRuleSet)
            }
            #expect(try ruleSet() == before)
        }
    }

    @Test func `a plan that was thought out before somebody's change does not double or miss anything`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            let creation = try firewall.plan("shop", desired)
            try firewall.change("shop", to: desired)
            let before = try ruleSet()
            try FirewallTransaction.apply(creation.operations, on: firewall.socket)
            #expect(try ruleSet() == before)
            let removal = try firewall.plan("shop", State())
            try shell("iptables -I WEFT-USER -s 192.0.2.1 -j DROP; iptables -F WEFT-CT; ip6tables -t raw -F")
            try FirewallTransaction.apply(removal.operations, on: firewall.socket)
            #expect(try firewall.observe().topologies == [])
            #expect(try rules("filter", in: saved()) == ["-A WEFT-USER -s 192.0.2.1/32 -j DROP"])
        }
    }

    @Test func `others may change their rules all the time`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            try shell("iptables -t mangle -A INPUT -s 192.0.2.9 -j ACCEPT")
            let other = try start([
                "sh", "-c",
                "while iptables -A INPUT -s 192.0.2.1 -j DROP; do sleep 0.02; iptables -D INPUT 1; sleep 0.02; done",
            ])
            for _ in 0..<10 {
                try firewall.change("shop", to: desired)
                try firewall.remove("shop")
            }
            #expect(other.isRunning)
            other.kill()
            try other.wait()
            let lines = try saved() + saved("6")
            #expect(!lines.contains { $0.contains("WEFT") })
            #expect(rules("mangle", in: lines) == ["-A INPUT -s 192.0.2.9/32 -j ACCEPT"])
        }
    }
}
