import Planning
import TestSupport
import Testing

/// Who reaches whom on a host with every sort of network, and as whom: between all pairs, to the host, to a machine outside and
/// back, directly and by published port.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ReachabilityTests {
    private static let file = """
        name: lab
        networks:
          front: {ipam: {config: [{subnet: 10.77.1.0/24}]}}
          back: {ipam: {config: [{subnet: 10.77.2.0/24}]}}
          quiet: {driver_opts: {com.docker.network.bridge.enable_icc: "false"}, ipam: {config: [{subnet: 10.77.3.0/24}]}}
          shut: {internal: true, ipam: {config: [{subnet: 10.77.4.0/24}]}}
          dual: {enable_ipv6: true, ipam: {config: [{subnet: 10.77.5.0/24}, {subnet: "fd00:77:5::/64"}]}}
        services:
          p: {network_mode: bridge, ports: ["8001:7000", "8001:7000/udp"]}
          a: {networks: [front], ports: ["8002:7000", "8002:7000/udp", "127.0.0.1:8012:7000"]}
          m: {networks: [front, shut]}
          b: {networks: [back]}
          s: {networks: [shut], ports: ["8003:7000"]}
          q1: {networks: [quiet], ports: ["8004:7000", "8004:7000/udp"]}
          q2: {networks: [quiet]}
          d1: {networks: [dual], ports: ["8005:7000", "8005:7000/udp"]}
          d2: {networks: [dual]}
        """

    @Test(arguments: [FirewallKind.iptables, .nftables])
    func `everybody reaches whom Docker lets them reach`(_ firewall: FirewallKind) async throws {
        try await inPrivateNamespaces {
            _ = try DockerLab(Self.file, firewall: firewall)
            let places = Place.containers + [.host, .outside]
            let prober = ReachabilityProber(
                servers: Dictionary(uniqueKeysWithValues: places.map { ($0.namespace, Place.port) }))
            let cells = try places.flatMap { try Cell.all(from: $0) }
            let answers = try prober.answers(to: cells.map(\.question))
            #expect(cells.count == 681)
            for (cell, answer) in zip(cells, answers) {
                #expect(answer == cell.expected, "\(firewall.rawValue): \(cell.name)")
            }
        }
    }
}

/// Where questions come from and go to.
private struct Place {
    static let port = 7000

    let name: String
    /// The networks that it is on.
    let networks: [String]
    /// The host's port that leads to it, if any.
    var published: Int?

    static let host = Place(name: "host", networks: [])
    static let outside = Place(name: "outside", networks: [])
    static let containers = [
        Place(name: "p", networks: ["bridge"], published: 8001),
        Place(name: "a", networks: ["front"], published: 8002),
        Place(name: "m", networks: ["front", "shut"]),
        Place(name: "b", networks: ["back"]),
        Place(name: "s", networks: ["shut"], published: 8003),
        Place(name: "q1", networks: ["quiet"], published: 8004),
        Place(name: "q2", networks: ["quiet"]),
        Place(name: "d1", networks: ["dual", "dual6"], published: 8005),
        Place(name: "d2", networks: ["dual", "dual6"]),
    ]

    var namespace: String {
        switch name {
        case "host": ""
        case "outside": "outside"
        default: "lab-\(name)"
        }
    }
    var isHost: Bool { name == "host" }
    var isOutside: Bool { name == "outside" }
    /// Whether it has a way to where addresses of the family are, beyond its own networks.
    func hasWayOut(_ isIPv6: Bool) -> Bool {
        isHost || isOutside || networks.contains { $0 != "shut" && (!isIPv6 || $0 == "dual6") }
    }
}

/// The networks, by the addresses of their gateways.
private let gateways = [
    "bridge": "172.17.0.1", "front": "10.77.1.1", "back": "10.77.2.1", "quiet": "10.77.3.1", "shut": "10.77.4.1",
    "dual": "10.77.5.1", "dual6": "fd00:77:5::1",
]

/// One question and the answer that Docker's networks would give.
private struct Cell {
    let name: String
    let question: ReachabilityProber.Question
    /// Whom the server sees; empty for an echo, `nil` if there is no answer.
    let expected: String?

    static func all(from source: Place) throws -> [Cell] {
        try containers(from: source) + hosts(from: source) + published(from: source)
    }

    /// Directly, at the container's own address.
    private static func containers(from source: Place) throws -> [Cell] {
        try Place.containers.flatMap { target in
            try target.networks.flatMap { network in
                let isReached =
                    source.name == target.name || source.isHost
                    || (source.networks.contains(network) && network != "quiet")
                let seen = source.isHost ? gateways[network] : try address(source, network)
                return try cells(
                    source, "\(target.name)@\(network)", try #require(try address(target, network)), Place.port,
                    ["icmp", "tcp", "udp"], seen: isReached ? seen : nil)
            }
        }
    }

    /// The host, at each of its addresses, and the machine outside.
    private static func hosts(from source: Place) throws -> [Cell] {
        let gates = try gateways.sorted { $0.key < $1.key }.flatMap { network, gateway in
            let isIPv6 = network == "dual6"
            let isReached = source.isHost || source.isOutside || !isIPv6 || source.networks.contains(network)
            return try cells(source, "gateway@\(network)", gateway, 0, ["icmp"], seen: isReached ? "" : nil)
        }
        let ways = try [(DockerLab.outside, false), (DockerLab.outside6, true)].flatMap { address, isIPv6 in
            let seen = source.isOutside ? address : isIPv6 ? DockerLab.host6 : DockerLab.host
            return try cells(
                source, isIPv6 ? "outside6" : "outside", address, Place.port, ["icmp", "tcp", "udp"],
                seen: source.hasWayOut(isIPv6) ? seen : nil)
        }
        return gates + ways
    }

    /// By the host's ports: whoever is on a network of this host is seen as the gateway of the server's.
    private static func published(from source: Place) throws -> [Cell] {
        var result: [Cell] = []
        for target in Place.containers {
            guard let port = target.published, let network = target.networks.first else { continue }
            let transports = network == "shut" ? ["tcp"] : ["tcp", "udp"]
            let isReached = source.hasWayOut(false) && network != "shut"
            let seen = source.isHost ? DockerLab.host : source.isOutside ? DockerLab.outside : gateways[network]
            result += try cells(
                source, "host:\(port)", DockerLab.host, port, transports, seen: isReached ? seen : nil)
            if source.isHost {
                let own = PacketProgramRun.isPermitted && isReached ? gateways[network] : nil
                result += try cells(source, "localhost6:\(port)", "::1", port, transports, seen: own)
            }
            guard target.name == "d1" else { continue }
            let seen6 = source.isHost ? DockerLab.host6 : source.isOutside ? DockerLab.outside6 : gateways["dual6"]
            result += try cells(
                source, "host6:\(port)", DockerLab.host6, port, transports, seen: source.hasWayOut(true) ? seen6 : nil)
        }
        result += try cells(source, "host:8012", DockerLab.host, 8012, ["tcp"], seen: nil)
        guard source.isHost else { return result }
        return result + (try cells(source, "localhost:8012", "127.0.0.1", 8012, ["tcp"], seen: gateways["front"]))
    }

    private static func cells(
        _ source: Place, _ target: String, _ address: String, _ port: Int, _ transports: [String], seen: String?
    ) throws -> [Cell] {
        transports.map { transport in
            let isEcho = transport == "icmp"
            return Cell(
                name: "\(source.name) -> \(transport) \(target)",
                question: .init(
                    namespace: source.namespace, transport: transport, address: address, port: isEcho ? 0 : port),
                expected: isEcho ? seen.map { _ in "" } : seen)
        }
    }

    /// The container's address on `network`, as `ip` tells it.
    private static func address(_ place: Place, _ network: String) throws -> String? {
        guard let gateway = gateways[network], place.networks.contains(network) else { return nil }
        let isIPv6 = network == "dual6"
        let prefix = isIPv6 ? "fd00:77:5::" : gateway.split(separator: ".").dropLast().joined(separator: ".") + "."
        let words = try shell("ip -n \(place.namespace) -\(isIPv6 ? 6 : 4) -o addr show scope global").split(
            separator: " ")
        return words.first { $0.hasPrefix(prefix) }.map { String($0.prefix { $0 != "/" }) }
    }
}
