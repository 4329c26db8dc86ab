import Planning
import Reconcile
import TestSupport
import Testing

/// Rule sets of others that stop echoes between the host and its networks: what is said of them, and what really becomes of the
/// echoes.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ForeignHostTests {
    private static let file = """
        name: lab
        networks:
          front:
            enable_ipv6: true
            ipam: {config: [{subnet: 10.77.1.0/24}, {subnet: "fd00:77:1::/64"}]}
            driver_opts: {com.docker.network.bridge.name: front0}
        services:
          a: {networks: {front: {ipv4_address: 10.77.1.2, ipv6_address: "fd00:77:1::2"}}}
        """
    private static let addresses = ["10.77.1.2": "10.77.1.1", "fd00:77:1::2": "fd00:77:1::1"]

    /// What there is to see with rules of others in place.
    private struct Sight {
        var notes: [String]
        /// Whether the endpoint gets echoes from the host at all of its addresses.
        var isHostOpen: Bool
        /// Whether the host gets them from the endpoint.
        var isEndpointOpen: Bool

        init(_ lab: DockerLab, _ kind: FirewallKind, _ addresses: [String: String] = ForeignHostTests.addresses) throws
        {
            let session = try Session.open(forChange: false) {}
            notes = try session.propose(topology(ForeignHostTests.file), file: nil, firewall: kind).notes
            isHostOpen = try addresses.values.allSatisfy { try lab.echoes(from: "lab-a", $0) }
            isEndpointOpen = try addresses.keys.allSatisfy { try lab.echoes(from: "host", $0) }
        }

        /// The command that is said to help.
        var remedy: String { notes.first.map { String($0.split(separator: "what helps: ").last ?? "") } ?? "" }
    }

    /// The laboratory, once both sides are sure of their IPv6 addresses.
    private static func lab(_ kind: FirewallKind = .iptables) throws -> DockerLab {
        let lab = try DockerLab(file, firewall: kind)
        #expect(try eventually { try lab.echoes(from: "lab-a", "fd00:77:1::1") })
        return lab
    }

    private static func restore(_ rules: [String], policies: String...) throws {
        let chains = ["INPUT", "FORWARD", "OUTPUT"].map {
            ":\($0) \(policies.contains($0) ? "DROP" : "ACCEPT") [0:0]\n"
        }
        try output(
            of: "iptables-restore", "--noflush",
            input: "*filter\n\(chains.joined())\(rules.map { "\($0)\n" }.joined())COMMIT\n")
    }

    /// What a careful host lets in: what it has asked for, and ssh.
    private static let careful = [
        "-A INPUT -i lo -j ACCEPT", "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-A INPUT -m conntrack --ctstate INVALID -j DROP", "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
        "-A INPUT -p udp -m multiport --dports 67,68 -j ACCEPT", "-A INPUT -i other0 -j ACCEPT",
    ]

    @Test(arguments: FirewallKind.rules)
    func `a host that lets in what it knows does not answer its containers`(_ kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            let lab = try Self.lab(kind)
            try Self.restore(Self.careful, policies: "INPUT")
            let sight = try Sight(lab, kind)
            #expect(
                sight.notes == [
                    "pings of the host by network front (front0) are dropped by table ip filter, chain INPUT, policy drop; "
                        + "what helps: iptables -I INPUT -i front0 -p icmp -j ACCEPT"
                ])
            #expect(!sight.isHostOpen && sight.isEndpointOpen)
            try shell(sight.remedy)
            let after = try Sight(lab, kind)
            #expect(after.notes == [])
            #expect(after.isHostOpen && after.isEndpointOpen)
        }
    }

    @Test func `in IPv6 it needs its neighbours too`() async throws {
        try await inPrivateNamespaces {
            let lab = try Self.lab()
            try shell("ip6tables -P INPUT DROP")
            let sight = try Sight(lab, .iptables)
            #expect(
                sight.notes == [
                    "pings between the host and network front (front0) are dropped by table ip6 filter, chain INPUT, "
                        + "policy drop; what helps: ip6tables -I INPUT -i front0 -p ipv6-icmp -j ACCEPT"
                ])
            #expect(!sight.isHostOpen && !sight.isEndpointOpen)
            try shell(sight.remedy)
            let after = try Sight(lab, .iptables)
            #expect(after.notes == [])
            #expect(after.isHostOpen && after.isEndpointOpen)
        }
    }

    @Test func `a host that lets nothing out sends no echoes either`() async throws {
        try await inPrivateNamespaces {
            let lab = try Self.lab()
            try shell("iptables -P OUTPUT DROP; iptables -A OUTPUT -p icmp -m icmp --icmp-type 3 -j ACCEPT")
            let sight = try Sight(lab, .iptables, ["10.77.1.2": "10.77.1.1"])
            #expect(sight.notes.count == 1)
            #expect(
                sight.notes.allSatisfy {
                    $0.hasPrefix(
                        "pings between the host and network front (front0) are dropped by table ip filter, chain OUTPUT"
                    )
                })
            #expect(sight.remedy == "iptables -I OUTPUT -o front0 -p icmp -j ACCEPT")
            #expect(!sight.isHostOpen && !sight.isEndpointOpen)
            try shell(sight.remedy)
            let after = try Sight(lab, .iptables)
            #expect(after.notes == [])
            #expect(after.isHostOpen && after.isEndpointOpen)
        }
    }

    /// Types of messages as conditions, and whether echo requests meet them.
    @Test(arguments: [
        ("-p icmp -m icmp --icmp-type echo-request", true), ("-p icmp -m icmp --icmp-type any", true),
        ("-p icmp -m icmp --icmp-type 8/0", true), ("-p icmp -m icmp --icmp-type 8/1", false),
        ("-p icmp -m icmp ! --icmp-type 8", false), ("-p icmp -m icmp ! --icmp-type 3", true),
        ("-p tcp -m tcp --dport 8", false), ("! -p tcp", true), ("-m addrtype --dst-type LOCAL", true),
        ("-s 10.77.0.0/16", true), ("-d 10.77.1.1/32", true), ("-d 10.77.1.2/32", false), ("-i front+", true),
    ])
    func `echo requests are told from other packets`(condition: String, isMet: Bool) async throws {
        try await inPrivateNamespaces {
            let rules = ["-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT", "-A INPUT \(condition) -j ACCEPT"]
            let lab = try Self.lab()
            try Self.restore(rules, policies: "INPUT")
            let sight = try Sight(lab, .iptables, ["10.77.1.2": "10.77.1.1"])
            #expect(sight.isHostOpen == isMet)
            #expect(sight.notes.isEmpty == isMet, "\(sight.notes)")
        }
    }

    @Test func `ufw answers echoes unless it is told not to`() async throws {
        try await inPrivateNamespaces {
            let lab = try Self.lab()
            try output(of: "iptables-restore", "--noflush", input: ufwInputRules)
            let sight = try Sight(lab, .iptables)
            #expect(sight.notes == [])
            #expect(sight.isHostOpen && sight.isEndpointOpen)
            try shell("iptables -D ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT")
            let silent = try Sight(lab, .iptables)
            #expect(silent.notes.count == 1)
            #expect(silent.remedy == "ufw allow in on front0")
            #expect(!silent.isHostOpen && silent.isEndpointOpen)
            // What ufw makes of it.
            try shell("iptables -A ufw-user-input -i front0 -j ACCEPT")
            let after = try Sight(lab, .iptables)
            #expect(after.notes == [])
            #expect(after.isHostOpen && after.isEndpointOpen)
            try shell("iptables -I ufw-before-input -p icmp -m icmp --icmp-type 8 -j DROP")
            let shut = try Sight(lab, .iptables)
            #expect(shut.remedy == "iptables -I INPUT -i front0 -p icmp -j ACCEPT")
            #expect(!shut.isHostOpen)
        }
    }

    @Test func `ufw answers echoes of IPv6 as those of IPv4`() async throws {
        try await inPrivateNamespaces {
            let lab = try Self.lab()
            try output(
                of: "ip6tables-restore", "--noflush",
                input: ufw6Rules.replacing(":FORWARD DROP", with: ":FORWARD ACCEPT"))
            let sight = try Sight(lab, .iptables)
            #expect(sight.notes == [])
            #expect(sight.isHostOpen && sight.isEndpointOpen)
            try shell("ip6tables -D ufw6-before-input -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT")
            let silent = try Sight(lab, .iptables)
            #expect(silent.notes.count == 1)
            #expect(silent.remedy == "ufw allow in on front0")
            #expect(!silent.isHostOpen && silent.isEndpointOpen)
            // What ufw makes of it.
            try shell("ip6tables -A ufw6-user-input -i front0 -j ACCEPT")
            let after = try Sight(lab, .iptables)
            #expect(after.notes == [])
            #expect(after.isHostOpen && after.isEndpointOpen)
        }
    }

    @Test(arguments: ["public", "drop"])
    func `firewalld answers echoes in most of its zones`(zone: String) async throws {
        try await inPrivateNamespaces {
            let lab = try Self.lab()
            try output(of: "nft", "-f", "-", input: firewalldInputRules(zone: zone))
            let sight = try Sight(lab, .iptables)
            #expect(sight.notes.isEmpty == (zone == "public"), "\(sight.notes)")
            #expect(sight.isHostOpen == (zone == "public") && sight.isEndpointOpen)
            guard zone == "drop" else { return }
            #expect(
                sight.notes.allSatisfy {
                    $0.hasPrefix(
                        "pings of the host by network front (front0) are dropped by table inet firewalld, chain filter_IN_drop"
                    )
                })
            #expect(sight.remedy == "firewall-cmd --zone=trusted --add-interface=front0")
            try shell("nft insert rule inet firewalld filter_INPUT_ZONES iifname front0 goto filter_IN_trusted")
            let after = try Sight(lab, .iptables)
            #expect(after.notes == [])
            #expect(after.isHostOpen)
        }
    }

    @Test(arguments: [
        ("icmp type { echo-request, echo-reply } accept", true), ("icmp type { 3-8, 11 } accept", true),
        ("icmp type { 9-13, 3 } accept", false), ("meta l4proto { icmp, ipv6-icmp } accept", true),
        ("ip protocol icmp accept", true), ("ip protocol { tcp, udp } accept", false),
        ("icmp type vmap { echo-request : accept, redirect : drop }", true),
        ("meta l4proto vmap { icmp : drop, tcp : accept }", false), ("fib daddr type local accept", true),
        ("meta l4proto . th dport { tcp . 22, udp . 53 } accept", false), ("icmp code 0 accept", true),
        ("icmp type 3-8 accept", true), ("icmp type 9-13 accept", false), ("icmp type != 3-8 accept", false),
        ("icmp type != 9-13 accept", true), ("icmp type < 8 accept", false), ("icmp type <= 8 accept", true),
        ("icmp type > 8 accept", false), ("icmp type >= 8 accept", true), ("meta l4proto 2-16 accept", false),
        ("ip saddr 10.77.1.0-10.77.2.9 accept", true), ("ip saddr 10.77.2.0-10.77.3.9 accept", false),
        ("ip daddr 10.77.1.1-10.77.1.5 accept", true), ("ip daddr != 10.77.1.1-10.77.1.5 accept", false),
    ])
    func `a chain of somebody's is read as nft writes it`(rule: String, isMet: Bool) async throws {
        try await inPrivateNamespaces {
            let lab = try Self.lab()
            try output(
                of: "nft", "-f", "-",
                input: """
                    table inet guard {
                        chain in {
                            type filter hook input priority 5; policy drop;
                            ct state vmap { established : accept, related : accept, invalid : drop }
                            iifname "lo" accept
                            icmpv6 type { echo-request, nd-neighbor-solicit, nd-neighbor-advert } accept
                            \(rule)
                        }
                    }
                    """ + "\n")
            let sight = try Sight(lab, .iptables, ["10.77.1.2": "10.77.1.1"])
            #expect(sight.isHostOpen == isMet)
            #expect(sight.notes.isEmpty == isMet, "\(sight.notes)")
            guard !isMet, !rule.contains("vmap") else { return }
            #expect(sight.remedy == "nft insert rule inet guard in iifname front0 meta l4proto icmp accept")
            try shell(sight.remedy)
            let after = try Sight(lab, .iptables)
            #expect(after.notes == [])
            #expect(after.isHostOpen && after.isEndpointOpen)
        }
    }
}
