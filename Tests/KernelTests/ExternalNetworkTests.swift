import Planning
import Reconcile
import TestSupport
import Testing
import Topology
import YAML

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct ExternalNetworkTests {
    private static let owner = """
        name: shop
        networks: {front: {ipam: {config: [{subnet: 10.77.1.0/24}]}}}
        services: {web: {networks: [front]}}
        """
    private static let guest = """
        name: guest
        networks: {theirs: {external: true, name: shop_front}}
        services: {app: {networks: {theirs: {aliases: [cache]}}, ports: ["8080:80"]}}
        """
    private static let bridged = """
        name: lan
        networks: {lan: {external: true, name: br0}}
        services: {app: {networks: [lan], ports: ["8080:80"]}, other: {}}
        """
    /// A bridge of somebody else's with a host on it and addresses of both families.
    private static let bridge = """
        ip link add br0 type bridge; ip addr add 192.0.2.1/24 dev br0; ip addr add fd00:2::1/64 dev br0 nodad
        ip netns add lanhost; ip link add v0 type veth peer name eth0 netns lanhost
        ip link set v0 master br0 up; ip link set br0 up; ip -n lanhost link set lo up; ip -n lanhost link set eth0 up
        ip -n lanhost addr add 192.0.2.2/24 dev eth0; ip -n lanhost addr add fd00:2::2/64 dev eth0 nodad
        ping -q -c1 -w5 192.0.2.2; ping -q -c1 -w5 fd00:2::2
        """

    private func missing(_ file: String) throws -> Diagnostic {
        let error = try #require(throws: ReconcileError.self) { try apply(file) }
        guard case .missing(let diagnostics) = error else { throw error }
        return try #require(diagnostics.all.first)
    }

    @Test(arguments: [FirewallKind.iptables, .nftables])
    func `a topology uses the network of another as that gives it to its own`(_ firewall: FirewallKind) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab(Self.owner, firewall: firewall)
            // The kind of the firewall follows from the network.
            let session = try Session.open(forChange: true) {}
            let proposal = try session.propose(topology(Self.guest), file: nil)
            #expect(proposal.firewall == firewall)
            _ = try session.apply(proposal, progress: { _ in }, isCancelled: { false })
            #expect(try plan(Self.guest, firewall: firewall) == [])
            #expect(try plan(Self.owner, firewall: firewall) == [])
            try shell("ip -n guest-app addr show eth0 | grep -q 10.77.1.3/24")
            #expect(try lab.echoes(from: "guest-app", "10.77.1.2"))
            #expect(try lab.echoes(from: "shop-web", "10.77.1.3"))
            #expect(try shell("cat /etc/netns/guest-app/hosts").contains("10.77.1.2\tshop-web web "))
            try lab.serve("guest-app", 80)
            try lab.serve("outside", 81)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == DockerLab.outside)
            #expect(try lab.seen(from: "host", at: "127.0.0.1", 8080) != nil)
            #expect(try lab.seen(from: "shop-web", at: "10.77.1.1", 8080) != nil)
            #expect(try lab.seen(from: "outside", at: "10.77.1.3", 80) == nil)
            #expect(try lab.seen(from: "guest-app", at: DockerLab.outside, 81) == DockerLab.host)
        }
    }

    @Test func `no address is given out twice, whoever comes first`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.owner)
            try apply(Self.guest)
            let third = Self.guest.replacing("name: guest", with: "name: third").replacing("8080", with: "8081")
            try apply(third)
            try apply(
                Self.owner.replacing(
                    "{web: {networks: [front]}}", with: "{web: {networks: [front]}, db: {networks: [front]}}"))
            let addresses = try ["shop-web", "guest-app", "third-app", "shop-db"].map { name in
                try json(of: "ip", "-n", name, "-j", "-4", "addr", "show", "eth0")[0]["addr_info"][0]["local"].string
            }
            #expect(addresses == ["10.77.1.2", "10.77.1.3", "10.77.1.4", "10.77.1.5"])
            for file in [Self.guest, third] { #expect(try plan(file) == []) }
        }
    }

    private func names(of container: String) throws -> [String] {
        try shell("cat /etc/netns/\(container)/hosts").split(separator: "\n").filter { $0.hasPrefix("10.77.") }
            .map { withoutIdentifier($0) }
    }

    @Test func `whoever is on a network is known by name to all there, until he leaves`() async throws {
        try await inPrivateNamespaces {
            let owner = Self.owner.replacing("{networks: [front]}}", with: "{networks: [front]}, far: {}}")
            try apply(owner)
            let before = try ["shop-web", "shop-far"].map { try shell("cat /etc/netns/\($0)/hosts") }
            #expect(
                try Set(plan(Self.guest)).isSuperset(of: [
                    "~ file /etc/netns/shop-web/hosts content", "+ file /etc/netns/guest-app/hosts",
                ]))
            try apply(Self.guest)
            let third = Self.guest.replacing("name: guest", with: "name: third").replacing("8080", with: "8081")
            try apply(third)
            let all = ["10.77.1.2\tshop-web web", "10.77.1.3\tguest-app app cache", "10.77.1.4\tthird-app app cache"]
            for container in ["shop-web", "guest-app", "third-app"] {
                #expect(try Set(names(of: container)) == Set(all), "\(container)")
                try shell("ip netns exec \(container) ping -q -c1 -w10 third-app")
            }
            #expect(try shell("cat /etc/netns/shop-far/hosts") == before[1])
            for file in [owner, Self.guest, third] { #expect(try plan(file) == []) }
            // A change of one is the others' too.
            let renamed = third.replacing("cache", with: "queue")
            #expect(try apply(renamed).changed >= 3)
            #expect(try names(of: "shop-web").last == "10.77.1.4\tthird-app app queue")
            for file in [owner, Self.guest, renamed] { #expect(try plan(file) == []) }
            try remove("third")
            #expect(try Set(names(of: "guest-app")) == Set(all.dropLast()))
            for file in [owner, Self.guest] { #expect(try plan(file) == []) }
            try remove("guest")
            #expect(try ["shop-web", "shop-far"].map { try shell("cat /etc/netns/\($0)/hosts") } == before)
            #expect(try plan(owner) == [])
            #expect(try shell("ls /run/weft/*.json") == "/run/weft/shop.json\n")
            try remove("shop")
        }
    }

    @Test func `an apply that fails leaves the others' names as they were`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.owner)
            let before = try shell("cat /etc/netns/shop-web/hosts")
            let session = try Session.open(forChange: true) {}
            let proposal = try session.propose(topology(Self.guest), file: nil)
            for stage in 0..<proposal.plan.stages.count {
                var asked = 0
                #expect(throws: ReconcileError.self) {
                    try session.apply(proposal, progress: { _ in }) {
                        asked += 1
                        return asked > stage
                    }
                }
                #expect(try shell("cat /etc/netns/shop-web/hosts") == before, "stage \(stage)")
            }
            #expect(try plan(Self.owner) == [])
        }
    }

    @Test func `on a bridge of somebody else's names are known as well`() async throws {
        try await inPrivateNamespaces {
            try shell("ip link add br0 type bridge; ip addr add 10.77.9.1/24 dev br0; ip link set br0 up")
            let second = "{name: two, networks: {lan: {external: true, name: br0}}, services: {b: {networks: [lan]}}}"
            let first = second.replacing("name: two", with: "name: one").replacing("b: {n", with: "a: {n")
            try apply(first)
            try apply(second)
            for container in ["one-a", "two-b"] {
                #expect(try Set(names(of: container)) == ["10.77.9.2\tone-a a", "10.77.9.3\ttwo-b b"])
            }
            for file in [first, second] { #expect(try plan(file) == []) }
            try remove("one")
            #expect(try names(of: "two-b") == ["10.77.9.3\ttwo-b b"])
        }
    }

    @Test func `the owner of a network in use neither goes nor moves it`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.owner)
            try apply(Self.guest)
            let moves: [() throws -> Void] = [
                { try remove("shop") }, { try apply(Self.owner.replacing("10.77.1", with: "10.77.5")) },
                { try apply("{name: shop, services: {web: {network_mode: none}}}") },
            ]
            for move in moves {
                let error = try #require(throws: ReconcileError.self, performing: move)
                guard case .activeEndpoints(let networks) = error else { throw error }
                #expect(networks.map(\.name) == ["shop_front"])
                #expect(networks.flatMap(\.members) == ["guest: guest-app"])
            }
            let session = try Session.open(forChange: false) {}
            #expect(session.removalOrder(of: ["shop", "guest"]) == ["guest", "shop"])
            try remove("guest")
            try remove("shop")
            #expect(try shell("ls /run/netns") == "")
        }
    }

    @Test func `a second firewall on one network is refused`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.owner, firewall: .nftables)
            let error = try #require(throws: ReconcileError.self) { try apply(Self.guest, firewall: .iptables) }
            guard case .missing(let diagnostics) = error else { throw error }
            #expect(diagnostics.all.map(\.hint) == ["apply with --firewall nftables"])
        }
    }

    @Test func `a network that is not there is named with its place in the file`() async throws {
        try await inPrivateNamespaces {
            let network = try missing(Self.guest)
            #expect(network.message == "network `theirs` is external, and no network `shop_front` is on the machine")
            #expect(network.mark == Mark(line: 2, column: 43))
            try shell("ip link add br0 type veth peer name br1")
            #expect(try missing(Self.bridged).message.hasSuffix("`br0` is a veth link, not a bridge"))
            try shell("ip link del br0; ip link add br0 type bridge")
            #expect(try missing(Self.bridged).message.hasSuffix("bridge br0 has no address that tells its subnet"))
            #expect(try shell("ls /run/netns") == "")
        }
    }

    @Test(arguments: [FirewallKind.iptables, .nftables])
    func `a bridge of somebody else's is used and left as it was`(_ firewall: FirewallKind) async throws {
        try await inPrivateNamespaces {
            try shell(Self.bridge)
            let looks = """
                ip -br link show br0; ip -br addr show br0; sysctl -a 2>/dev/null | grep -E 'conf.br0|neigh.br0'
                """
            let before = try shell(looks)
            var lab = try DockerLab(Self.bridged, firewall: firewall)
            try shell("ip -n lan-app addr show eth0 | grep -q 192.0.2.3/24; ip -n lan-app addr | grep -q fd00:2::3/64")
            #expect(try lab.echoes(from: "lan-app", "192.0.2.2"))
            #expect(try lab.echoes(from: "lanhost", "192.0.2.3"))
            #expect(try lab.echoes(from: "lan-app", "192.0.2.1"))
            #expect(try !lab.echoes(from: "lan-other", "192.0.2.3"))
            try lab.serve("lan-app", 80)
            try lab.serve("outside", 81)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, 8080) == DockerLab.outside)
            #expect(try lab.seen(from: "outside", at: "192.0.2.3", 80) == nil)
            #expect(try lab.seen(from: "lan-app", at: DockerLab.outside, 81) == DockerLab.host)
            // The bridge's other hosts have no part in it: their traffic is not translated.
            try shell(
                "ip -n lanhost route add default via 192.0.2.1; ip -n outside route add 192.0.2.0/24 via \(DockerLab.host)"
            )
            #expect(try lab.seen(from: "lanhost", at: DockerLab.outside, 81) == "192.0.2.2")
            #expect(try shell(looks).replacing("net.ipv4.conf.br0.forwarding = 1", with: "") != "")
            try remove("lan")
            let difference = try shell(looks).split(separator: "\n").difference(from: before.split(separator: "\n"))
            // The machine's switch for forwarding is every interface's.
            #expect(difference.allSatisfy { $0.line.contains("forwarding") }, "\(difference)")
            #expect(try shell("iptables-save; nft list ruleset").contains("weft") == false)
        }
    }

    @Test func `a bridge without a port keeps its address`() async throws {
        try await inPrivateNamespaces {
            try shell("ip link add br0 type bridge; ip addr add 192.0.2.1/24 dev br0; ip link set br0 up")
            func mac() throws -> String? { try json(of: "ip", "-j", "link", "show", "br0")[0]["address"].string }
            let before = try mac()
            try apply(Self.bridged)
            #expect(try mac() == before)
            try remove("lan")
            #expect(try mac() == before)
        }
    }
}

extension CollectionDifference.Change where ChangeElement == Substring {
    /// What was inserted or removed.
    fileprivate var line: Substring {
        switch self {
        case .insert(_, let element, _), .remove(_, let element, _): element
        }
    }
}
