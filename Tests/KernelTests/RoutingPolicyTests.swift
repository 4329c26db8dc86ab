import Addressing
import Links
import Planning
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct RoutingPolicyTests {
    private static let namespace = Planning.Namespace.named("lab-a")

    private func objects(with more: [KernelObject]) throws -> [KernelObject] {
        let addresses = try ["10.0.0.1/24", "10.0.0.9/24", "fd00::1/64"].map { text in
            KernelObject.address(
                Address(namespace: Self.namespace, link: "eth0", address: try #require(InterfaceAddress(text))))
        }
        return [
            LinkLab.namespace("lab-a"),
            .link(
                LinkLab.link(Self.namespace, "eth0", .veth(peer: .init(namespace: Self.namespace, name: "eth1")))),
            .up(LinkUp(namespace: Self.namespace, link: "eth0")), .up(LinkUp(namespace: Self.namespace, link: "eth1")),
        ] + addresses + more
    }

    private func route(_ destination: String, via gateway: String, _ change: (inout Route) -> Void) throws
        -> KernelObject
    {
        let gateway = try #require(IPAddress(gateway))
        var route = Route(
            namespace: Self.namespace, destination: try #require(Subnet(destination)), gateway: gateway, link: "eth0",
            via: InterfaceAddress(gateway.family == .v4 ? "10.0.0.1/24" : "fd00::1/64"))
        change(&route)
        return .route(route)
    }

    @Test func `routes to one destination differ in metric and table, and have a source`() async throws {
        try await inPrivateNamespaces {
            let objects = try objects(with: [
                route("10.5.0.0/16", via: "10.0.0.2") { $0.metric = 10 },
                route("10.5.0.0/16", via: "10.0.0.3") { $0.metric = 20 },
                route("10.5.0.0/16", via: "10.0.0.4") { $0.table = 1000 },
                route("10.6.0.0/16", via: "10.0.0.2") { $0.source = IPAddress("10.0.0.9") },
                route("fd05::/64", via: "fd00::2") { $0.metric = 5 },
                route("fd06::/64", via: "fd00::2") { $0.table = 300 },
            ])
            try LinkLab.checkLife(of: objects) {
                func gateways(_ arguments: String) throws -> String {
                    try shell("ip -n lab-a \(arguments) | sed -n 's/.*\\(via [^ ]*\\).*/\\1/p'")
                }
                #expect(try gateways("route show 10.5.0.0/16") == "via 10.0.0.2\nvia 10.0.0.3\n")
                #expect(try gateways("route show table 1000") == "via 10.0.0.4\n")
                #expect(try shell("ip -n lab-a route get 10.6.0.1").contains("src 10.0.0.9"))
                #expect(try gateways("-6 route show table 300") == "via fd00::2\n")
                #expect(try shell("ip -n lab-a -6 route show fd05::/64").contains("metric 5 "))
                try shell("ip -n lab-a route del 10.5.0.0/16 metric 20")
                #expect(try LinkLab.plan(objects) == ["+ route lab-a:10.5.0.0/16 via 10.0.0.3 dev eth0 metric 20"])
            }
        }
    }

    @Test func `rules choose the table, and go when they are not wanted any more`() async throws {
        try await inPrivateNamespaces {
            var bySource = RoutingRule(namespace: Self.namespace, .v4, priority: 100, table: 1000)
            bySource.source = Subnet("10.0.0.9/32")
            var byMark = RoutingRule(namespace: Self.namespace, .v6, priority: 101, table: 300)
            byMark.mark = 5
            byMark.inputLink = "eth1"
            byMark.destination = Subnet("fd07::/16")
            let routes = [
                try route("10.5.0.0/16", via: "10.0.0.2") { _ in },
                try route("10.5.0.0/16", via: "10.0.0.4") { $0.table = 1000 },
            ]
            let objects = try objects(with: routes + [.routingRule(bySource), .routingRule(byMark)])
            try LinkLab.checkLife(of: objects) {
                #expect(try shell("ip -n lab-a route get 10.5.0.1").contains("via 10.0.0.2"))
                #expect(try shell("ip -n lab-a route get 10.5.0.1 from 10.0.0.9").contains("via 10.0.0.4"))
                let shown = try json(of: "ip", "-n", "lab-a", "-6", "-j", "rule").elements.first {
                    $0["priority"].int == 101
                }
                #expect(shown?["fwmark"].string == "0x5")
                #expect(shown?["iif"].string == "eth1")
                try shell("ip -n lab-a rule del pref 100")
                #expect(
                    try LinkLab.plan(objects) == ["+ routing rule lab-a:pref 100 from 10.0.0.9/32 lookup 1000"])
                try LinkLab.apply(try self.objects(with: routes))
                #expect(try shell("ip -n lab-a rule; ip -n lab-a -6 rule").contains("lookup 1000") == false)
            }
        }
    }
}
