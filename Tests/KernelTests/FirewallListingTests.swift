import Addressing
import Netlink
import Planning
@testable import Reconcile
import TestSupport
import Testing
import Topology

/// Whether what we write is what iptables would have written, with iptables as the judge.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct FirewallListingTests {
    @Test func `iptables-save lists every rule word by word and nothing else`() async throws {
        try await inPrivateNamespaces {
            let desired = try firewall(of: firewallFile)
            try KernelFirewall().change("shop", to: desired)
            for (family, suffix) in [(IPFamily.v4, ""), (.v6, "6")] {
                let lines = try saved(suffix)
                for table in ["filter", "nat", "raw"] {
                    let wanted = desired.rules.filter { $0.table == Table(family, table) }
                    #expect(!wanted.isEmpty)
                    #expect(rules(table, in: lines).sorted() == wanted.map { "-A \($0.specification)" }.sorted())
                }
            }
            #expect(try KernelFirewall().observe().disorder == [])
        }
    }

    @Test func `iptables writes the same expressions for the same command lines`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            try firewall.change("shop", to: try KernelTests.firewall(of: firewallFile))
            let ours = try IPFamily.allCases.map { try expressions(firewall, $0) }
            let commands = try ["", "6"].map { try restoringCommands($0) }
            try shell("nft flush ruleset")
            for command in commands.joined() { try shell(command) }
            let theirs = try IPFamily.allCases.map { try expressions(firewall, $0) }
            for (ours, theirs) in zip(ours, theirs) {
                #expect(ours.values.joined().count > 20)
                #expect(ours == theirs)
            }
        }
    }

    /// By table and chain, the expressions of the rules, in order.
    private func expressions(
        _ firewall: KernelFirewall, _ family: IPFamily
    ) throws -> [String: [[Netfilter.Expression]]] {
        Dictionary(grouping: try firewall.socket.rules(Netfilter.Family(family))) { "\($0.table) \($0.chain)" }
            .mapValues { $0.map(\.expressions) }
    }

    /// One command of iptables for each line of what is there.
    private func restoringCommands(_ suffix: String) throws -> [String] {
        var table = ""
        return try saved(suffix).compactMap { line in
            let command = "ip\(suffix)tables -t \(table)"
            if line.hasPrefix("*") { table = String(line.dropFirst()) }
            if line.hasPrefix(":WEFT") { return "\(command) -N \(line.dropFirst().prefix { $0 != " " })" }
            return line.hasPrefix("-A") ? "\(command) \(line)" : nil
        }
    }

    @Test func `the commands that a plan gives as its equivalent make and remove the same rules`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            let creation = try firewall.plan("shop", desired)
            try firewall.change("shop", to: desired)
            let made = try Set(saved() + saved("6"))
            let removal = try firewall.plan("shop", State())
            try firewall.remove("shop")
            for operation in creation.operations { for command in operation.equivalents { try shell(command) } }
            #expect(try Set(saved() + saved("6")) == made)
            #expect(try firewall.observe().disorder == [])
            #expect(
                try rules("filter", in: saved()).prefix(2) == ["-A FORWARD -j WEFT-USER", "-A FORWARD -j WEFT-FORWARD"])
            #expect(try firewall.plan("shop", desired).lines == [])
            for operation in removal.operations { for command in operation.equivalents { try shell(command) } }
            #expect(!(try saved() + saved("6")).contains { $0.hasPrefix("-A") || $0.contains("WEFT") })
        }
    }

    @Test func `iptables-restore takes what iptables-save says, and the plan stays empty`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            try firewall.change("shop", to: desired)
            for suffix in ["", "6"] {
                let before = try saved(suffix)
                let test = try run(["sh", "-c", "ip\(suffix)tables-save | ip\(suffix)tables-restore --test"])
                #expect(test.status == 0)
                #expect(test.stderr == "")
                try shell("ip\(suffix)tables-save | ip\(suffix)tables-restore")
                #expect(try saved(suffix) == before)
            }
            #expect(try firewall.plan("shop", desired).lines == [])
            #expect(try firewall.observe().topologies == ["shop"])
        }
    }

    @Test func `random rules are listed as they were meant, and iptables would have written the same`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            var random = SeededGenerator(seed: 7)
            var plumbing = State<KernelObject>()
            for object in IPFamily.allCases.flatMap({ IptablesFirewall.plumbing($0) }) { plumbing[object.id] = object }
            var desired = plumbing
            for _ in 0..<400 {
                let rule = Rule.random(&random)
                #expect(Rule(rule.record, in: rule.table) == rule)
                desired[rule.id] = .rule(rule)
            }
            try firewall.change("shop", to: desired)
            let lines = try saved() + saved("6")
            for rule in desired.rules { #expect(lines.contains("-A \(rule.specification)")) }
            #expect(try firewall.observe().disorder == [])
            let ours = try IPFamily.allCases.map { try expressions(firewall, $0) }
            for suffix in ["", "6"] { try shell("ip\(suffix)tables-save | ip\(suffix)tables-restore") }
            #expect(try IPFamily.allCases.map { try expressions(firewall, $0) } == ours)
            #expect(try firewall.plan("shop", desired).lines == [])
            try firewall.remove("shop")
            // iptables-restore made the tables anew, without our mark: they are its own now.
            #expect(!(try saved() + saved("6")).contains { $0.hasPrefix("-A") || $0.contains("WEFT") })
        }
    }
}

extension Rule {
    /// A rule with the mark of `shop` that iptables accepts, with all kinds of matches and targets.
    fileprivate static func random(_ random: inout SeededGenerator) -> Rule {
        let family: IPFamily = .random(&random)
        let isNAT = Bool.random(using: &random)
        let table = Table(family, isNAT ? "nat" : "filter")
        let address = IPAddress(family, bits: .random(in: 0 ... .max, using: &random))
        let port = UInt16.random(in: 1...65535, using: &random)
        let targets: [Target] =
            isNAT
            ? [.masquerade, .sourceNAT(address), .destinationNAT(address, port), .return, .jump("WEFT")]
            : [.accept, .drop, .return, .jump("WEFT-CT")]
        let target = targets[Int.random(in: targets.indices, using: &random)]
        let chain: BuiltInChain =
            switch target {
            case .masquerade, .sourceNAT: .postrouting
            case .destinationNAT: .prerouting
            default: isNAT ? .output : .forward
            }
        var rule = Rule(table, chain.rawValue, comment: "weft:shop", target: target)
        func sometimes<Value>(_ value: (inout SeededGenerator) -> Value) -> Match<Value>? {
            guard Int.random(in: 0...2, using: &random) == 0 else { return nil }
            return Bool.random(using: &random) ? .equal(value(&random)) : .not(value(&random))
        }
        if chain == .forward || chain == .prerouting { rule.input = sometimes { "br-\($0.next() % 100)" } }
        if chain == .forward || chain == .postrouting { rule.output = sometimes { "veth\($0.next() % 100)+" } }
        rule.source = sometimes { .random(family, &$0) }
        rule.destination = sometimes { .random(family, &$0) }
        let protocols: [InternetProtocol?] = [nil, .tcp, .udp, .sctp, family == .v4 ? .icmp : .icmpv6]
        rule.protocol = protocols[Int.random(in: protocols.indices, using: &random)]
        if case .destinationNAT = target { rule.protocol = .tcp }
        if [.tcp, .udp, .sctp].contains(rule.protocol), Bool.random(using: &random) { rule.destinationPort = port }
        rule.isToLocalAddress = chain != .postrouting && Int.random(in: 0...3, using: &random) == 0
        if Int.random(in: 0...3, using: &random) == 0 {
            rule.connectionState = ConnectionState(
                rawValue: ConnectionState([.related, .established, .destinationTranslated]).rawValue
                    & UInt16(truncatingIfNeeded: random.next()) | ConnectionState.established.rawValue)
        }
        return rule
    }
}

extension IPFamily {
    fileprivate static func random(_ random: inout SeededGenerator) -> IPFamily {
        Bool.random(using: &random) ? .v4 : .v6
    }
}

extension Subnet {
    fileprivate static func random(_ family: IPFamily, _ random: inout SeededGenerator) -> Subnet {
        let address = IPAddress(family, bits: .random(in: 0 ... .max, using: &random))
        let length = Int.random(in: 1...family.bitWidth, using: &random)
        guard let subnet = Subnet(containing: address, prefixLength: length) else {
            preconditionFailure("the length is in range")
        }
        return subnet
    }
}
