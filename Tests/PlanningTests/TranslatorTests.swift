import Addressing
import Planning
import Testing
import Topology

@Suite struct TranslatorTests {
    private func layout(at hostAddress: String?) throws -> Layout {
        let port = Layout.Port(
            hostAddress: try hostAddress.map { try #require(IPAddress($0)) }, published: 8080,
            address: try #require(IPAddress("10.77.0.2")), target: 80, transport: .tcp, network: "front")
        return try .bridge(containers: 1, ports: [port])
    }

    private func state(at hostAddress: String?, _ firewall: FirewallKind) throws -> State<KernelObject> {
        State(desiredBy: try layout(at: hostAddress), firewall: firewall)
    }

    @Test func `an IPv4 address is embedded in the prefix, and found there again`() throws {
        let address = try #require(IPAddress("192.0.2.33"))
        let embedded = try #require(IPAddress("64:ff9b:1:0:77:6566:c000:221"))
        #expect(Translator.embedding(address) == embedded)
        #expect(Translator.embedded(in: embedded) == address)
        #expect(Translator.embedded(in: try #require(IPAddress("64:ff9b::c000:221"))) == nil)
    }

    /// A port of every IPv6 address, whose container has IPv6, and that of the host's own clients.
    private func dualState(_ firewall: FirewallKind) throws -> State<KernelObject> {
        var layout = try Layout.bridge(containers: 0)
        try layout.networks[0].addIPv6()
        let ports = try [(nil, "fd00:77:0::2"), ("::1", "10.77.0.2")].map { hostAddress, address in
            Layout.Port(
                hostAddress: try hostAddress.map { try #require(IPAddress($0)) }, published: 8080,
                address: try #require(IPAddress(address)), target: 80, transport: .tcp, network: "front")
        }
        layout.containers = [try .sample("web", topology: "demo", on: layout.networks, host: 2, ports: ports)]
        return State(desiredBy: layout, firewall: firewall)
    }

    @Test func `the host's own ::1 is looked at before every IPv6 address`() throws {
        let rules = try dualState(.iptables).objects.values.compactMap { object -> Rule? in
            guard case .rule(let rule) = object, rule.table == Table(.v6, "nat"), rule.chain == "WEFT" else {
                return nil
            }
            return rule
        }.sorted { $0.rank < $1.rank }
        #expect(
            rules.map(\.specification) == [
                "WEFT -d ::1/128 -p tcp -m tcp --dport 8080 -m comment --comment \"weft:demo\" -j DNAT --to-destination [64:ff9b:1:0:77:6566:a4d:2]:80",
                "WEFT -p tcp -m tcp --dport 8080 -m comment --comment \"weft:demo\" -j DNAT --to-destination [fd00:77::2]:80",
            ])
        let elements = try dualState(.nftables).objects.values.map { "\($0)" }
        #expect(elements.contains { $0.contains("address-forwards") && $0.contains("::1 . tcp . 8080") })
        #expect(elements.contains { $0.contains("port-forwards") && $0.contains("fd00:77::2") })
    }

    @Test(arguments: [FirewallKind.iptables, .nftables])
    func `only a port for IPv6 clients of a container with IPv4 alone needs the translator`(kind: FirewallKind) throws {
        for hostAddress in [nil, "127.0.0.1", "192.0.2.7"] {
            let objects = try state(at: hostAddress, kind).objects.values
            #expect(!objects.contains { "\($0)".contains(" \(Translator.link)") && $0.noun != "rule" })
        }
        for hostAddress in ["::", "2001:db8::7"] {
            let lines = try state(at: hostAddress, kind).objects.values.map { "\($0)" }
            for object in ["bridge", "up"] { #expect(lines.contains("\(object) weft64")) }
            #expect(lines.contains("qdisc weft64 clsact"))
            #expect(lines.contains("filter weft64 IPv6 to IPv4"))
            #expect(lines.contains("sysctl net.ipv6.conf.all.forwarding = 1"))
            #expect(lines.contains { $0.contains("2001:db8::7") } == (hostAddress != "::"))
        }
        #expect(try state(at: "::", .none)[Link.id(.host, Translator.link)] == nil)
    }

    @Test func `the program is there before the link comes up, and routes lead to it after that`() throws {
        let desired = try state(at: "::", .iptables)
        let order = Plan(from: State(), to: desired).operations.map { "\($0.object)" }
        let places = try ["bridge weft64", "qdisc weft64 clsact", "filter weft64 IPv6 to IPv4", "up weft64"].map {
            try #require(order.firstIndex(of: $0))
        }
        #expect(places == places.sorted())
        let routes = order.indices.filter { order[$0].hasPrefix("route ") && order[$0].hasSuffix("dev weft64") }
        #expect(routes.count == 2)
        #expect(routes.allSatisfy { $0 > places[3] })
    }

    @Test func `a link that goes takes its hooks and its program along`() throws {
        let observed = try state(at: "::", .iptables)
        let plan = Plan(from: observed, to: State())
        #expect(!plan.operations.contains { [.qdisc, .filter].contains($0.object.id.kind) })
    }

    @Test func `clients' addresses are rewritten before networks' are`() throws {
        let rules = try state(at: "::", .iptables).objects.values.compactMap { object -> Rule? in
            if case .rule(let rule) = object, rule.chain == "POSTROUTING" { rule } else { nil }
        }
        let ours = rules.filter { $0.output == .equal(Translator.link) }
        #expect(ours.count == 2)
        #expect(rules.allSatisfy { rule in ours.contains(rule) || ours.allSatisfy { $0.rank < rule.rank } })
    }
}
