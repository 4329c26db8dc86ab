import Planning
@testable import Reconcile
import TestSupport
import Testing
import Topology

/// Rule sets of others that stop what carries overlays between hosts: what is said of them, and what really becomes of the
/// packets.
///
/// This machine is one host, and the other is made by hand: a tunnel with the address of an endpoint there.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ForeignUnderlayTests {
    private static func file(_ node1: String, _ node2: String, _ options: String = "") -> String {
        """
        name: lab
        hosts: {node1: {address: \(node1)}, node2: {address: \(node2)}}
        networks:
          red:
            driver: overlay
            ipam: {config: [{subnet: 10.9.0.0/24}]}
            driver_opts: {\(options)}
          weft_gwbridge: {}
        services:
          a: {host: node1, networks: [red]}
          b: {host: node2, networks: [red]}
        """
    }
    private static let ipv4 = file("\(DockerLab.host)/24", "\(DockerLab.outside)/24")
    private static let ipv6 = file("\"\(DockerLab.host6)/64\"", "\"\(DockerLab.outside6)/64\"")

    /// This host's part of a file, and the other host.
    private struct Pair {
        let lab: DockerLab
        let file: String
        let kind: FirewallKind

        init(_ file: String = ForeignUnderlayTests.ipv4, _ kind: FirewallKind = .iptables) throws {
            (self.file, self.kind) = (file, kind)
            lab = try DockerLab(file, firewall: kind, host: "node1")
            let isIPv6 = file.contains(DockerLab.host6)
            let (remote, local) =
                isIPv6 ? (DockerLab.host6, DockerLab.outside6) : (DockerLab.host, DockerLab.outside)
            try shell(
                """
                ip route add default via \(DockerLab.outside)
                ip -n outside link add vx0 address 02:42:0a:09:00:03 type vxlan id 4096 dstport 4789 \
                    \(isIPv6 ? "udp6zerocsumrx" : "") remote \(remote) local \(local)
                ip -n outside addr add 10.9.0.3/24 dev vx0; ip -n outside link set vx0 mtu 1430 up
                ip -n outside neigh replace 10.9.0.2 lladdr 02:42:0a:09:00:02 dev vx0
                """)
            #expect(try notes() == [])
            #expect(try isOpen())
        }

        func notes() throws -> [String] {
            try KernelTests.notes(on: file, host: "node1", firewall: kind)
        }

        /// Whether endpoints of the overlay on both hosts reach each other.
        func isOpen() throws -> Bool { try lab.echoes(from: "outside", "10.9.0.2") }

        /// What is said of rules that stop the packets; then what helps, which is carried out by `remedy` where it is not a
        /// command of this machine.
        func check(_ start: String, help: String, by remedy: String? = nil) throws {
            let notes = try notes()
            #expect(notes.count == 1)
            #expect(notes.first?.hasPrefix(start) ?? false, "\(notes)")
            #expect(notes.first?.hasSuffix("; what helps: " + help) ?? false, "\(notes)")
            #expect(try !isOpen())
            try shell(remedy ?? help)
            #expect(try self.notes() == [])
            #expect(try isOpen())
        }
    }

    private static let incoming =
        "VXLAN (UDP port 4789) packets from host node2 (\(DockerLab.outside)), which carry overlay red, are dropped by "

    @Test(arguments: FirewallKind.rules)
    func `a policy drops what nobody has let in`(_ kind: FirewallKind) async throws {
        try await inPrivateNamespaces {
            let pair = try Pair(Self.ipv4, kind)
            try shell(
                """
                iptables -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                iptables -A INPUT -p tcp --dport 22 -j ACCEPT; iptables -A INPUT -p udp --dport 53 -j ACCEPT
                iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -p icmp -j ACCEPT; iptables -P INPUT DROP
                """)
            try pair.check(
                Self.incoming + "table ip filter, chain INPUT, policy drop",
                help: "iptables -I INPUT -s \(DockerLab.outside) -p udp --dport 4789 -j ACCEPT")
        }
    }

    @Test func `ufw lets nothing in but what is allowed`() async throws {
        try await inPrivateNamespaces {
            let pair = try Pair(Self.ipv4, .nftables)
            try output(of: "iptables-restore", input: ufwInputRules)
            try pair.check(
                Self.incoming + "table ip filter, chain INPUT, policy drop",
                help: "ufw allow proto udp from \(DockerLab.outside) to any port 4789",
                by: "iptables -A ufw-user-input -p udp -s \(DockerLab.outside) --dport 4789 -j ACCEPT")
            // What people allow comes later.
            try shell("iptables -I ufw-before-input -p udp -j DROP")
            try pair.check(
                Self.incoming + "table ip filter, chain ufw-before-input, rule with handle",
                help: "iptables -I INPUT -s \(DockerLab.outside) -p udp --dport 4789 -j ACCEPT")
        }
    }

    @Test func `firewalld rejects what its zone does not let in`() async throws {
        try await inPrivateNamespaces {
            let pair = try Pair()
            try output(of: "nft", "-f", "-", input: firewalldInputRules(zone: "public"))
            try pair.check(
                Self.incoming + "table inet firewalld, chain filter_IN_public, rule with handle",
                help: "firewall-cmd --zone=public --add-port=4789/udp",
                by: "nft add rule inet firewalld filter_IN_public_allow udp dport 4789 accept")
        }
    }

    @Test func `ports are told by number, set and range, and hosts by address`() async throws {
        try await inPrivateNamespaces {
            let pair = try Pair()
            try output(
                of: "nft", "-f", "-",
                input: """
                    table inet guard {
                        chain in {
                            type filter hook input priority 0; policy drop;
                            ct state established,related accept
                            meta l4proto { icmp, ipv6-icmp } accept
                            tcp dport { 22, 443 } accept
                            udp dport { 53, 4000-4500 } accept
                            ip saddr { 192.0.2.1, 192.0.2.8-192.0.2.15 } accept
                        }
                    }
                    """ + "\n")
            try pair.check(
                Self.incoming + "table inet guard, chain in, policy drop",
                help: "nft insert rule inet guard in ip saddr \(DockerLab.outside) udp dport 4789 accept")
            for accepted in [
                "udp dport { 53, 4000-4999 }", "ip saddr { 192.0.2.1, 198.51.100.0-198.51.100.9 }",
                "udp dport 4000-4999", "udp dport >= 4789", "udp dport != 4000-4500", "ip saddr > 198.51.100.1",
            ] {
                try shell(
                    "nft flush chain inet guard in; nft add rule inet guard in meta l4proto icmp accept; "
                        + "nft add rule inet guard in '\(accepted)' accept")
                #expect(try pair.notes() == [], "\(accepted)")
                #expect(try pair.isOpen(), "\(accepted)")
            }
        }
    }

    @Test(arguments: [
        ("-I INPUT -p udp --dport 4789 -j DROP", "are dropped"),
        ("-I INPUT -i o1 -p udp -j REJECT", "are dropped"),
        ("-t raw -I PREROUTING -s \(DockerLab.outside) -p udp -j DROP", "are dropped"),
        ("-I INPUT -p udp -m multiport --dports 4788,4789 -j DROP", "are dropped"),
        ("-I INPUT -p udp -m multiport --dports 53,4000:4999,123 -j DROP", "are dropped"),
        ("-I INPUT -p udp -m multiport ! --dports 53,4000:4500,123 -j DROP", "are dropped"),
        ("-I INPUT -p udp -m multiport --ports 53,4789 -j DROP", "are dropped"),
        ("-I INPUT -p udp -m multiport --dports 53,4000:4500,123 -j DROP", nil),
        ("-I INPUT -p udp -m multiport ! --dports 53,4000:4999 -j DROP", nil),
        ("-I INPUT -p udp --dport 4000:4999 -j DROP", "are dropped"),
        ("-I INPUT -p udp ! --dport 4000:4500 -j DROP", "are dropped"),
        ("-I INPUT -p udp --dport 4000:4500 -j DROP", nil),
        ("-I INPUT -p udp ! --dport 4000:4999 -j DROP", nil),
        ("-I INPUT -p udp --dport 4788 -j DROP", nil),
        ("-I INPUT -p tcp -m multiport --dports 4788,4789 -j DROP", nil),
        ("-I INPUT -i o9 -j DROP", nil),
        ("-I INPUT -s 198.51.100.3 -j DROP", nil),
    ])
    func `a rule that stops packets is told from one that does not`(_ rule: String, _ words: String?) async throws {
        try await inPrivateNamespaces {
            let pair = try Pair()
            try shell("iptables \(rule)")
            let notes = try pair.notes()
            #expect(notes.count == (words == nil ? 0 : 1), "\(notes)")
            #expect(notes.allSatisfy { $0.contains(words ?? "") && $0.contains("rule with handle") }, "\(notes)")
            #expect(try pair.isOpen() == (words == nil))
        }
    }

    @Test func `what the host must not send is said as well`() async throws {
        try await inPrivateNamespaces {
            let pair = try Pair()
            try shell("iptables -A OUTPUT -p udp -j DROP")
            try pair.check(
                "VXLAN (UDP port 4789) packets to host node2 (\(DockerLab.outside)), which carry overlay red, are dropped by "
                    + "table ip filter, chain OUTPUT, rule with handle",
                help: "iptables -I OUTPUT -d \(DockerLab.outside) -p udp --dport 4789 -j ACCEPT")
        }
    }

    @Test func `an underlay of IPv6 meets rules of IPv6`() async throws {
        try await inPrivateNamespaces {
            let pair = try Pair(Self.ipv6)
            try shell("iptables -A INPUT -p udp -j DROP")
            #expect(try pair.notes() == [])
            #expect(try pair.isOpen())
            try shell("ip6tables -A INPUT -p udp -j DROP")
            try pair.check(
                "VXLAN (UDP port 4789) packets from host node2 (\(DockerLab.outside6))",
                help: "ip6tables -I INPUT -s \(DockerLab.outside6) -p udp --dport 4789 -j ACCEPT")
        }
    }

    @Test func `ufw lets nothing of IPv6 in but what is allowed`() async throws {
        try await inPrivateNamespaces {
            let pair = try Pair(Self.ipv6, .nftables)
            try output(of: "ip6tables-restore", input: ufw6Rules)
            try pair.check(
                "VXLAN (UDP port 4789) packets from host node2 (\(DockerLab.outside6)), which carry overlay red, are dropped by "
                    + "table ip6 filter, chain INPUT, policy drop",
                help: "ufw allow proto udp from \(DockerLab.outside6) to any port 4789",
                by: "ip6tables -A ufw6-user-input -p udp -s \(DockerLab.outside6) --dport 4789 -j ACCEPT")
        }
    }

    @Test func `the gateway bridge of overlays is a network like others`() async throws {
        try await inPrivateNamespaces {
            let pair = try Pair(Self.ipv4, .nftables)
            #expect(try pair.lab.echoes(from: "lab-a", DockerLab.outside))
            try shell("iptables -P FORWARD DROP")
            let notes = try pair.notes()
            #expect(
                notes == [
                    "connections from network weft_gwbridge (weft_gwbridge) are dropped by table ip filter, chain FORWARD, "
                        + "policy drop; what helps: iptables -I FORWARD -i weft_gwbridge -j ACCEPT; "
                        + "iptables -I FORWARD -o weft_gwbridge -j ACCEPT"
                ])
            #expect(try !pair.lab.echoes(from: "lab-a", DockerLab.outside))
            #expect(try pair.isOpen())
            try shell(String(notes.first?.split(separator: "what helps: ").last ?? "false"))
            #expect(try pair.notes() == [])
            #expect(try pair.lab.echoes(from: "lab-a", DockerLab.outside))
        }
    }

    @Test func `GRE is stopped by whatever does not let its protocol in`() async throws {
        let file = Self.file(
            "\(DockerLab.host)/24", "\(DockerLab.outside)/24", "weft.overlay.encapsulation: gretap")
        try await inPrivateNamespaces {
            _ = try DockerLab("{name: none, services: {a: {network_mode: none}}}")
            // The kernel of the tests may have no GRE, and the firewall sees its packets all the same.
            let layout = try Layout(
                of: topology(file), leases: Leases(), surroundings: Surroundings(), host: "node1")
            func notes() throws -> [String] {
                try Session.open(forChange: false) {}.snapshot().obstacles(to: layout, firewall: .iptables)
            }
            #expect(try notes() == [])
            #expect(try Self.isDelivered())
            try shell("iptables -A INPUT -p udp -j ACCEPT; iptables -A INPUT -p icmp -j ACCEPT; iptables -P INPUT DROP")
            let found = try notes()
            let help = "iptables -I INPUT -s \(DockerLab.outside) -p gre -j ACCEPT"
            #expect(
                found == [
                    "GRE packets from host node2 (\(DockerLab.outside)), which carry overlay red, are dropped by "
                        + "table ip filter, chain INPUT, policy drop; what helps: \(help)"
                ])
            #expect(try !Self.isDelivered())
            try shell(help)
            #expect(try notes() == [])
            #expect(try Self.isDelivered())
        }
    }

    /// Whether the host takes a packet of GRE from the machine outside.
    private static func isDelivered() throws -> Bool {
        let receiver = try start([
            "python3", "-u", "-c",
            """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47); s.settimeout(1); print("ready")
            try: print("packet" if s.recv(100) else "")
            except TimeoutError: print("nothing")
            """,
        ])
        try receiver.waitForOutput(containing: "ready")
        try output(
            of: "ip", "netns", "exec", "outside", "python3", "-c",
            """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
            s.sendto(b"\\x20\\x00\\x65\\x58\\x00\\x00\\x10\\x00" + b"\\0" * 46, ("\(DockerLab.host)", 0))
            """)
        return try receiver.wait().stdout.contains("packet")
    }
}
