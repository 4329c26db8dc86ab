import Linux
import Netlink
import Planning
import Reconcile
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct ReconcileTests {
    @Test func `a topology comes up as declared and goes without a trace`() async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            try apply(sampleFile)
            #expect(try NetworkNamespace.list() == ["shop-api", "shop-db", "shop-web"])
            let addresses = try json(of: "ip", "-j", "-n", "shop-web", "addr", "show", "eth0")[0]
            #expect(addresses["address"].string == "02:42:0a:4d:01:02")
            #expect(try shell("ip -n shop-web route show default").hasPrefix("default via 10.77.1.1 dev eth0"))
            #expect(try shell("ip -n shop-db route show default").hasPrefix("default via 10.77.2.1 dev eth0"))
            #expect(try shell("ip -n shop-db -6 addr show dev eth0").contains("fd00:77:2::"))
            #expect(try shell("cat /etc/netns/shop-web/hosts").contains("10.77.1.3\tshop-api api gateway "))
            try shell("ip netns exec shop-web ping -c1 -w10 gateway")
            try shell("ip netns exec shop-db ping -6 -c1 -w10 api")
            try shell("ip netns exec shop-web ping -c1 -w10 10.77.9.2")
            try remove("shop")
            var after = try Census.take()
            after.files.removeAll { $0 == "/run/weft" }
            #expect(after == before)
        }
    }

    @Test func `a second apply changes nothing`() async throws {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            #expect(try apply(sampleFile) == Summary(of: []))
            #expect(try plan(sampleFile) == [])
        }
    }

    @Test func `a container that the change does not concern keeps its namespace, interfaces and connections`()
        async throws
    {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            let identity = """
                stat -Lc %i /run/netns/shop-web /run/netns/shop-api
                ip -n shop-web -o link | cut -d: -f1,2; ip -n shop-api -o link | cut -d: -f1,2
                """
            let before = try shell(identity)
            let server = try start(["ip", "netns", "exec", "shop-api", "python3", "-u", "-c", Self.server])
            try server.waitForOutput(containing: "ready")
            let client = try start(["ip", "netns", "exec", "shop-web", "python3", "-u", "-c", Self.client])
            try client.waitForOutput(containing: "first")

            let changed = sampleFile.replacing(
                "db: {networks: [back]}", with: "db: {networks: [back]}\n  new: {networks: [front]}")
            let summary = try apply(changed)
            #expect(summary.removed == 0)
            #expect(try shell(identity) == before)
            try client.write("go on\n")
            try client.waitForOutput(containing: "second")

            try apply(sampleFile)
            #expect(try NetworkNamespace.list() == ["shop-api", "shop-db", "shop-web"])
            #expect(try shell(identity) == before)
        }
    }

    private static let server = """
        import socket
        s = socket.create_server(("", 9000)); print("ready")
        c, _ = s.accept()
        while True: c.sendall(c.recv(100))
        """
    private static let client = """
        import socket
        s = socket.create_connection(("gateway", 9000), 5)
        s.sendall(b"first"); print(s.recv(100).decode())
        input()
        s.sendall(b"second"); print(s.recv(100).decode())
        input()
        """

    @Test func `two topologies share the predefined bridge and the last one out removes it`() async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            try apply("{name: one, services: {a: {network_mode: bridge}}}")
            try apply("{name: two, services: {a: {network_mode: bridge}}}")
            #expect(try shell("ip -o addr show weft0").contains("172.17.0.1/16"))
            #expect(try shell("ip -n one-a -o -4 addr show eth0").contains("172.17.0.2/16"))
            #expect(try shell("ip -n two-a -o -4 addr show eth0").contains("172.17.0.3/16"))
            try shell("ip netns exec one-a ping -c1 -w10 172.17.0.3")
            try remove("one")
            #expect(try plan("{name: two, services: {a: {network_mode: bridge}}}") == [])
            try shell("ip netns exec two-a ping -c1 -w10 172.17.0.1")
            try remove("two")
            #expect(try Census.take().links == before.links)
            #expect(try Census.take().rules == before.rules)
        }
    }

    @Test func `without our files the marks in the kernel still lead to everything`() async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            try apply(sampleFile)
            try shell("rm -rf /run/weft")
            #expect(try plan(sampleFile) == [])
            try shell("rm -rf /run/weft")
            try remove("shop")
            let after = try Census.take()
            #expect(after.namespaces == before.namespaces)
            #expect(after.links == before.links)
            #expect(after.rules == before.rules)
            #expect(try shell("ls /etc/netns 2>/dev/null || true") == "")
        }
    }

    @Test func `a damaged record stops nothing, and is said`() async throws {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            try shell("echo '{' > /run/weft/shop.json")
            let session = try Session.open(forChange: false) {}
            let proposal = try session.propose(topology(sampleFile), file: nil)
            #expect(proposal.plan.isEmpty)
            #expect(proposal.notes.contains { $0.contains("/run/weft/shop.json is damaged") })
            try remove("shop")
            #expect(try shell("ls /run/netns /run/weft") == "/run/netns:\n\n/run/weft:\nlock\n")
        }
    }

    @Test func `looking leaves nothing in the run directory`() async throws {
        try await inPrivateNamespaces {
            _ = try plan(sampleFile)
            #expect(try shell("ls /run") == "netns\n")
        }
    }
}
