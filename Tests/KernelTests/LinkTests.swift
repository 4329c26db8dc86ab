import Addressing
import Linux
import Netlink
import TestSupport
import Testing

/// Suites whose tests need namespaces of their own.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct LinkTests {
    @Test func `a veth is made in one message with its other end named, numbered and addressed in its namespace`()
        async throws
    {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            let web = try NetworkNamespace.create("web") { namespace throws(SystemCallError) in namespace }
            try route.send([
                .addLink("br0", .bridge(), index: 50),
                .addLink(
                    "veth-web",
                    .veth(
                        peer: "eth0", index: 7,
                        [.macAddress(try mac("02:42:0a:00:00:02")), .mtu(1400), .namespace(web)]),
                    index: 60, isUp: true, [.master(50), .group(4242), .mtu(1400)]),
                .setLink("veth-web", [.alias("weft:shop/front")]),
                .addAlternativeNames(["weft-shop-web-front"], to: "veth-web"),
            ])

            let host = try json(of: "ip", "-j", "-d", "link", "show", "dev", "weft-shop-web-front")[0]
            #expect(host["ifname"].string == "veth-web")
            #expect(host["ifindex"].int == 60)
            #expect(host["linkinfo"]["info_kind"].string == "veth")
            #expect(host["master"].string == "br0")
            #expect(host["group"].string == "4242")
            #expect(host["ifalias"].string == "weft:shop/front")
            #expect(host["mtu"].int == 1400)
            #expect(host["link_netnsid"].int == 0)
            #expect(host["flags"].elements.contains(.string("UP")))
            let peer = try json(of: "ip", "-n", "web", "-j", "-d", "link", "show", "dev", "eth0")[0]
            #expect(peer["ifindex"].int == 7)
            #expect(peer["address"].string == "02:42:0a:00:00:02")
            #expect(peer["mtu"].int == 1400)
            #expect(!peer["flags"].elements.contains(.string("UP")))

            let link = try route.link("veth-web")
            #expect(link.name == "veth-web")
            #expect(link.kind == "veth")
            #expect(link.alternativeNames == ["weft-shop-web-front"])
            #expect(link.alias == "weft:shop/front")
            #expect(link.master == 50)
            #expect(link.portKind == "bridge")
            #expect(link.group == 4242)
            #expect(link.lower == 7)
            #expect(link.lowerNamespaceID == (try route.namespaceID(of: web)))
            #expect(link.mtu == 1400)
            #expect(link.isUp)
            #expect(try route.link("weft-shop-web-front") == link)
            #expect(try route.links().first { $0.index == 60 } == link)
        }
    }
}

/// The address that `text` is.
func mac(_ text: String) throws -> MACAddress { try #require(MACAddress(text)) }
