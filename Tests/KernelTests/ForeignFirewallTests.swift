import Planning
import Reconcile
import TestSupport
import Testing

/// Rule sets of others that stop forwarded packets: what is said of them, and what really becomes of the packets.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ForeignFirewallTests {
    private static let file = """
        name: lab
        networks:
          front:
            ipam: {config: [{subnet: 10.77.1.0/24}]}
            driver_opts: {com.docker.network.bridge.name: front0}
          back: {internal: true}
        services:
          a: {networks: [front, back], ports: ["8088:80"]}
        """

    /// What there is to see with rules of others in place.
    private struct Sight {
        var notes: [String]
        /// Whether the endpoint gets an echo from outside.
        var isOpenOutwards: Bool
        /// Whether a client from outside reaches the published port.
        var isOpenInwards: Bool

        init(_ lab: DockerLab, _ kind: FirewallKind) throws {
            notes = try KernelTests.notes(on: ForeignFirewallTests.file, firewall: kind)
            isOpenOutwards = try lab.echoes(from: "lab-a", DockerLab.outside)
            isOpenInwards = try lab.seen(from: "outside", at: DockerLab.host, 8088) != nil
        }

        /// The command that is said to help.
        var remedy: String { notes.first.map { String($0.split(separator: "what helps: ").last ?? "") } ?? "" }
    }

    private static func lab(_ kind: FirewallKind) throws -> DockerLab {
        var lab = try DockerLab(file, firewall: kind)
        try shell("ip route add default via \(DockerLab.outside)")
        try lab.serve("lab-a", 80)
        return lab
    }

    @Test func `Docker's rules come after ours with iptables`() async throws {
        try await inPrivateNamespaces {
            try output(of: "iptables-restore", input: dockerRules)
            let sight = try Sight(Self.lab(.iptables), .iptables)
            #expect(sight.notes == [])
            #expect(sight.isOpenOutwards && sight.isOpenInwards)
        }
    }

    @Test func `Docker's policy drops what our own nftables let through`() async throws {
        try await inPrivateNamespaces {
            try output(of: "iptables-restore", input: dockerRules)
            let lab = try Self.lab(.nftables)
            let sight = try Sight(lab, .nftables)
            #expect(
                sight.notes == [
                    "forwarded packets of network front (front0) are dropped by table ip filter, chain FORWARD, policy drop; "
                        + "what helps: iptables -I DOCKER-USER -i front0 -j ACCEPT; iptables -I DOCKER-USER -o front0 -j ACCEPT"
                ])
            #expect(!sight.isOpenOutwards && !sight.isOpenInwards)
            try shell(sight.remedy)
            let after = try Sight(lab, .nftables)
            #expect(after.notes == [])
            #expect(after.isOpenOutwards && after.isOpenInwards)
        }
    }

    /// Networks of these names, each with a bridge named after it.
    private static func file(_ names: [String]) -> String {
        "name: lab\nnetworks:\n"
            + names.map { "  \($0): {driver_opts: {com.docker.network.bridge.name: \($0)0}}\n" }.joined()
            + "services: {a: {networks: [\(names.joined(separator: ", "))]}}\n"
    }

    @Test func `what helps, helps every network that is named`() async throws {
        try await inPrivateNamespaces {
            try shell("iptables -P FORWARD DROP")
            let text = Self.file(["front", "side"])
            try apply(text, firewall: .nftables)
            let told = try notes(on: text, firewall: .nftables)
            #expect(told.count == 1)
            try shell(told.first.flatMap { $0.split(separator: "what helps: ").last }.map(String.init) ?? "false")
            #expect(try notes(on: text, firewall: .nftables) == [])
            #expect(
                try notes(on: Self.file(["n1", "n2", "n3", "n4"]), firewall: .nftables)[0].hasSuffix(
                    "-o n30 -j ACCEPT; and so on"))
        }
    }

    @Test func `ufw's policy matters with nftables only`() async throws {
        try await inPrivateNamespaces {
            try output(of: "iptables-restore", input: ufwRules)
            let lab = try Self.lab(.nftables)
            let sight = try Sight(lab, .nftables)
            #expect(sight.notes.count == 1)
            #expect(
                sight.notes.allSatisfy { $0.contains("chain FORWARD, policy drop, but for what earlier rules accept") })
            #expect(sight.remedy == "ufw route allow in on front0; ufw route allow out on front0")
            #expect(!sight.isOpenOutwards && !sight.isOpenInwards)
            // What ufw makes of it.
            try shell(
                "iptables -A ufw-user-forward -i front0 -j ACCEPT; iptables -A ufw-user-forward -o front0 -j ACCEPT")
            let after = try Sight(lab, .nftables)
            #expect(after.notes == [])
            #expect(after.isOpenOutwards && after.isOpenInwards)
            try apply(Self.file, firewall: .iptables)
            try shell("iptables -F ufw-user-forward")
            let other = try Sight(lab, .iptables)
            #expect(other.notes == [])
            #expect(other.isOpenOutwards && other.isOpenInwards)
        }
    }

    @Test func `in IPv6 ufw is known by chains of other names`() async throws {
        let file = Self.file.replacing("  front:\n", with: "  front:\n    enable_ipv6: true\n")
        try await inPrivateNamespaces {
            try output(of: "ip6tables-restore", input: ufw6Rules)
            var lab = try DockerLab(file, firewall: .nftables)
            try shell("ip -6 route add default via \(DockerLab.outside6)")
            try lab.serve("outside", 80)
            func notes() throws -> [String] { try KernelTests.notes(on: file, firewall: .nftables) }
            func isOpen() throws -> Bool { try lab.seen(from: "lab-a", at: DockerLab.outside6, 80) != nil }
            #expect(
                try notes().filter { !$0.contains("INPUT") } == [
                    "forwarded packets of network front (front0) are dropped by table ip6 filter, chain FORWARD, policy drop, "
                        + "but for what earlier rules accept; what helps: ufw route allow in on front0; "
                        + "ufw route allow out on front0"
                ])
            #expect(try !isOpen())
            // What ufw makes of it.
            try shell(
                "ip6tables -A ufw6-user-forward -i front0 -j ACCEPT; ip6tables -A ufw6-user-forward -o front0 -j ACCEPT"
            )
            #expect(try notes() == [])
            #expect(try isOpen())
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `firewalld rejects what comes from an interface of no zone`(_ kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            try output(of: "nft", "-f", "-", input: firewalldRules(forwards: false))
            let lab = try Self.lab(kind)
            let sight = try Sight(lab, kind)
            #expect(sight.notes.count == 1)
            #expect(
                sight.notes.allSatisfy {
                    $0.hasPrefix(
                        "connections from network front (front0) are dropped by table inet firewalld, chain filter_FWD_public"
                    )
                        && $0.contains("(reject)")
                })
            #expect(sight.remedy == "firewall-cmd --zone=trusted --add-interface=front0")
            #expect(!sight.isOpenOutwards && sight.isOpenInwards)
            // What firewalld makes of it.
            try shell("nft insert rule inet firewalld filter_FORWARD_ZONES iifname front0 goto filter_FWD_trusted")
            let after = try Sight(lab, kind)
            #expect(after.notes == [])
            #expect(after.isOpenOutwards && after.isOpenInwards)
        }
    }

    @Test func `firewalld's default zone forwards to the interface that leads outside`() async throws {
        try await inPrivateNamespaces {
            try output(of: "nft", "-f", "-", input: firewalldRules(forwards: true))
            let sight = try Sight(Self.lab(.iptables), .iptables)
            #expect(sight.notes == [])
            #expect(sight.isOpenOutwards && sight.isOpenInwards)
        }
    }

    @Test(arguments: FirewallKind.rules)
    func `a chain of somebody's drops by its policy`(_ kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            try output(
                of: "nft", "-f", "-",
                input: """
                    table inet guard {
                        set bad { type ipv4_addr; elements = { 192.0.2.66 } }
                        chain before { type filter hook prerouting priority -150; ip saddr @bad drop; }
                        chain way {
                            type filter hook forward priority 5; policy drop;
                            iifname vmap { "eth7" : accept, "eth8" : drop }
                            tcp dport 22 iifname "eth9" accept
                        }
                    }
                    """ + "\n")
            let lab = try Self.lab(kind)
            let sight = try Sight(lab, kind)
            #expect(sight.notes.count == 1)
            #expect(
                sight.notes.allSatisfy {
                    $0.hasPrefix(
                        "forwarded packets of network front (front0) are dropped by table inet guard, chain way, policy drop; "
                    )
                })
            #expect(!sight.isOpenOutwards && !sight.isOpenInwards)
            try shell(sight.remedy)
            let after = try Sight(lab, kind)
            #expect(after.notes == [])
            #expect(after.isOpenOutwards && after.isOpenInwards)
        }
    }

    @Test func `a rule before ours is named by its handle, and one that cannot be told is said to be so`() async throws
    {
        try await inPrivateNamespaces {
            let lab = try Self.lab(.iptables)
            #expect(try Sight(lab, .iptables).notes == [])
            try shell("iptables -I FORWARD -i front0 -j REJECT; iptables -I FORWARD -i other0 -j DROP")
            let handle = try shell("nft -a list chain ip filter FORWARD | sed -n 's/.*front0.*handle //p'")
            let sight = try Sight(lab, .iptables)
            #expect(sight.notes.count == 1)
            #expect(
                sight.notes.allSatisfy {
                    $0.contains(
                        "chain FORWARD, rule with handle \(handle.trimmingPrefix { $0 == " " }.prefix { $0 != "\n" }) (reject)"
                    )
                })
            #expect(!sight.isOpenOutwards)
            try shell(sight.remedy)
            #expect(try Sight(lab, .iptables).notes == [])
            try shell(
                "nft add table inet odd; nft add chain inet odd c '{ type filter hook forward priority 1; }'; "
                    + "nft add rule inet odd c 'iifname != { \"eth7\", \"eth8\" } drop'")
            let odd = try Sight(lab, .iptables)
            #expect(odd.notes.count == 1)
            #expect(odd.notes.allSatisfy { $0.contains("may be dropped by table inet odd, chain c, rule with handle") })
        }
    }

    @Test(.enabled(if: Self.hasLegacyTables, "iptables-legacy, with ip_tables in the kernel"))
    func `the tables of iptables-legacy are said not to be read`() async throws {
        try await inPrivateNamespaces {
            let lab = try Self.lab(.iptables)
            try shell("iptables-legacy -P FORWARD DROP")
            let sight = try Sight(lab, .iptables)
            #expect(sight.notes.count == 1)
            #expect(sight.notes.allSatisfy { $0.contains("`iptables-legacy -S FORWARD` says whether") })
            #expect(!sight.isOpenOutwards)
        }
    }

    private static let hasLegacyTables =
        (try? run(["unshare", "-n", "iptables-legacy", "-S", "FORWARD"]).status == 0) ?? false
}
