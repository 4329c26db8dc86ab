import Addressing
import Links
import Linux
import Netlink
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct LinkTests {
    @Test func `a veth is made in one message, its other end named, numbered and addressed in its namespace`()
        async throws
    {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            let web = try namespace("web")
            let peer: [Attribute<Link>?] = [.macAddress(try mac("02:42:0a:00:00:02")), .mtu(1400), .namespace(web)]
            try route.send([
                .addLink("br0", .bridge(), index: 50),
                .addLink(
                    "veth-web", .veth(peer: "eth0", index: 7, peer), index: 60, isUp: true,
                    [.master(50), .group(4242), .mtu(1400)]),
                .setLink("veth-web", [.alias("weft:shop/front")]),
                .addAlternativeNames(["weft-shop-web-front"], to: "veth-web"),
            ])

            let shown = try json(of: "ip", "-j", "-d", "link", "show", "dev", "weft-shop-web-front")[0]
            #expect(shown["ifname"].string == "veth-web")
            #expect(shown["ifindex"].int == 60)
            #expect(shown["linkinfo"]["info_kind"].string == "veth")
            #expect(shown["master"].string == "br0")
            #expect(shown["group"].string == "4242")
            #expect(shown["ifalias"].string == "weft:shop/front")
            #expect(shown["mtu"].int == 1400)
            #expect(shown["flags"].elements.contains(.string("UP")))
            let inside = try json(of: "ip", "-n", "web", "-j", "-d", "link", "show", "dev", "eth0")[0]
            #expect(inside["ifindex"].int == 7)
            #expect(inside["address"].string == "02:42:0a:00:00:02")
            #expect(inside["mtu"].int == 1400)
            #expect(!inside["flags"].elements.contains(.string("UP")))

            let link = try route.link("veth-web")
            #expect(link.kind == "veth")
            #expect(link.alternativeNames == ["weft-shop-web-front"])
            #expect(link.alias == "weft:shop/front")
            #expect(link.master == 50)
            #expect(link.portKind == "bridge")
            #expect(link.group == 4242)
            #expect(link.lower == 7)
            #expect(link.lowerNamespaceID == (try route.namespaceID(of: web)))
            #expect(link.isUp)
            #expect(try route.link("weft-shop-web-front") == link)
            #expect(try route.links().first { $0.index == 60 } == link)
        }
    }

    @Test func `a bridge has the settings that it was made with`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send(
                .addLink("br0", .bridge(Bridge(spanningTree: true, forwardDelay: 400, multicastSnooping: false))))
            let data = try json(of: "ip", "-j", "-d", "link", "show", "dev", "br0")[0]["linkinfo"]["info_data"]
            #expect(data["stp_state"].int == 1)
            #expect(data["forward_delay"].int == 400)
            #expect(data["mcast_snooping"].int == 0)
            guard case .bridge(let bridge) = try route.link("br0").device else {
                Issue.record("no bridge")
                return
            }
            #expect(bridge.spanningTree == true)
            #expect(bridge.forwardDelay == 400)
            #expect(bridge.multicastSnooping == false)
            #expect(bridge.vlanFiltering != true)
        }
    }

    @Test func `a bridge port is set hairpin and isolated, and not again`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send([
                .addLink("br0", .bridge(), index: 50),
                .addLink("a", .veth(peer: "b"), [.master(50)]),
                .setLink("a", [.bridgePort(BridgePort(hairpin: true, isolated: true))]),
            ])
            func port() throws -> JSON {
                try json(of: "bridge", "-j", "-d", "link", "show", "dev", "a")[0]
            }
            #expect(try port()["hairpin"].bool == true)
            #expect(try port()["isolated"].bool == true)
            #expect(try route.link("a").bridgePort?.hairpin == true)
            #expect(try route.link("a").bridgePort?.isolated == true)
            #expect(try route.link("a").bridgePort?.learning == true)

            try route.send(.setLink("a", [.bridgePort(BridgePort(hairpin: false))]))
            #expect(try port()["hairpin"].bool == false)
            #expect(try port()["isolated"].bool == true)
        }
    }

    @Test func `a link's state, MTU, address, master and alias change in place`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send([.addLink("br0", .bridge()), .addLink("a", .veth(peer: "b"))])
            let bridge = try route.link("br0").index
            func shown() throws -> JSON { try json(of: "ip", "-j", "-d", "link", "show", "dev", "a")[0] }
            let before = try shown()

            let address = try mac("02:42:0a:00:00:09")
            try route.send(
                .setLink("a", isUp: true, [.mtu(1280), .macAddress(address), .master(bridge), .alias("weft:x/y")]))
            #expect(try shown()["ifindex"] == before["ifindex"])
            #expect(try shown()["mtu"].int == 1280)
            #expect(try shown()["address"].string == "02:42:0a:00:00:09")
            #expect(try shown()["master"].string == "br0")
            #expect(try shown()["ifalias"].string == "weft:x/y")
            #expect(try shown()["flags"].elements.contains(.string("UP")))

            try route.send(.setLink("a", isUp: false, [.master(0), .alias("")]))
            #expect(try shown()["master"] == .null)
            #expect(try shown()["ifalias"] == .null)
            #expect(try !shown()["flags"].elements.contains(.string("UP")))
            #expect(try route.link("a").master == nil)
            #expect(try route.link("a").alias == nil)
        }
    }

    @Test func `a link is renamed by its index, and keeps it`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send(.addLink("a", .veth(peer: "b")))
            let index = try route.link("a").index
            try route.send(.setLink(.index(index), [.name("renamed")]))
            #expect(try json(of: "ip", "-j", "link", "show", "dev", "renamed")[0]["ifindex"].int == Int(index))
        }
    }

    @Test func `further names come and go`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            let long = String(repeating: "long-name-", count: 12)
            try route.send([.addLink("br0", .bridge()), .addAlternativeNames([long, "short"], to: "br0")])
            #expect(
                try json(of: "ip", "-j", "link", "show", "dev", "br0")[0]["altnames"]
                    == .array([.string(long), .string("short")]))
            try route.send([.setLink(.name(long), isUp: true), .deleteAlternativeNames(["short"], of: .name(long))])
            #expect(try route.link("br0").alternativeNames == [long])
            #expect(try route.link("br0").isUp)
            try route.send(.deleteLink(.name(long)))
            #expect(throws: NetlinkError.self) { try route.link("br0") }
        }
    }

    @Test func `a group is deleted at once, and nothing else is`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send((0..<20).map { .addLink("a\($0)", .veth(peer: "b\($0)"), [.group(7)]) })
            try route.send([.addLink("other", .veth(peer: "c"), [.group(8)]), .deleteLinks(group: 7)])
            #expect(try linkNames() == ["c", "lo", "other"])
            #expect(throws: NetlinkError.self) { try route.send(.deleteLinks(group: 7)) }
        }
    }

    @Test func `a link that is there already is refused in the kernel's words, and named`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send(.addLink("br0", .bridge()))
            let request = Request.addLink("br0", .bridge())
            let error = try #require(throws: NetlinkError.self) { try route.send(request) }
            #expect(error.isAlreadyExists)
            #expect("\(error)" == "link br0: File exists (EEXIST)")
            guard case .refused(let refusal) = error else { throw error }
            #expect(refusal.request == request)
        }
    }

    @Test func `a name that is too long is refused in the kernel's words, with the place in the request`()
        async throws
    {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            let request = Request.addLink("x", .veth(peer: "longer-than-15-bytes"))
            let error = try #require(throws: NetlinkError.self) { try route.send(request) }
            guard case .refused(let refusal) = error else { throw error }
            #expect("\(refusal)" == "link x: Attribute failed policy validation (ERANGE)")
            let offset = try #require(refusal.offset)
            // The attribute that it points to is the other end's IFLA_IFNAME.
            #expect(try Array(request.encoded()[offset + 4..<offset + 10]) == Array("longer".utf8))
        }
    }

    @Test func `a link that is not there is not found, by name and by index`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            for link in [LinkReference.name("nothing"), .name("a-name-longer-than-fifteen-bytes"), .index(999)] {
                #expect(try #require(throws: NetlinkError.self) { try route.link(link) }.isNotFound)
                #expect(try #require(throws: NetlinkError.self) { try route.send(.deleteLink(link)) }.isNotFound)
                let set = Request.setLink(link, isUp: true)
                #expect(try #require(throws: NetlinkError.self) { try route.send(set) }.isNotFound)
            }
        }
    }
}

/// The address that `text` is.
func mac(_ text: String) throws -> MACAddress { try #require(MACAddress(text)) }

/// A new namespace, held open.
func namespace(_ name: String) throws -> NetworkNamespace {
    try NetworkNamespace.create(name) { namespace throws(SystemCallError) in namespace }
}

/// The names of all links, as `ip` sees them.
func linkNames() throws -> [String] {
    try json(of: "ip", "-j", "link", "show").elements.compactMap { $0["ifname"].string }.sorted()
}
