import Planning
import Reconcile
import TestSupport
import Testing

/// Something of somebody else's, in the place of something that the sample needs.
struct Obstacle: Sendable, CustomTestStringConvertible {
    let command: String
    /// What the refusal says of it.
    let words: String

    var testDescription: String { command }
}

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct CollisionTests {
    private static let front = "br-09cbc30d7e3f"

    /// A line for everything that an apply could change; packet counters and carriers aside, which take their time.
    private static func everything() throws -> [String] {
        try shell(
            """
            ip -o link | sed 's/<[^>]*>//; s/state [A-Z]*//'; ip -o addr; ls /run/netns; cat /etc/netns/*/hosts
            iptables-save | grep -v '^#' | sed 's/ \\[[0-9:]*\\]$//'
            """
        ).split(separator: "\n").map { String($0) }
    }

    @Test(arguments: ["weft64", "weft0"])
    func `a shared link that somebody was killed over before it had its mark is taken on, and goes`(
        name: String
    ) async throws {
        try await inPrivateNamespaces {
            let group = OwnershipMark(topology: OwnershipMark.sharedTopology).linkGroup
            try shell("ip link add \(name) group \(group) type bridge")
            let file = "name: lab\nservices: {a: {network_mode: bridge, ports: [\"80:80\"]}, b: {ports: [81]}}\n"
            try apply(file)
            #expect(try plan(file) == [])
            try remove("lab")
            #expect(try shell("ip -br link").split(separator: "\n").count == 1)
        }
    }

    @Test(arguments: [
        Obstacle(command: "ip netns add shop-db", words: "a namespace of that name exists and is not weft's"),
        Obstacle(
            command: "touch /run/netns/shop-db", words: "a file of that name exists in /run/netns and is not weft's"),
        Obstacle(
            command: "ip link add \(front) type bridge",
            words: "a bridge link named \(front) exists and is not weft's"),
        Obstacle(
            command: "ip link add other type bridge; ip link property add dev other altname shop_front",
            words: "a bridge link named shop_front exists and is not weft's"),
        Obstacle(
            command: "mkdir -p /etc/netns/shop-db; echo 10.0.0.1 mine > /etc/netns/shop-db/hosts",
            words: "the file exists and is not weft's"),
    ])
    func `what is not ours and stands in the way is named before anything changes`(_ obstacle: Obstacle) async throws {
        try await inPrivateNamespaces {
            try shell(obstacle.command)
            let before = try Census.take()
            let error = try #require(throws: ReconcileError.self) { try apply(sampleFile) }
            guard case .collisions(let collisions) = error else { throw error }
            #expect(collisions.map(\.obstacle) == [obstacle.words])
            var after = try Census.take()
            after.files.removeAll { $0 == "/run/weft" }
            #expect(after == before)
        }
    }

    @Test func `a container on the host's network has no files where a namespace of its name would show them`()
        async throws
    {
        try await inPrivateNamespaces {
            let file = "{name: lab, services: {a: {network_mode: host, dns: 192.0.2.53}, b: {network_mode: host}}}"
            try shell("ip netns add lab-a; ip netns add lab-b")
            let error = try #require(throws: ReconcileError.self) { try apply(file) }
            guard case .collisions(let collisions) = error else { throw error }
            #expect(collisions.map { "\($0.object)" } == ["file /etc/netns/lab-a/resolv.conf"])
            #expect(collisions.map(\.obstacle) == ["a namespace named lab-a exists and is not weft's"])
            try shell("ip netns del lab-a")
            try apply(file)
            // One's own namespace goes, and its files stay.
            let own = file.replacing("network_mode: host, dns", with: "network_mode: none, dns")
            try apply(own)
            #expect(try shell("ls /etc/netns/lab-a") == "hosts\nresolv.conf\n")
            try apply(file)
            #expect(
                try shell("ls /etc/netns/lab-a /run/netns") == "/etc/netns/lab-a:\nresolv.conf\n\n/run/netns:\nlab-b\n")
            #expect(try plan(file) == [])
            try remove("lab")
        }
    }

    @Test func `a service moves to another network, where its interface has the name that it had`() async throws {
        let file = """
            name: shop
            networks: {front: {ipam: {config: [{subnet: 10.77.1.0/24}]}}, back: {ipam: {config: [{subnet: 10.77.2.0/24}]}}}
            services: {web: {networks: [front]}, db: {networks: [back]}}
            """
        let moved = file.replacing("web: {networks: [front]}", with: "web: {networks: [back]}")
        try await inPrivateNamespaces {
            try apply(file)
            try apply(moved)
            #expect(try plan(moved) == [])
            #expect(try shell("ip -n shop-web -br addr show eth0").contains("10.77.2.3/24"))
            try shell("ip netns exec shop-web ping -c1 -w10 10.77.2.2")
            try remove("shop")
        }
    }

    @Test func `a link that takes the name in the middle of an apply makes it go all the way back`() async throws {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            let before = try Self.everything()
            let session = try Session.open(forChange: true) {}
            let grown = sampleFile.replacing(
                "db: {networks: [back]}", with: "db: {networks: [back]}\n  new: {networks: [front]}")
            let proposal = try session.propose(topology(grown), file: nil, firewall: .iptables)
            let name = try #require(
                proposal.plan.operations.compactMap { operation -> String? in
                    guard case .create(.link(let link)) = operation else { return nil }
                    return link.name
                }.first)
            try shell("ip link add \(name) type bridge")
            let error = try #require(throws: ReconcileError.self) {
                try session.apply(proposal, progress: { _ in }, isCancelled: { false })
            }
            guard case .rolledBack(.kernel(let reason, let object)) = error else { throw error }
            #expect(reason.contains("EEXIST"))
            #expect(object?.id.name == name)
            try shell("ip link del \(name)")
            let difference = try Self.everything().difference(from: before)
            #expect(difference.isEmpty, "\(difference)")
        }
    }

    @Test func `a subnet and a port of another topology are refused`() async throws {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            let overlapping =
                "{name: two, networks: {n: {ipam: {config: [{subnet: 10.77.0.0/16}]}}}, services: {a: {networks: [n]}}}"
            let subnet = try #require(throws: ReconcileError.self) { try apply(overlapping) }
            guard case .collisions(let collisions) = subnet else { throw subnet }
            #expect(collisions.contains { $0.obstacle.contains("overlaps that of bridge br-") })
            let port = try #require(throws: ReconcileError.self) {
                try apply("{name: two, services: {a: {ports: ['8080:1']}}}")
            }
            guard case .portsInUse(let conflicts) = port else { throw port }
            #expect(conflicts.map(\.holder) == ["topology shop publishes it"])
        }
    }

    @Test func `a port that a process listens on is refused before anything changes`() async throws {
        try await inPrivateNamespaces {
            let listener = try start([
                "python3", "-u", "-c",
                "import socket; s = socket.create_server(('', 8080)); print('ready'); s.accept()",
            ])
            try listener.waitForOutput(containing: "ready")
            let error = try #require(throws: ReconcileError.self) { try apply(sampleFile) }
            guard case .portsInUse(let conflicts) = error else { throw error }
            #expect(conflicts.map(\.holder) == ["a process of the host listens on 0.0.0.0 port 8080"])
            #expect(try shell("ls /run/netns") == "")
        }
    }

    @Test func `endpoints cannot be kept apart without br_netfilter, which the refusal names`() async throws {
        try await inPrivateNamespaces {
            try shell("mount -t tmpfs tmpfs /proc/sys/net/bridge")
            let file = """
                networks: {net: {driver_opts: {com.docker.network.bridge.enable_icc: "false"}}}
                services: {a: {networks: [net]}}
                """
            let error = try #require(throws: ReconcileError.self) { try apply(file) }
            guard case .kernel(let reason, .sysctl?) = error else { throw error }
            #expect(reason.contains("br_netfilter"))
            #expect(try shell("ls /run/netns") == "")
        }
    }
}
