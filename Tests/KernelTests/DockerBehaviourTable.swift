import TestSupport
import Testing

/// A behaviour of Docker's that shows at rest: a command, and what it must or must not print.
struct DockerBehaviour: Sendable, CustomTestStringConvertible {
    let says: String
    let command: String
    let expected: [String]
    let absent: [String]

    init(_ says: String, _ command: String, has expected: [String] = [], lacks absent: [String] = []) {
        self.says = says
        self.command = command
        self.expected = expected
        self.absent = absent
    }

    var testDescription: String { says }
}

/// One row for each behaviour of addressing, names, bridges, rules and ports, asked of the kernel by the usual tools.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct DockerBehaviourTable {
    private static let file = """
        name: lab
        networks:
          auto: {}
          next: {}
          ranged:
            driver_opts: {com.docker.network.bridge.name: mybr0, com.docker.network.driver.mtu: 1400}
            ipam: {config: [{subnet: 172.30.0.0/16, ip_range: 172.30.5.0/24, aux_addresses: {one: 172.30.5.1}}]}
          six: {enable_ipv6: true, ipam: {config: [{subnet: 172.29.0.0/24}, {subnet: "fd00:29::/64"}]}}
          ula: {enable_ipv6: true}
          shut: {internal: true, ipam: {config: [{subnet: 10.77.3.0/24}]}}
        services:
          a: {networks: [auto, ranged], ports: ["8080:80", "127.0.0.1:5353:53/udp", "9000-9001:90-91"]}
          b: {networks: {ranged: {}, six: {ipv4_address: 172.29.0.9}}, ports: ["7070:70"]}
          c: {networks: [shut]}
          d: {networks: [next, ula]}
          e: {network_mode: bridge}
          f: {network_mode: none}
          g: {networks: {auto: {mac_address: "02:00:00:00:00:09", interface_name: wan}}}
        """

    /// Address pools and address management (§1 of what is mirrored).
    private static let addressing = [
        DockerBehaviour(
            "the predefined bridge has 172.17.0.0/16, and its containers begin at .2",
            "ip -4 -o addr show weft0; ip -n lab-e -4 -o addr", has: ["172.17.0.1/16", "172.17.0.2/16"]),
        DockerBehaviour(
            "networks without a subnet get the next pools in order, gateways first",
            "ip -4 -o addr", has: ["172.18.0.1/16", "172.19.0.1/16"]),
        DockerBehaviour(
            "a gateway that is not given is the first address of the ip_range",
            "ip -4 -o addr show mybr0", has: ["172.30.5.0/16"]),
        DockerBehaviour(
            "auxiliary addresses are given to nobody", "ip -n lab-a -4 -o addr", has: ["172.30.5.2/16"],
            lacks: ["172.30.5.1/"]),
        DockerBehaviour("a static address is the endpoint's", "ip -n lab-b -4 -o addr", has: ["172.29.0.9/24"]),
        DockerBehaviour(
            "IPv6 without a subnet is a unique local /64", "ip -n lab-d -6 -o addr show scope global",
            has: ["inet6 fd", "/64"]),
        DockerBehaviour(
            "MAC addresses are 02:42 and the IPv4 address, unless the file says",
            "ip -n lab-b -o link; ip -n lab-g -o link", has: ["02:42:ac:1d:00:09", "02:00:00:00:00:09"]),
    ]

    /// Names, Ethernet addresses, MTU, and how bridges are made (§2, §3), networks without addresses (§9).
    private static let links = [
        DockerBehaviour("a bridge's name is the option's", "ip -o link show type bridge", has: ["mybr0"]),
        DockerBehaviour(
            "other bridges are br- and 12 hexadecimal digits",
            "ip -br link show type bridge | grep -cE '^br-[0-9a-f]{12} '", has: ["5\n"]),
        DockerBehaviour(
            "the host's ends of pairs are veth and hexadecimal digits, up, and ports of their bridges",
            "ip -o link show type veth | grep -vE ' veth[0-9a-f]{7,}@.*,UP,.* master ' | wc -l", has: ["0\n"]),
        DockerBehaviour(
            "the sandbox's ends are eth0, eth1 and so on", "ip -n lab-b -br link", has: ["lo ", "eth0@", "eth1@"]),
        DockerBehaviour(
            "nothing waits in pairs to be sent", "ip -o link show type veth; ip -n lab-b -o link show eth0",
            has: ["veth"], lacks: ["qlen"]),
        DockerBehaviour(
            "bridges have neither spanning tree nor VLANs", "ip -d -o link show mybr0",
            has: ["stp_state 0", "vlan_filtering 0", ",UP"]),
        DockerBehaviour(
            "without the mtu option everything has that of Ethernet",
            "ip -n lab-e -o link show eth0; ip -o link show weft0",
            has: ["mtu 1500"], lacks: ["mtu 1400"]),
        DockerBehaviour(
            "IPv6 is on on interfaces of networks with it",
            "ip netns exec lab-b cat /proc/sys/net/ipv6/conf/eth1/disable_ipv6", has: ["0"]),
        DockerBehaviour(
            "the mtu option is for the bridge and both ends of its pairs",
            "ip -o link show mybr0; ip -n lab-a -o link show eth1; ip -o link show master mybr0", has: ["mtu 1400"],
            lacks: ["mtu 1500"]),
        DockerBehaviour("an interface can have its own name", "ip -n lab-g -br link", has: ["wan@"], lacks: ["eth0"]),
        DockerBehaviour("network_mode none has loopback alone", "ip -n lab-f -br link", has: ["lo"], lacks: ["eth"]),
        DockerBehaviour(
            "bridges accept no router advertisements", "sysctl -n net.ipv6.conf.mybr0.accept_ra", has: ["0"]),
        DockerBehaviour(
            "IPv6 is off on interfaces of networks without it",
            "ip netns exec lab-g sysctl -n net.ipv6.conf.wan.disable_ipv6", has: ["1"]),
        DockerBehaviour(
            "forwarding is on, in both families",
            "sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv6.conf.default.forwarding",
            has: ["1\n1\n1"]
        ),
        DockerBehaviour(
            "bridges with published ports route 127.0.0.0/8", "cat /proc/sys/net/ipv4/conf/br-*/route_localnet",
            has: ["1"]
        ),
        DockerBehaviour(
            "the port of who publishes is a hairpin, others are not",
            "bridge -d link show | grep -o 'hairpin o[nf]*' | sort | uniq -c", has: ["hairpin on", "hairpin off"]),
        DockerBehaviour(
            "the default route takes the network that comes first", "ip -n lab-a route show default",
            has: ["default via 172.18.0.1 dev eth0"]),
    ]

    /// The rules of Docker 28 and later (§4), with those of published ports (§7).
    private static let rules = [
        DockerBehaviour(
            "the user's chain comes first, and policies stay", "iptables-save -t filter",
            has: [":FORWARD ACCEPT", "-A FORWARD -j WEFT-USER\n-A FORWARD -j WEFT-FORWARD"]),
        DockerBehaviour(
            "forwarding asks about replies, internal networks and bridges in turn", "iptables -S WEFT-FORWARD",
            has: [
                "-A WEFT-FORWARD -j WEFT-CT\n-A WEFT-FORWARD -j WEFT-INTERNAL\n-A WEFT-FORWARD -j WEFT-BRIDGE",
                "-A WEFT-FORWARD -i mybr0 ",
            ]),
        DockerBehaviour(
            "replies come in", "iptables -S WEFT-CT",
            has: ["-A WEFT-CT -o mybr0 -m conntrack --ctstate RELATED,ESTABLISHED "]),
        DockerBehaviour(
            "what goes into a bridge passes its published ports", "iptables -S WEFT-BRIDGE",
            has: ["-A WEFT-BRIDGE -o mybr0 "], lacks: ["DROP"]),
        DockerBehaviour(
            "the user's chain is there, and empty", "iptables -S WEFT-USER", has: ["-N WEFT-USER\n"], lacks: ["-A"]),
        DockerBehaviour(
            "local addresses lead to the published ports", "iptables-save -t nat",
            has: [
                "-A PREROUTING -m addrtype --dst-type LOCAL -j WEFT", "-A OUTPUT -m addrtype --dst-type LOCAL -j WEFT",
            ]),
        DockerBehaviour(
            "what leaves is masqueraded", "iptables -t nat -S POSTROUTING",
            has: ["-A POSTROUTING -s 172.30.0.0/16 ! -o mybr0 "], lacks: ["10.77.3.0"]),
        DockerBehaviour(
            "a published port is translated and let in, before the rest is dropped",
            "iptables -S WEFT; iptables -t nat -S WEFT",
            has: ["-d 172.18.0.2/32 ! -i br-", "--dport 80 ", "--to-destination 172.18.0.2:80", "! -i mybr0 -o mybr0 "]),
        DockerBehaviour(
            "a range is spread port by port", "iptables -t nat -S WEFT",
            has: ["--dport 9000 ", "172.18.0.2:90", "--dport 9001 ", "172.18.0.2:91"]),
        DockerBehaviour(
            "endpoints are not reached directly from elsewhere", "iptables-save -t raw",
            has: ["-A PREROUTING -d 172.18.0.2/32 ! -i br-"]),
        DockerBehaviour(
            "a port on 127.0.0.1 is for the host alone", "iptables-save -t raw",
            has: ["-A PREROUTING -d 127.0.0.1/32 ! -i lo -p udp -m udp --dport 5353 "]),
        DockerBehaviour(
            "an internal network is shut in both directions", "iptables -S WEFT-INTERNAL",
            has: ["! -s 10.77.3.0/24 -o br-", "! -d 10.77.3.0/24 -i br-"]),
        DockerBehaviour(
            "IPv6 has the same rules in its own tables", "ip6tables-save",
            has: [
                "-A FORWARD -j WEFT-USER", "--to-destination [fd00:29::2]:70", "-s fd00:29::/64 ! -o br-",
                "-A PREROUTING -d fd00:29::2/128 ! -i br-",
            ]),
    ]

    @Test func `every behaviour shows on the kernel`() async throws {
        try await inPrivateNamespaces {
            try replaceResolver("nameserver 192.0.2.1\n")
            try apply(Self.file)
            for row in Self.addressing + Self.links + Self.rules {
                let text = try shell(row.command)
                for part in row.expected { #expect(text.contains(part), "\(row.says)") }
                for part in row.absent { #expect(!text.contains(part), "\(row.says)") }
            }
        }
    }

    @Test func `a released address is given again, and nobody else moves`() async throws {
        try await inPrivateNamespaces {
            func address(_ container: String) throws -> String { try shell("ip -n \(container) -4 -o addr show eth0") }
            try apply("{name: lab, services: {a: {}, b: {}}}")
            #expect(try address("lab-a").contains("172.18.0.2/"))
            try apply("{name: lab, services: {b: {}}}")
            #expect(try address("lab-b").contains("172.18.0.3/"))
            try apply("{name: lab, services: {c: {}, b: {}}}")
            #expect(try address("lab-c").contains("172.18.0.2/"))
            #expect(try address("lab-b").contains("172.18.0.3/"))
        }
    }

    @Test func `pools pass over what the host routes and asks`() async throws {
        try await inPrivateNamespaces {
            try shell("ip link add o1 type bridge; ip link set o1 up; ip addr add 172.18.3.1/24 dev o1")
            try replaceResolver("nameserver 172.19.0.53\n")
            try apply("{name: lab, services: {a: {}}}")
            #expect(try shell("ip -n lab-a -4 -o addr show eth0").contains("172.20.0.2/16"))
        }
    }

    @Test func `published ports answer from everywhere that Docker's do`() async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.file)
            try lab.serve("lab-a", 80)
            try lab.serve("lab-a", 53)
            try lab.serve("lab-b", 70)
            for from in ["outside", "host", "lab-g", "lab-d", "lab-a"] {
                #expect(try lab.seen(from: from, at: DockerLab.host, 8080) != nil, "\(from)")
            }
            #expect(try lab.seen(from: "host", at: "127.0.0.1", 8080) != nil)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == DockerLab.outside)
            #expect(try lab.seen(from: "outside", at: DockerLab.host6, 7070) == DockerLab.outside6)
            #expect(try lab.seen(from: "host", at: "127.0.0.1", 5353, "udp") != nil)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 5353, "udp") == nil)
            try shell(
                "ip -n outside route add 127.0.0.2/32 via \(DockerLab.host); ip -n outside addr del 127.0.0.1/8 dev lo")
            try shell(
                "ip -n outside route add 127.0.0.1/32 via \(DockerLab.host); ip netns exec outside sysctl -qw net.ipv4.conf.all.route_localnet=1"
            )
            #expect(try lab.seen(from: "outside", at: "127.0.0.1", 5353, "udp") == nil)
            #expect(try lab.seen(from: "lab-c", at: DockerLab.host, 8080) == nil)
        }
    }
}
