import Addressing
import Linux
import Netlink
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct LinkRouteTests {
    /// A link that is up, with an address of each family.
    private func prepared(_ route: NetlinkSocket) throws {
        var six = Address(try #require(InterfaceAddress("fd00::2/64")), link: 50)
        six.flags = .noDuplicateDetection
        try route.send([
            .addLink("a", .veth(peer: "b"), index: 50, isUp: true), .setLink("b", isUp: true),
            .addAddress(Address(try #require(InterfaceAddress("10.0.0.2/24")), link: 50)), .addAddress(six),
        ])
    }

    /// A route as `ip` shows it.
    private func shown(_ destination: String, _ family: String = "-4") throws -> JSON {
        try json(of: "ip", family, "-j", "-d", "route", "show", destination, "table", "all")[0]
    }

    @Test func `default routes of both families have our mark, and go`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try prepared(route)
            for (family, text) in [("-4", "10.0.0.1"), ("-6", "fd00::1")] {
                var gateway = Route(defaultBy: try #require(IPAddress(text)))
                gateway.originator = 119
                try route.send(.addRoute(gateway))
                let shown = try shown("default", family)
                #expect(shown["gateway"].string == text)
                #expect(shown["dev"].string == "a")
                #expect(shown["protocol"].string == "119")
                #expect(shown["type"].string == "unicast")

                let own = try #require(try route.routes().first { $0.originator == 119 })
                #expect(own.destination.prefixLength == 0)
                #expect(own.gateway == IPAddress(text))
                #expect(own.link == 50)
                #expect(own.kind == .unicast)
                #expect(own.table == Route.mainTable)
                let twice = try #require(throws: NetlinkError.self) { try route.send(.addRoute(gateway)) }
                #expect(twice.isAlreadyExists)
                #expect("\(twice)".hasPrefix("route default via \(text): "))

                try route.send(.deleteRoute(own))
                #expect(try route.routes().allSatisfy { $0.originator != 119 })
                #expect(
                    try #require(throws: NetlinkError.self) { try route.send(.deleteRoute(gateway)) }.isNotFound)
            }
        }
    }

    @Test func `a route has its link, metric, source and table`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try prepared(route)
            var made = Route(to: try #require(Subnet("10.1.0.0/16")), link: 50)
            made.metric = 77
            made.source = IPAddress("10.0.0.2")
            made.table = 1000
            made.originator = 119
            try route.send(.addRoute(made))
            let shown = try shown("10.1.0.0/16")
            #expect(shown["metric"].int == 77)
            #expect(shown["prefsrc"].string == "10.0.0.2")
            #expect(shown["table"].string == "1000")
            #expect(shown["scope"].string == "link")
            made.scope = .link
            #expect(try route.routes().first { $0.originator == 119 } == made)
        }
    }

    @Test(arguments: [Route.Kind.blackhole, .unreachable, .prohibit])
    func `a route that leads nowhere`(kind: Route.Kind) async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            let names: [Route.Kind: String] = [
                .blackhole: "blackhole", .unreachable: "unreachable", .prohibit: "prohibit",
            ]
            for (family, text) in [("-4", "10.7.0.0/16"), ("-6", "fd07::/48")] {
                var made = Route(to: try #require(Subnet(text)))
                made.kind = kind
                try route.send(.addRoute(made))
                #expect(try shown(text, family)["type"].string == names[kind])
                #expect(try route.routes().first { $0.destination == made.destination }?.kind == kind)
                try route.send(.deleteRoute(made))
                #expect(try shown(text, family) == .null)
            }
        }
    }

    @Test func `a route is replaced rather than added`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try prepared(route)
            let destination = try #require(Subnet("10.1.0.0/16"))
            try route.send([
                .replaceRoute(Route(to: destination, gateway: IPAddress("10.0.0.1"))),
                .replaceRoute(Route(to: destination, gateway: IPAddress("10.0.0.9"))),
            ])
            #expect(
                try route.routes().filter { $0.destination == destination }.map(\.gateway) == [IPAddress("10.0.0.9")])
            #expect(try shown("10.1.0.0/16")["gateway"].string == "10.0.0.9")
        }
    }

    @Test func `a gateway that is not on link is refused in the kernel's words`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try prepared(route)
            let made = Route(defaultBy: try #require(IPAddress("192.0.2.1")))
            let error = try #require(throws: NetlinkError.self) { try route.send(.addRoute(made)) }
            #expect("\(error)" == "route default via 192.0.2.1: Nexthop has invalid gateway (ENETUNREACH)")
        }
    }

    @Test func `all that ip lists is read, and no more`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try prepared(route)
            try output(of: "ip", "route", "add", "default", "via", "10.0.0.1", "metric", "5")
            try output(of: "ip", "-6", "route", "add", "fd09::/64", "via", "fd00::1")
            func count(_ family: String) throws -> Int {
                try json(of: "ip", family, "-j", "route", "show", "table", "all").elements.count
            }
            #expect(try route.routes().count { $0.destination.family == .v4 } == count("-4"))
            // A link that comes up gets routes of its own, a moment later.
            #expect(try eventually { try route.routes().count { $0.destination.family == .v6 } == count("-6") })
        }
    }
}
