import Netlink
import Planning
@testable import Reconcile
import TestSupport
import Testing

/// Our own tables, with `nft` as the judge of what is in them.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct NftablesTests {
    @Test func `nft writes the same rule set for the commands that the plan shows`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile, .nftables)
            let plan = try firewall.change("shop", to: desired)
            let ours = try listing()
            #expect(ours.contains { $0.contains("dnat ip6 to meta l4proto . th dport map @port-forwards") })
            try shell("nft list ruleset | nft -c -f -; nft flush ruleset")
            // A plan sorts rules by what they say; within a chain their places count.
            let commands = plan.operations.sorted { place($0) < place($1) }.flatMap(\.equivalents)
            try output(of: "nft", "-f", "-", input: commands.map { nftLine($0) }.joined(separator: "\n") + "\n")
            #expect(try listing() == ours)
        }
    }

    private func place(_ operation: Operation<KernelObject>) -> Int {
        switch operation.object {
        case .table: -3
        case .chain: -2
        case .set: -1
        case .native(let rule): rule.place
        default: 1000
        }
    }

    /// What a shell would hand over of the command.
    private func nftLine(_ command: String) -> String {
        String(command.dropFirst("nft ".count)).replacing("'", with: "")
    }

    /// The rule set without our marks on tables and chains, in any order.
    private func listing() throws -> [String] {
        try shell("nft -nn list ruleset").split(whereSeparator: { $0 == "\n" || $0 == "," }).map {
            $0.replacing("elements = {", with: "").replacing(" }", with: "").trimmed
        }.filter { $0 != #"comment "weft""# }.sorted()
    }

    @Test func `what is deleted or flushed behind our back comes back at its place`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile, .nftables)
            try firewall.change("shop", to: desired)
            let before = try listing()
            let forward = try shell("nft list chain ip weft forward")
            for object in desired.objects.values.sorted(by: { $0.id < $1.id }) {
                guard case .element = object else { continue }
                for command in Operation.delete(object).equivalents { try shell(command) }
                #expect(try firewall.change("shop", to: desired).lines == ["+ \(object)"])
            }
            let handle = "$(nft -a list chain ip weft forward | sed -n 's/.*@into-bridge # handle //p')"
            for command in [
                "nft delete rule ip weft forward handle \(handle)", "nft flush chain ip weft forward",
                "nft flush map ip weft port-forwards", "nft delete table ip6 weft", "nft flush ruleset",
            ] {
                try shell(command)
                #expect(!(try firewall.change("shop", to: desired).isEmpty))
                #expect(try listing() == before)
                #expect(try shell("nft list chain ip weft forward") == forward)
            }
            try firewall.remove("shop")
            #expect(try ruleSet() == "")
        }
    }

    @Test func `two topologies share the tables and the predefined bridge, and the last one takes them away`()
        async throws
    {
        try await inPrivateNamespaces {
            let before = try Census.take()
            let one = "{name: one, services: {a: {network_mode: bridge, ports: ['8080:80']}}}"
            let two = "{name: two, services: {a: {network_mode: bridge}}}"
            try apply(one, firewall: .nftables)
            try apply(two, firewall: .nftables)
            #expect(try plan(one, firewall: .nftables) == [])
            try remove("one")
            #expect(try plan(two, firewall: .nftables) == [])
            #expect(try shell("nft list set ip weft bridges").contains(#""weft0" comment "weft:*""#))
            #expect(try !shell("nft list map ip weft port-forwards").contains("8080"))
            try remove("two")
            #expect(try Census.take().rules == before.rules)
        }
    }

    @Test func `what others keep in our tables stays, with all that it needs`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            try firewall.change("shop", to: try KernelTests.firewall(of: firewallFile, .nftables))
            try shell(
                """
                nft add rule ip weft user ip saddr 192.0.2.1 drop
                nft add element ip weft bridges '{ "mine0" }'
                nft add table ip other; nft add set ip other hosts '{ type ipv4_addr; }'
                """)
            try firewall.remove("shop")
            let rest = try shell("nft list ruleset")
            #expect(rest.contains("ip saddr 192.0.2.1 drop") && rest.contains("jump user"))
            #expect(rest.contains("mine0") && rest.contains("table ip other"))
            #expect(!rest.contains("weft:shop") && !rest.contains("vmap") && !rest.contains("table ip6"))
        }
    }

    @Test func `a topology goes from one kind of firewall to the other, and keeps the last`() async throws {
        try await inPrivateNamespaces {
            func hasTables() throws -> (iptables: Bool, nftables: Bool) {
                let tables = try shell("nft list tables")
                return (tables.contains("table ip filter"), tables.contains("table ip weft"))
            }
            func isAsFileSays() throws -> Bool {
                let session = try Session.open(forChange: false) {}
                return try session.propose(topology(sampleFile), file: nil).plan.isEmpty
            }
            let before = try Census.take().rules
            for (kind, wanted) in [
                (FirewallKind.iptables, (true, false)), (.nftables, (false, true)), (.none, (false, false)),
                (.nftables, (false, true)), (.iptables, (true, false)), (.nftables, (false, true)),
            ] {
                try apply(sampleFile, firewall: kind)
                #expect(try hasTables() == wanted)
                #expect(try isAsFileSays())
            }
            try shell("rm -r /run/weft")
            #expect(try isAsFileSays())
            try remove("shop")
            #expect(try Census.take().rules == before)
        }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
