import Planning
import Reconcile
import TestSupport
import Testing
import Topology
import YAML

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct JoinedNamespaceTests {
    private static func file(_ namespace: String, _ more: String = "") -> String {
        """
        name: pipe
        networks: {n: {ipam: {config: [{subnet: 10.9.0.0/24}]}}}
        services:
          own: {networks: [n]}
          guest: {networks: [n], x-weft: {namespace: "\(namespace)"}, ports: ["8080:80"]}
          \(more)
        """
    }

    private func refusal(_ file: String) throws -> String {
        let error = try #require(throws: ReconcileError.self) { try apply(file) }
        guard case .missing(let diagnostics) = error else { throw error }
        return diagnostics.all.map(\.message).joined(separator: "; ")
    }

    /// Everything in the namespace that `ip` knows.
    private func contents(_ enter: String) throws -> String {
        try shell("for what in 'link' 'addr' 'route' '-6 route'; do \(enter) ip -br $what | sed 's/@if[0-9]*//'; done")
    }

    @Test(arguments: ["name", "path", "process"])
    func `a namespace that exists is wired up and left as it was`(_ kind: String) async throws {
        try await inPrivateNamespaces {
            try shell("ip netns add blue; ip -n blue link set lo up")
            let process = try start(["ip", "netns", "exec", "blue", "sh", "-c", "echo ready; exec sleep 1000"])
            try process.waitForOutput(containing: "ready")
            let enter = "ip netns exec blue"
            let before = try contents(enter)
            try shell("touch /run/blue; mount --bind /run/netns/blue /run/blue")
            let reference = kind == "name" ? "blue" : kind == "path" ? "/run/blue" : "\(process.identifier)"
            try apply(Self.file(reference))
            #expect(try plan(Self.file(reference)) == [])
            var lab = Lab()
            #expect(try lab.echoes("pipe-own", "10.9.0.3"))
            #expect(try lab.echoes("blue", "10.9.0.2"))
            try shell("\(enter) ip route show default | grep -q 'via 10.9.0.1 dev eth0'")
            try lab.serve("blue", 80)
            #expect(try lab.answers(8080))
            #expect(try shell("cat /etc/netns/pipe-own/hosts").contains("10.9.0.3\tpipe-guest guest "))
            #expect(try shell("ls /etc/netns").contains("blue") == (kind == "name"))
            let session = try Session.open(forChange: false) {}
            #expect(try session.topologies().flatMap(\.containers).map(\.name) == ["pipe-guest", "pipe-own"])
            // Without the record it is the mark on the host's end that tells whose the link is.
            try shell("rm /run/weft/pipe.json")
            try remove("pipe")
            #expect(try contents(enter) == before)
            #expect(try shell("ip -br link").split(separator: "\n").count == 1)
            #expect(try run(["ls", "/etc/netns"]).stdout == "")
        }
    }

    @Test func `a default route that is there stays`() async throws {
        try await inPrivateNamespaces {
            try shell(
                """
                ip netns add blue; ip -n blue link add up0 type veth peer name up1
                ip -n blue addr add 172.31.0.1/24 dev up0; ip -n blue link set up0 up; ip -n blue link set up1 up
                ip -n blue route add default via 172.31.0.9
                """)
            try apply(Self.file("blue"))
            let routes = try shell("ip -n blue route show default")
            #expect(routes.contains("172.31.0.9") && !routes.contains("10.9.0.1"))
            #expect(try plan(Self.file("blue")) == [])
            try remove("pipe")
            #expect(try shell("ip -n blue route show default").contains("172.31.0.9"))
        }
    }

    @Test func `names and subnets that the namespace has already are refused`() async throws {
        try await inPrivateNamespaces {
            try shell("ip netns add blue; ip -n blue link add eth0 type bridge")
            let name = try #require(throws: ReconcileError.self) { try apply(Self.file("blue")) }
            guard case .collisions(let names) = name else { throw name }
            #expect(names.map(\.obstacle) == ["a bridge link named eth0 exists in namespace blue and is not weft's"])
            try shell(
                "ip -n blue link del eth0; ip -n blue link add x type bridge; ip -n blue addr add 10.9.0.77/16 dev x")
            let subnet = try #require(throws: ReconcileError.self) { try apply(Self.file("blue")) }
            guard case .collisions(let subnets) = subnet else { throw subnet }
            #expect(subnets.map(\.obstacle) == ["x in namespace blue has 10.9.0.77/16 already"])
        }
    }

    @Test func `a namespace that cannot be joined is named`() async throws {
        try await inPrivateNamespaces {
            #expect(try refusal(Self.file("blue")) == "service `guest` joins namespace blue, which is not there")
            #expect(
                try refusal(Self.file("/proc/thread-self/ns/net")).hasSuffix("which is the host's own"))
            try shell("echo > /run/plain")
            #expect(try refusal(Self.file("/run/plain")).contains("joins namespace /run/plain: "))
            try apply("{name: other, services: {web: {network_mode: none}}}")
            #expect(try refusal(Self.file("other-web")).hasSuffix("which belongs to topology other"))
            try shell("ip netns add blue; touch /run/blue; mount --bind /run/netns/blue /run/blue")
            let twice = Self.file("blue", #"second: {networks: [n], x-weft: {namespace: /run/blue}}"#)
            #expect(try refusal(twice).hasSuffix("which is that of another service, known as blue"))
        }
    }

    @Test func `a namespace that has vanished leaves nothing to remove`() async throws {
        try await inPrivateNamespaces {
            try shell("ip netns add blue")
            try apply(Self.file("blue"))
            let links = try shell("ip -br link | grep -c veth")
            try shell("ip netns del blue")
            #expect(links == "2\n")
            #expect(try eventually { try run(["sh", "-c", "test $(ip -br link | grep -c veth) = 1"]).status == 0 })
            #expect(try refusal(Self.file("blue")).hasSuffix("which is not there"))
            try remove("pipe")
            #expect(try shell("ls /run/netns; ip -br link | grep -v lo || true") == "")
        }
    }

    @Test func `a container outside of the topology lends its network`() async throws {
        try await inPrivateNamespaces {
            let file =
                #"{name: pipe, services: {a: {network_mode: "container:other-web"}, b: {network_mode: "service:a"}}}"#
            #expect(
                try refusal(file) == "service `a` uses the network of container `other-web`, which is neither in this "
                    + "topology nor on the machine")
            try apply("{name: other, services: {web: {}}}")
            try apply(file)
            #expect(try plan(file) == [])
            #expect(try shell("ls /run/netns") == "other-web\n")
            try remove("pipe")
            try shell("ip netns exec other-web true; ip netns add plain")
            try apply(file.replacing("other-web", with: "plain"))
        }
    }
}

/// A few ways to see whether packets arrive.
private struct Lab {
    private var servers: [ChildProcess] = []

    func echoes(_ namespace: String, _ address: String) throws -> Bool {
        try isEchoed(by: address, from: namespace)
    }

    mutating func serve(_ namespace: String, _ port: Int) throws {
        let script =
            "import socket; s = socket.create_server(('', \(port))); print('ready'); c, _ = s.accept(); c.send(b'hello')"
        let server = try start(["ip", "netns", "exec", namespace, "python3", "-u", "-c", script])
        try server.waitForOutput(containing: "ready")
        servers.append(server)
    }

    func answers(_ port: Int) throws -> Bool {
        let script = "import socket; s = socket.create_connection(('127.0.0.1', \(port)), 2); print(s.recv(9).decode())"
        return try run(["python3", "-c", script]).stdout == "hello\n"
    }
}
