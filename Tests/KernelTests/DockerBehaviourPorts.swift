import TestSupport
import Testing

/// Every form of Compose's `ports`, each by who reaches the container through it.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct DockerBehaviourPorts {
    /// A form, the port of the host that it leads from, and where from outside it is reached.
    private struct Form {
        let text: String
        let port: Int
        var transport = "tcp"
        /// The host's addresses at which it answers who is outside.
        let answers: Set<String>

        init(_ text: String, _ port: Int, _ transport: String = "tcp", at answers: Set<String>) {
            self.text = text
            self.port = port
            self.transport = transport
            self.answers = answers
        }
    }

    private static let both: Set = [DockerLab.host, DockerLab.host6]
    private static let second = "198.51.100.7"
    private static let forms = [
        Form("'8000:80'", 8000, at: both), Form("'8001:80/udp'", 8001, "udp", at: both),
        Form("'8002:80/TCP'", 8002, at: both), Form("8003:80", 8003, at: both),
        Form("'8010-8011:80-81'", 8011, at: both), Form("'8020-8029:80'", 8020, at: both),
        Form("'0.0.0.0:8030:80'", 8030, at: [DockerLab.host]), Form("'[::]:8031:80'", 8031, at: [DockerLab.host6]),
        Form("':::8032:80'", 8032, at: [DockerLab.host6]),
        Form("'\(DockerLab.host):8033:80'", 8033, at: [DockerLab.host]),
        Form("'\(second):8034:80'", 8034, at: []),
        Form("'[\(DockerLab.host6)]:8035:80'", 8035, at: [DockerLab.host6]),
        Form("'\(DockerLab.host6):8036:80'", 8036, at: [DockerLab.host6]),
        Form("'127.0.0.1:8037:80'", 8037, at: []), Form("'127.0.0.1:8040-8041:80-81'", 8041, at: []),
        Form("{target: 80, published: 8050}", 8050, at: both), Form("{target: 80, published: '8051'}", 8051, at: both),
        Form("{target: 80, published: 8052-8059}", 8052, at: both),
        Form(
            "{target: 80, published: 8060, protocol: udp, mode: host, name: x, app_protocol: dns}", 8060, "udp",
            at: both),
        Form("{target: 80, published: 8061, host_ip: 127.0.0.1}", 8061, at: []),
        Form("{target: 80, published: 8062, host_ip: '\(DockerLab.host6)'}", 8062, at: [DockerLab.host6]),
        Form("{target: 80, published: 8063, host_ip: 0.0.0.0, mode: ingress}", 8063, at: [DockerLab.host]),
    ]

    @Test func `each form leads from the addresses that it names, and from no others`() async throws {
        try await inPrivateNamespaces {
            let ports = Self.forms.map(\.text).joined(separator: ", ")
            var lab = try DockerLab(
                "{name: lab, networks: {n: {enable_ipv6: true}}, services: {a: {networks: [n], ports: [\(ports)]}}}")
            try shell("ip addr add \(Self.second)/32 dev o1")
            try lab.serve("lab-a", 80)
            try lab.serve("lab-a", 81)
            for form in Self.forms {
                for address in Self.both.sorted() {
                    let seen = try lab.seen(from: "outside", at: address, form.port, form.transport)
                    #expect((seen != nil) == form.answers.contains(address), "\(form.text) at \(address)")
                }
            }
            #expect(try lab.seen(from: "outside", at: Self.second, 8034) == DockerLab.outside)
            for port in [8037, 8041, 8061] { #expect(try lab.seen(from: "host", at: "127.0.0.1", port) != nil) }
        }
    }

    @Test(arguments: [
        "'80'", "80", "'0:80'", "{target: 80}", "{target: 80, published: ''}", "{target: 80, published: 0}",
    ])
    func `without a port of the host any free one leads there`(form: String) async throws {
        try await inPrivateNamespaces {
            var lab = try DockerLab("{name: lab, services: {a: {ports: [\(form)]}}}")
            try lab.serve("lab-a", 80)
            let port = try #require(try shell("iptables -t nat -S WEFT").firstMatch(of: #/--dport (\d+) /#)?.output.1)
            #expect(try lab.seen(from: "outside", at: DockerLab.host, try #require(Int(port))) == DockerLab.outside)
        }
    }
}
