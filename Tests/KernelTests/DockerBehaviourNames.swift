import Planning
import Reconcile
import TestSupport
import Testing
import Topology

/// What a container finds in its `/etc` and below `/proc/sys`, and how its interfaces are addressed.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct DockerBehaviourNames {
    @Test func `resolv.conf has servers, search domains and options in Docker's order`() async throws {
        try await inPrivateNamespaces {
            try replaceResolver("nameserver 192.0.2.1\nnameserver 127.0.0.53\nsearch host.example\n")
            let file = """
                name: lab
                services:
                  a: {dns: [192.0.2.53, "2001:db8::53"], dns_search: [a.example, b.example], dns_opt: ["ndots:2", rotate]}
                  b: {dns_opt: [rotate]}
                  c: {dns: 192.0.2.53, dns_search: .}
                  d: {}
                """
            try apply(file)
            func lines(_ name: String) throws -> [String] {
                try shell("ip netns exec \(name) cat /etc/resolv.conf").split(separator: "\n").map(String.init)
                    .filter { !$0.hasPrefix("#") }
            }
            #expect(
                try lines("lab-a") == [
                    "nameserver 192.0.2.53", "nameserver 2001:db8::53", "search a.example b.example",
                    "options ndots:2 rotate",
                ])
            #expect(try lines("lab-b") == ["nameserver 192.0.2.1", "search host.example", "options rotate"])
            #expect(try lines("lab-c") == ["nameserver 192.0.2.53"])
            #expect(try lines("lab-d") == ["nameserver 192.0.2.1", "nameserver 127.0.0.53", "search host.example"])
            #expect(try plan(file) == [])
            try apply(file.replacing("{dns_opt: [rotate]}", with: "{}"))
            #expect(try shell("ls /etc/netns/lab-b") == "hosts\n")
            try remove("lab")
            #expect(try shell("ls -d /etc/netns/lab-* 2>/dev/null || true") == "")
        }
    }

    @Test func `the hosts file is Docker's head, extra hosts, links, then the container's own names`() async throws {
        try await inPrivateNamespaces {
            try apply(
                """
                name: lab
                networks: {net: {ipam: {config: [{subnet: 10.77.1.0/24}]}}}
                services:
                  a: {networks: [net], hostname: alpha, domainname: example.org, extra_hosts: ["x=192.0.2.9"], links: ["b:bee"]}
                  b: {networks: [net]}
                """)
            let lines = try shell("cat /etc/netns/lab-a/hosts").split(separator: "\n")
            #expect(
                lines.dropFirst().map { withoutIdentifier($0) } == [
                    "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback", "fe00::\tip6-localnet",
                    "ff00::\tip6-mcastprefix", "ff02::1\tip6-allnodes", "ff02::2\tip6-allrouters", "192.0.2.9\tx",
                    "10.77.1.3\tbee b-1 lab-b-1", "10.77.1.2\talpha.example.org alpha lab-a a", "10.77.1.3\tlab-b b",
                ])
            try shell("ip netns exec lab-a ping -q -c1 -w10 bee")
            #expect(try run(["ip", "netns", "exec", "lab-b", "getent", "hosts", "bee"]).status != 0)
        }
    }

    @Test func `a container is known by its names, its hostname and the beginning of its identifier`() async throws {
        try await inPrivateNamespaces {
            let text = """
                name: lab
                services:
                  a: {links: [b, "b:bee"]}
                  b: {scale: 2, hostname: beta, networks: {default: {aliases: [store]}}}
                """
            try apply(text)
            let layout = try #require(try Session.open(forChange: false) {}.foundTopologies().first?.layout)
            let target = try #require(layout.containers.first { $0.name == "lab-b-2" })
            // What `weft inspect` lists as DNSNames.
            let names = ["lab-b-2", "b", "store", String(layout.identifier(of: target).prefix(12)), "beta"]
            for name in names {
                let found = try shell("ip netns exec lab-a getent ahostsv4 \(name)")
                #expect(found.contains("172.18.0.4 "), "\(name): \(found)")
            }
            // A link's name that is another container's own leads there.
            #expect(try !shell("ip netns exec lab-a getent ahostsv4 lab-b-1").contains("172.18.0.4"))
            #expect(try shell("ip netns exec lab-a getent ahostsv4 bee").contains("172.18.0.4"))
            #expect(try shell("ip netns exec lab-a getent ahostsv4 b-1").contains("172.18.0.4"))
        }
    }

    @Test func `changes reach programs that run already`() async throws {
        try await inPrivateNamespaces {
            let file = "{name: lab, services: {a: {dns: 192.0.2.53, extra_hosts: [x=192.0.2.9, y=192.0.2.10]}}}"
            try apply(file)
            let program = try start(["ip", "netns", "exec", "lab-a", "sh", "-c", "echo ready; sleep 600"])
            try program.waitForOutput(containing: "ready")
            func seen(_ path: String) throws -> String {
                try shell("nsenter --mount --target \(program.identifier) cat \(path)")
            }
            try apply("{name: lab, services: {a: {dns: 192.0.2.54, extra_hosts: [x=192.0.2.9]}, b: {}}}")
            let hosts = try seen("/etc/hosts")
            #expect(hosts.contains("172.18.0.3\tlab-b b "))
            #expect(!hosts.contains("192.0.2.10"))
            #expect(try seen("/etc/resolv.conf").contains("nameserver 192.0.2.54\n"))
            try apply("{name: lab, services: {a: {dns: 192.0.2.54}}}")
            #expect(try seen("/etc/hosts") == shell("cat /etc/netns/lab-a/hosts"))
            #expect(try !seen("/etc/hosts").contains("lab-b"))
        }
    }

    @Test func `without IPv6 on the loopback a hosts file has no line of it`() async throws {
        try await inPrivateNamespaces {
            try apply(
                """
                name: lab
                networks: {net: {enable_ipv6: true, ipam: {config: [{subnet: 10.77.1.0/24}]}}}
                services:
                  a: {networks: [net], extra_hosts: ["x=::5", "y=192.0.2.5"], sysctls: {net.ipv6.conf.all.disable_ipv6: 1}}
                  b: {networks: [net]}
                """)
            #expect(
                try shell("cat /etc/netns/lab-a/hosts").split(separator: "\n").dropFirst().map { withoutIdentifier($0) }
                    == [
                        "127.0.0.1\tlocalhost", "192.0.2.5\ty", "10.77.1.2\tlab-a a", "10.77.1.3\tlab-b b",
                    ])
            #expect(try shell("cat /etc/netns/lab-b/hosts").contains("::1\tlocalhost"))
        }
    }

    @Test func `on the predefined bridge a container is known by name only to whom a link leads there`() async throws {
        try await inPrivateNamespaces {
            try apply(
                """
                name: lab
                services:
                  a: {network_mode: bridge}
                  b: {network_mode: bridge, links: [a, "a:one"]}
                  c: {network_mode: bridge}
                """)
            func address(of name: String, from container: String) throws -> String? {
                let result = try run(["ip", "netns", "exec", container, "getent", "hosts", name])
                return result.status == 0 ? result.stdout.split(separator: " ").first.map(String.init) : nil
            }
            #expect(try address(of: "one", from: "lab-b") == "172.17.0.2")
            #expect(try address(of: "a", from: "lab-b") == "172.17.0.2")
            #expect(try address(of: "lab-c", from: "lab-c") == "172.17.0.4")
            #expect(try address(of: "lab-c", from: "lab-b") == nil)
            #expect(try address(of: "a", from: "lab-c") == nil)
        }
    }

    @Test func `on the host's network a container has the names that its file gives it, and the host's otherwise`()
        async throws
    {
        try await inPrivateNamespaces {
            try replaceResolver("nameserver 127.0.0.53\nnameserver 192.0.2.1\nsearch host.example\n")
            let file = """
                name: lab
                services:
                  a: {network_mode: host, hostname: alpha, domainname: example.org, extra_hosts: ["x=192.0.2.9", "here=host-gateway"]}
                  b: {network_mode: host, dns_search: b.example}
                  c: {network_mode: host, dns: 192.0.2.53, dns_opt: [rotate]}
                  d: {network_mode: host}
                """
            try checkLifecycle(of: file) {
                #expect(
                    try shell("cd /etc/netns; ls -d */*")
                        == "lab-a/hostname\nlab-a/hosts\nlab-b/resolv.conf\nlab-c/resolv.conf\n")
                func lines(_ path: String) throws -> [String] {
                    try shell("cat /etc/netns/\(path)").split(separator: "\n").map(String.init)
                }
                // moby's buildHostsFile: with extra hosts it is no copy of the host's.
                #expect(
                    try lines("lab-a/hosts") == [
                        "# weft:lab", "127.0.0.1\tlocalhost", "::1\tlocalhost ip6-localhost ip6-loopback",
                        "fe00::\tip6-localnet", "ff00::\tip6-mcastprefix", "ff02::1\tip6-allnodes",
                        "ff02::2\tip6-allrouters", "192.0.2.9\tx", "127.0.0.1\there",
                    ])
                #expect(try lines("lab-a/hostname") == ["# weft:lab", "# domainname example.org", "alpha"])
                #expect(
                    try lines("lab-b/resolv.conf") == [
                        "# weft:lab", "nameserver 127.0.0.53", "nameserver 192.0.2.1", "search b.example",
                    ])
                #expect(
                    try lines("lab-c/resolv.conf") == [
                        "# weft:lab", "nameserver 192.0.2.53", "search host.example", "options rotate",
                    ])
                try shell("echo 192.0.2.66 x >> /etc/netns/lab-a/hosts; rm /etc/netns/lab-c/resolv.conf")
                #expect(
                    try plan(file) == [
                        "~ file /etc/netns/lab-a/hosts content", "+ file /etc/netns/lab-c/resolv.conf",
                    ])
                try apply(file)
                #expect(try lines("lab-a/hosts").count == 9)
            }
        }
    }

    @Test func `sysctls of a service and of an endpoint are set, and set again after drift`() async throws {
        try await inPrivateNamespaces {
            let file = """
                name: lab
                services:
                  a:
                    sysctls: {net.ipv4.ip_forward: 1, net.ipv4.ip_local_port_range: 20000 30000}
                    networks:
                      default:
                        interface_name: lan.7
                        driver_opts: {com.docker.network.endpoint.sysctls: "net.ipv4.conf.IFNAME.rp_filter=2,net.ipv4.neigh.IFNAME.ucast_solicit=7"}
                """
            try apply(file)
            func value(_ path: String) throws -> String { try shell("ip netns exec lab-a cat /proc/sys/net/\(path)") }
            #expect(try value("ipv4/ip_forward") == "1\n")
            #expect(try value("ipv4/ip_local_port_range") == "20000\t30000\n")
            #expect(try value("ipv4/conf/lan.7/rp_filter") == "2\n")
            #expect(try value("ipv4/neigh/lan.7/ucast_solicit") == "7\n")
            #expect(try plan(file) == [])
            try shell("ip netns exec lab-a sysctl -qw net.ipv4.ip_forward=0")
            #expect(try plan(file) == ["~ sysctl lab-a:net.ipv4.ip_forward = 1 was 0"])
            try apply(file)
            #expect(try value("ipv4/ip_forward") == "1\n")
        }
    }

    @Test func `a sysctl that leaves the file is again as in a new container`() async throws {
        func file(_ sysctls: String, _ endpoint: String) -> String {
            """
            name: lab
            services:
              new: {}
              a:
                sysctls: {net.ipv4.tcp_keepalive_time: 600\(sysctls)}
                networks:
                  default: {driver_opts: {com.docker.network.endpoint.sysctls: "net.ipv4.conf.IFNAME.log_martians=1\(endpoint)"}}
            """
        }
        let all = file(
            ", net.ipv4.ip_forward: 1, net.ipv4.ip_local_port_range: 20000 30000, net.ipv4.conf.all.log_martians: 1",
            ",net.ipv4.conf.IFNAME.rp_filter=2")
        let few = file("", "")
        try await inPrivateNamespaces {
            try apply(all)
            let paths = ["ip_forward", "ip_local_port_range", "conf/eth0/rp_filter"].map { "net/ipv4/\($0)" }
            func values(_ name: String, _ paths: [String]) throws -> String {
                try shell("ip netns exec \(name) sysctl -n \(paths.joined(separator: " "))")
            }
            #expect(try values("lab-a", paths) == "1\n20000\t30000\n2\n")
            #expect(try plan(few).count == 3)
            try apply(few)
            #expect(try values("lab-a", paths) == values("lab-new", paths))
            let kept = [
                "net/ipv4/tcp_keepalive_time", "net/ipv4/conf/eth0/log_martians", "net/ipv4/conf/all/log_martians",
            ]
            #expect(try values("lab-a", kept) == "600\n1\n1\n")
            #expect(try plan(few) == [])
        }
    }

    @Test func `a network has several subnets, each with its gateway, and addresses come from the first with room`()
        async throws
    {
        try await inPrivateNamespaces {
            let lab = try DockerLab(
                """
                name: lab
                networks:
                  net:
                    enable_ipv6: true
                    driver_opts: {com.docker.network.bridge.name: br-own}
                    ipam: {config: [{subnet: 10.77.1.0/30}, {subnet: 10.77.2.0/24}, {subnet: "fd00:77::/64"}]}
                services:
                  a: {networks: [net]}
                  b: {networks: [net]}
                  c: {networks: {net: {ipv4_address: 10.77.2.9}}}
                """)
            let bridge = try shell("ip -o addr show dev br-own scope global")
            #expect(["10.77.1.1/30", "10.77.2.1/24", "fd00:77::1/64"].allSatisfy { bridge.contains($0) })
            #expect(try shell("ip -n lab-a -4 -o addr show dev eth0").contains("10.77.1.2/30"))
            #expect(try shell("ip -n lab-b -4 -o addr show dev eth0").contains("10.77.2.2/24"))
            #expect(try shell("ip -n lab-b route show default").hasPrefix("default via 10.77.2.1"))
            for (from, to) in [("lab-b", "10.77.2.9"), ("lab-a", "10.77.1.1"), ("lab-a", "fd00:77::3")] {
                #expect(try lab.echoes(from: from, to))
            }
            for container in ["lab-a", "lab-c"] { #expect(try lab.echoes(from: container, DockerLab.outside)) }
        }
    }

    @Test(arguments: FirewallKind.rules, [false, true])
    func `subnets of one network reach each other by its bridge, where bridged packets are filtered too`(
        kind: FirewallKind, isInternal: Bool
    ) async throws {
        try await inPrivateNamespaces {
            let lab = try DockerLab(
                """
                name: lab
                networks:
                  net: {internal: \(isInternal), ipam: {config: [{subnet: 10.77.1.0/30}, {subnet: 10.77.2.0/24}]}}
                  filtered: {driver_opts: {com.docker.network.bridge.enable_icc: "false"}}
                services:
                  a: {networks: [net]}
                  b: {networks: [net]}
                  c: {networks: [net]}
                  other: {networks: [filtered]}
                """, firewall: kind)
            #expect(try shell("sysctl -n net.bridge.bridge-nf-call-iptables") == "1\n")
            for (from, to) in [("lab-a", "10.77.2.2"), ("lab-b", "10.77.1.2"), ("lab-b", "10.77.2.3")] {
                #expect(try lab.echoes(from: from, to))
            }
            #expect(try lab.echoes(from: "lab-a", DockerLab.outside) == !isInternal)
            #expect(try !lab.echoes(from: "outside", "10.77.2.2"))
        }
    }

    @Test func `link_local_ips are addresses of the interface besides the network's`() async throws {
        try await inPrivateNamespaces {
            let lab = try DockerLab(
                """
                name: lab
                services:
                  a: {networks: {default: {link_local_ips: [169.254.10.1]}}}
                  b: {networks: {default: {link_local_ips: [169.254.10.2, "fe80::77"]}}}
                """)
            #expect(try shell("ip -n lab-b -o addr show dev eth0").contains("169.254.10.2/16"))
            #expect(try shell("ip -n lab-b -o addr show dev eth0").contains("fe80::77/64"))
            #expect(try lab.echoes(from: "lab-a", "169.254.10.2"))
        }
    }
}
