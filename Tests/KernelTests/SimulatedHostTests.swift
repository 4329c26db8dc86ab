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

    /// One host's part, as if on the host itself, with names for its containers that no other host has.
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
                try shell("ip netns exec lab-web-\(host) ping -c1 -w10 api-\(host)")
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

    @Test func `an apply that is stopped before any of its stages leaves nothing behind`() async throws {
        try await inPrivateNamespaces {
            let lab = try TwoHosts.state()
            let count = Plan(from: State(), to: lab).stages.count
            for stage in 0..<count {
                let before = try Census.take()
                var asked = 0
                let error = try #require(throws: ReconcileError.self) {
                    let session = try Session.open(forChange: true) {}
                    let proposal = try session.proposal(Layout(name: "lab"), lab, file: nil, firewall: .iptables)
                    _ = try session.apply(proposal, progress: { _ in }) {
                        asked += 1
                        return asked > stage
                    }
                }
                guard case .rolledBack(.cancelled) = error else {
                    Issue.record("stage \(stage): \(error)")
                    return
                }
                var after = try Census.take()
                after.files.removeAll { $0 == "/run/weft" }
                var expected = before
                expected.files.removeAll { $0 == "/run/weft" }
                #expect(after == expected, "stage \(stage)")
            }
        }
    }

    @Test func `a host that somebody deleted comes back whole`() async throws {
        try await inPrivateNamespaces {
            let lab = try TwoHosts.state()
            try apply(lab, name: "lab")
            try shell("ip netns delete lab-node2")
            #expect(try plan(lab, name: "lab").contains("+ namespace lab-node2"))
            try apply(lab, name: "lab")
            #expect(try plan(lab, name: "lab") == [])
            try shell("ip netns exec lab-web-node2 ping -c1 -w10 api-node2")
        }
    }

    @Test func `a port that a process on the same host listens on is refused, and on another host it is free`()
        async throws
    {
        let file = """
            name: lab
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            services:
              web: {host: node1, ports: ["8080:80"]}
              api: {host: node2}
            """
        try await inPrivateNamespaces {
            try apply(file.replacing(", ports: [\"8080:80\"]", with: ""))
            func listening(on host: String, _ body: () throws -> Void) throws {
                let script =
                    "import socket,time; s=socket.create_server(('',8080)); print('ready',flush=True); time.sleep(60)"
                let server = try start(["ip", "netns", "exec", "lab-\(host)", "python3", "-c", script])
                try server.waitForOutput(containing: "ready")
                try body()
                server.kill(9)
                _ = try server.wait()
            }
            try listening(on: "node1") {
                let error = try #require(throws: ReconcileError.self) { try apply(file) }
                guard case .portsInUse(let conflicts) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(conflicts.map(\.holder) == ["a process of namespace lab-node1 listens on 0.0.0.0 port 8080"])
            }
            try listening(on: "node2") { try apply(file) }
            #expect(try plan(file) == [])
            try shell("ip netns exec lab-node1 ping -c1 -w10 node2")
            try remove("lab")
        }
    }

    @Test func `a published port is that of the container on its own host`() async throws {
        try await inPrivateNamespaces {
            var lab = try TwoHosts.state()
            for object in lab.objects.values where "\(object)".contains("lab-node2:") && "\(object)".contains("8080") {
                lab[object.id] = nil
            }
            try apply(lab, name: "lab")
            let session = try Session.open(forChange: false) {}
            let containers = try #require(try session.topologies().first).containers
            #expect(containers.count == 6)
            #expect(containers.filter { !$0.ports.isEmpty }.map(\.name) == ["lab-web-node1"])
            let found = try #require(try session.foundTopologies().first).layout.containers
            #expect(found.filter { !$0.ports.isEmpty }.map(\.name) == ["lab-web-node1"])
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
