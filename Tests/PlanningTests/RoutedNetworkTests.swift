import Planning
import Testing
import Topology
import YAML

/// What one host has for a routed network of both families.
@Suite struct RoutedNetworkTests {
    /// The commands that make node1's part, but for those of its containers and of the network's bridge.
    private func commands(
        _ options: String, _ rest: String = "", firewall: FirewallKind = .none
    ) throws -> [String] {
        let text = """
            name: lab
            hosts:
              node1: {address: [192.168.205.10/24, "fd00:205::10/64"]}
              node2: {address: [192.168.205.11/24, "fd00:205::11/64"]}
            networks:
              pods:
                driver: routed
                driver_opts: {com.docker.network.bridge.name: pods0, \(options)}
                enable_ipv6: true
                ipam: {config: [{subnet: 10.244.0.0/16}, {subnet: "fd00:10:244::/48"}]}
                \(rest)
            services: {a: {host: node1, networks: [pods]}, b: {host: node2, networks: [pods]}}
            """
        let topology = try Topology(decoding: try Document.parse(Array(text.utf8)), defaultName: "lab")
        let layout = try Layout(of: topology, leases: Leases(), surroundings: Surroundings(), host: "node1")
        let part = State<KernelObject>(desiredBy: layout, firewall: firewall)
        return Plan(from: State(), to: part).operations.flatMap(\.equivalents)
    }

    /// What leads to the other host.
    private func ways(_ options: String) throws -> [String] {
        let own = ["lab-a", "pods0", "hosts", "forward", "veth"]
        return try commands(options).filter { command in !own.contains { command.contains($0) } }
    }

    @Test func `by default the other host is the next hop`() throws {
        let made = try ways("")
        #expect(
            made == [
                "ip route add 10.244.1.0/24 via 192.168.205.11 dev eth0 proto 119 src 10.244.0.1",
                "ip route add fd00:10:244:1::/64 via fd00:205::11 dev eth0 proto 119 src fd00:10:244::1",
            ])
    }

    @Test func `GRE has one tunnel to a host`() throws {
        let made = try ways("weft.routed.backend: gre")
        #expect(
            made == [
                "ip link add gre-c51e2e79a48 mtu 1472 type gre remote 192.168.205.11 local 192.168.205.10 "
                    + "key 2014325072 ttl 64",
                "ip link set gre-c51e2e79a48 alias weft:lab/pods group 483427429",
                "ip link property add dev gre-c51e2e79a48 altname gre-lab_pods-node2",
                "sysctl -w net.ipv6.conf.gre-c51e2e79a48.disable_ipv6=0", "ip link set gre-c51e2e79a48 up",
                "ip route add 10.244.1.0/24 dev gre-c51e2e79a48 proto 119 src 10.244.0.1",
                "ip route add fd00:10:244:1::/64 dev gre-c51e2e79a48 proto 119 src fd00:10:244::1",
            ])
    }

    @Test func `IPIP has one tunnel for each family`() throws {
        let made = try ways("weft.routed.backend: ipip")
        #expect(
            made == [
                "ip link add ipip-c51e2e79a4 mtu 1480 type ipip remote 192.168.205.11 local 192.168.205.10 ttl 64",
                "ip link set ipip-c51e2e79a4 alias weft:lab/pods group 483427429",
                "ip link property add dev ipip-c51e2e79a4 altname ipip-lab_pods-node2",
                "ip link add sit-c51e2e79a48 mtu 1480 type sit remote 192.168.205.11 local 192.168.205.10 ttl 64",
                "ip link set sit-c51e2e79a48 alias weft:lab/pods group 483427429",
                "ip link property add dev sit-c51e2e79a48 altname sit-lab_pods-node2",
                "sysctl -w net.ipv6.conf.ipip-c51e2e79a4.disable_ipv6=1",
                "sysctl -w net.ipv6.conf.sit-c51e2e79a48.disable_ipv6=0", "ip link set ipip-c51e2e79a4 up",
                "ip link set sit-c51e2e79a48 up",
                "ip route add 10.244.1.0/24 dev ipip-c51e2e79a4 proto 119 src 10.244.0.1",
                "ip route add fd00:10:244:1::/64 dev sit-c51e2e79a48 proto 119 src fd00:10:244::1",
            ])
    }

    /// What a firewall knows of the whole subnet.
    private func rules(_ firewall: FirewallKind, _ options: String, _ rest: String = "") throws -> [String] {
        try commands(options, rest, firewall: firewall).filter { command in
            (command.contains("tables") || command.contains("nft")) && command.contains("10.244.0.0/16")
        }
    }

    @Test func `other hosts' packets come by their tunnel`() throws {
        let comment = "-m comment --comment \"weft:lab\""
        let rules = try rules(.iptables, "weft.routed.backend: gre")
        #expect(
            rules == [
                "iptables -t filter -I WEFT -s 10.244.0.0/16 -d 10.244.0.0/24 -i gre-c51e2e79a48 -o pods0 \(comment) -j ACCEPT",
                "iptables -t nat -A POSTROUTING -s 10.244.0.0/24 ! -d 10.244.0.0/16 ! -o pods0 \(comment) -j MASQUERADE",
                "iptables -t raw -A PREROUTING -s 10.244.0.0/16 -d 10.244.0.0/24 -i gre-c51e2e79a48 \(comment) -j ACCEPT",
            ])
        let elements = try self.rules(.nftables, "weft.routed.backend: gre")
        #expect(
            elements == [
                "nft add element ip weft routed-subnets "
                    + "'{ \"gre-c51e2e79a48\" . 10.244.0.0/16 . 10.244.0.0/16 comment \"weft:lab\" }'"
            ])
    }

    @Test func `an internal network is open to its own endpoints on other hosts only`() throws {
        let comment = "-m comment --comment \"weft:lab\""
        let rules = try rules(.iptables, "", "internal: true")
        #expect(
            rules == [
                "iptables -t filter -A WEFT-INTERNAL -s 10.244.0.0/16 -d 10.244.0.0/24 -i eth0 -o pods0 \(comment) -j ACCEPT",
                "iptables -t filter -A WEFT-INTERNAL -s 10.244.0.0/24 -d 10.244.0.0/16 -i pods0 -o eth0 \(comment) -j ACCEPT",
            ])
        let elements = try self.rules(.nftables, "", "internal: true")
        #expect(
            elements == [
                "nft add element ip weft routed-subnets "
                    + "'{ \"eth0\" . 10.244.0.0/16 . 10.244.0.0/16 comment \"weft:lab\" }'"
            ])
    }
}
