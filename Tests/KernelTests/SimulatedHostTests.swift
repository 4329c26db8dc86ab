import Addressing
import Linux
import Planning
@testable import Reconcile
import TestSupport
import Testing
import Topology

/// Two hosts in namespaces of this machine, each with the whole of `sampleFile` under names of its own.
private enum TwoHosts {
    /// The hosts' parts, all of one topology.
    static func state(_ firewall: FirewallKind = .iptables) throws -> State<KernelObject> {
        var objects: [KernelObject] = []
        for host in ["node1", "node2"] {
            let namespace = Namespace.named("lab-\(host)")
            let mark = OwnershipMark.host(host, of: "lab")
            objects.append(.namespace(NamespaceObject(name: "lab-\(host)", alias: mark.text)))
            objects += try part(of: host, firewall).relocated(from: .host, to: namespace).objects.values
        }
        return State(objects)
    }

    /// One host's part, as if on the host itself. The containers have names of their own on each.
    private static func part(of host: String, _ firewall: FirewallKind) throws -> State<KernelObject> {
        let text = sampleFile.replacing("name: shop", with: "name: lab")
            .replacing("web:", with: "web-\(host):").replacing("service: web,", with: "service: web-\(host),")
            .replacing("api:", with: "api-\(host):").replacing("db:", with: "db-\(host):")
            .replacing("service: db,", with: "service: db-\(host),")
        let layout = try Layout(of: topology(text), leases: Leases(), surroundings: Surroundings())
        return State(desiredBy: layout, firewall: firewall)
    }
}

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct SimulatedHostTests {
    @Test(arguments: FirewallKind.rules)
    func `hosts in namespaces come up whole, change nothing the second time and go without a trace`(
        _ firewall: FirewallKind
    ) async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            let lab = try TwoHosts.state(firewall)
            try apply(lab, name: "lab")
            #expect(try plan(lab, name: "lab") == [])
            for host in ["node1", "node2"] {
                try shell("ip netns exec lab-web-\(host) ping -c1 -W2 api-\(host)")
                #expect(try shell("ip netns exec lab-\(host) sysctl -n net.ipv4.ip_forward") == "1\n")
                #expect(try shell("ip netns exec lab-\(host) nft list ruleset").contains("10.77.1.2"))
            }
            #expect(try shell("ip -o link show | wc -l") == "1\n")
            #expect(try shell("nft list ruleset") == "")
            #expect(try shell("sysctl -n net.ipv4.ip_forward") == "0\n")
            try remove("lab")
            var after = try Census.take()
            after.files.removeAll { $0 == "/run/weft" }
            #expect(after == before)
        }
    }

    @Test(arguments: [
        Drift(
            command: "ip netns exec lab-node1 iptables -t nat -D POSTROUTING -s 10.77.1.0/24 ! -o $bridge "
                + "-m comment --comment weft:lab -j MASQUERADE",
            repair: [
                "+ rule lab-node1:ip nat POSTROUTING -s 10.77.1.0/24 ! -o $bridge "
                    + "-m comment --comment \"weft:lab\" -j MASQUERADE"
            ]),
        Drift(
            command: "ip netns exec lab-node2 iptables -D FORWARD -j WEFT-FORWARD",
            repair: ["+ rule lab-node2:ip filter FORWARD -j WEFT-FORWARD"]),
        Drift(
            command: "ip netns exec lab-node2 sysctl -qw net.ipv4.ip_forward=0",
            repair: ["~ sysctl lab-node2:net.ipv4.ip_forward = 1 was 0"]),
        Drift(command: "ip -n lab-node1 link set $bridge down", repair: ["+ up lab-node1:$bridge"]),
    ])
    func `a change inside a host is named with the host and repaired`(_ drift: Drift) async throws {
        try await inPrivateNamespaces {
            let lab = try TwoHosts.state()
            try apply(lab, name: "lab")
            let bridge = try #require(
                lab.objects.values.compactMap { object -> String? in
                    guard case .link(let link) = object, link.alternativeName == "lab_front" else { return nil }
                    return link.name
                }.first)
            try shell("bridge=\(bridge); \(drift.command)")
            let repair = Set(drift.repair.map { $0.replacing("$bridge", with: bridge) })
            #expect(try Set(plan(lab, name: "lab")) == repair)
            try apply(lab, name: "lab")
            #expect(try plan(lab, name: "lab") == [])
        }
    }

    @Test func `one host goes, the other stays as it is`() async throws {
        try await inPrivateNamespaces {
            let lab = try TwoHosts.state()
            try apply(lab, name: "lab")
            let rules = try shell("ip netns exec lab-node1 iptables-save | grep -v '^#'")
            let namesOfOther = ["node2", "web-node2", "api-node2", "db-node2"].map { "lab-\($0)" }
            let rest = State<KernelObject>(
                lab.objects.values.filter { object in
                    if case .file(let file) = object { return !namesOfOther.contains(file.container) }
                    return !namesOfOther.contains("\(object.id.namespace)")
                })
            let lines = try plan(rest, name: "lab")
            #expect(lines.allSatisfy { $0.hasPrefix("- ") && !$0.contains("rule") }, "\(lines)")
            try apply(rest, name: "lab")
            #expect(try plan(rest, name: "lab") == [])
            #expect(try shell("ip netns exec lab-node1 iptables-save | grep -v '^#'") == rules)
            #expect(try !NetworkNamespace.list().contains("lab-node2"))
        }
    }
}
