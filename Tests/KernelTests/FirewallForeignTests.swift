import Netlink
import Planning
@testable import Reconcile
import TestSupport
import Testing

/// Rules of others around ours, before, meanwhile and after.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct FirewallForeignTests {
    @Test func `nothing is left where there was nothing`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            try firewall.change("shop", to: try KernelTests.firewall(of: firewallFile))
            #expect(try ruleSet() != "")
            try firewall.remove("shop")
            #expect(try ruleSet() == "")
        }
    }

    @Test func `Docker's rules survive word by word and handle by handle`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            try output(of: "iptables-restore", input: dockerRules)
            try shell(
                "nft add table inet other; nft add chain inet other input '{ type filter hook input priority 5; policy drop; }'"
            )
            let (before, listedBefore) = (try saved(), try ruleSet())
            try firewall.change("shop", to: desired)
            let lines = try saved()
            for table in ["filter", "nat"] {
                let others = rules(table, in: lines).filter { !$0.contains("WEFT") && !$0.contains("weft:") }
                #expect(others == rules(table, in: before))
            }
            #expect(rules("filter", in: lines).prefix(2) == ["-A FORWARD -j WEFT-USER", "-A FORWARD -j WEFT-FORWARD"])
            #expect(lines.contains(":FORWARD DROP [0:0]"))
            #expect(try firewall.plan("shop", desired).lines == [])
            try firewall.remove("shop")
            #expect(try saved() == before)
            #expect(try ruleSet() == listedBefore)
        }
    }

    @Test func `the user's chain comes back to the head, and the rest after it, whoever came in between`() async throws
    {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let desired = try KernelTests.firewall(of: firewallFile)
            try output(of: "iptables-restore", input: dockerRules)
            try firewall.change("shop", to: desired)
            try shell("iptables -D FORWARD -j DOCKER-USER; iptables -I FORWARD -j DOCKER-USER")
            #expect(try firewall.plan("shop", desired).lines == [])
            func head() throws -> [String] {
                try rules("filter", in: saved()).prefix(3).map { String($0.dropFirst(11)) }
            }
            #expect(try head() == ["-j DOCKER-USER", "-j WEFT-USER", "-j WEFT-FORWARD"])
            try shell("iptables -D FORWARD -j WEFT-USER")
            try firewall.change("shop", to: desired)
            #expect(try head() == ["-j WEFT-USER", "-j DOCKER-USER", "-j WEFT-FORWARD"])
            try shell("iptables -D FORWARD -j WEFT-FORWARD")
            try firewall.change("shop", to: desired)
            #expect(try head() == ["-j WEFT-USER", "-j WEFT-FORWARD", "-j DOCKER-USER"])
        }
    }

    @Test func `two topologies share what leads to their rules, and the last one takes it away`() async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            let shop = try KernelTests.firewall(of: firewallFile)
            let lab = try KernelTests.firewall(of: labFile)
            try firewall.change("shop", to: shop)
            let shopAlone = try saved()
            try firewall.change("lab", to: lab)
            #expect(try firewall.observe().topologies == ["shop", "lab"])
            #expect(try firewall.observe().disorder == [])
            #expect(try firewall.plan("shop", shop).lines == [])
            try firewall.remove("lab")
            #expect(try saved() == shopAlone)
            try firewall.change("lab", to: lab)
            try firewall.remove("shop")
            // `lab` has no IPv6: nobody needs its tables any more.
            #expect(try saved("6") == [])
            #expect(try firewall.plan("lab", lab).lines == [])
            try firewall.remove("lab")
            #expect(try ruleSet() == "")
        }
    }

    @Test(arguments: [
        Guest(
            "iptables -A WEFT-USER -s 192.0.2.1 -j DROP",
            stays: [
                ":FORWARD ACCEPT [0:0]", ":WEFT-USER - [0:0]", "-A FORWARD -j WEFT-USER",
                "-A WEFT-USER -s 192.0.2.1/32 -j DROP",
            ]),
        Guest(
            "iptables -A WEFT-CT -j LOG",
            stays: [
                ":FORWARD ACCEPT [0:0]", ":WEFT-CT - [0:0]", ":WEFT-FORWARD - [0:0]", "-A FORWARD -j WEFT-FORWARD",
                "-A WEFT-CT -j LOG", "-A WEFT-FORWARD -j WEFT-CT",
            ]),
        Guest(
            "iptables -N MINE; iptables -A MINE -j WEFT-BRIDGE",
            stays: [
                ":MINE - [0:0]", ":WEFT-BRIDGE - [0:0]", "-A MINE -j WEFT-BRIDGE",
            ]),
        Guest(
            "iptables -N MINE; iptables -A MINE -g WEFT-USER",
            stays: [
                ":MINE - [0:0]", ":WEFT-USER - [0:0]", "-A MINE -g WEFT-USER",
            ]),
        Guest(
            "iptables -A FORWARD -m limit --limit 1/sec -j ACCEPT",
            stays: [
                "-A FORWARD -m limit --limit 1/sec -j ACCEPT"
            ]),
        Guest(
            "iptables -A WEFT -m limit --limit 1/sec -m comment --comment weft:shop -j ACCEPT",
            stays: [
                ":WEFT - [0:0]", "-A WEFT -m limit --limit 1/sec -m comment --comment \"weft:shop\" -j ACCEPT",
            ]),
        Guest("iptables -P FORWARD DROP", stays: [":FORWARD DROP [0:0]"]),
        Guest("iptables -A INPUT -s 192.0.2.1 -j DROP", stays: ["-A INPUT -s 192.0.2.1/32 -j DROP"]),
        Guest("nft add set ip filter hosts '{ type ipv4_addr; }'", stays: ["*filter"]),
    ])
    func `what others keep among ours stays, with all that leads there`(_ guest: Guest) async throws {
        try await inPrivateNamespaces {
            let firewall = try KernelFirewall()
            try firewall.change("shop", to: try KernelTests.firewall(of: firewallFile))
            try shell(guest.command)
            try firewall.remove("shop")
            let lines = try saved()
            let always = Set(["*filter", "COMMIT"] + ["INPUT", "FORWARD", "OUTPUT"].map { ":\($0) ACCEPT [0:0]" })
            #expect(Set(lines).subtracting(always) == Set(guest.stays).subtracting(always))
            #expect(Set(guest.stays).isSubset(of: lines))
            #expect(!lines.contains("*nat") && !lines.contains("*raw"))
            #expect(try saved("6") == [])
        }
    }
}

/// Something of others in our tables, and what has to stay because of it.
struct Guest: Sendable, CustomTestStringConvertible {
    let command: String
    let stays: [String]
    var testDescription: String { command }

    init(_ command: String, stays: [String]) {
        self.command = command
        self.stays = stays
    }
}

/// Another topology, with IPv4 alone.
private let labFile = """
    name: lab
    networks: {lan: {ipam: {config: [{subnet: 10.78.0.0/24}]}}}
    services: {a: {networks: [lan], ports: ["8081:80"]}, b: {networks: [lan]}}
    """
