import Addressing
import Links
import Planning
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct VXLANTests {
    private static let pair = Planning.Link.Kind.veth(peer: .init(namespace: .host, name: "eth1"))

    @Test func `a vxlan is made with all its settings, and found again`() async throws {
        try await inPrivateNamespaces {
            var settings = VXLAN(id: 42, local: IPAddress("10.0.0.1"), remote: IPAddress("10.0.0.2"))
            settings.port = 8472
            settings.learning = false
            settings.ageing = 60
            settings.proxy = true
            settings.l2miss = true
            settings.l3miss = true
            settings.ttl = 9
            settings.tos = 4
            settings.checksum = false
            let objects: [KernelObject] = [
                .link(LinkLab.link(.host, "eth0", Self.pair)),
                .link(LinkLab.link(.host, "vx0", .vxlan(settings), lower: .init(namespace: .host, link: "eth0"))),
            ]
            try LinkLab.checkLife(of: objects) {
                let link = try json(of: "ip", "-j", "-d", "link", "show", "dev", "vx0")[0]
                let data = link["linkinfo"]["info_data"]
                #expect(link["linkinfo"]["info_kind"].string == "vxlan")
                #expect(link["mtu"].int == 1450)
                #expect(data["id"].int == 42)
                #expect(data["local"].string == "10.0.0.1")
                #expect(data["remote"].string == "10.0.0.2")
                #expect(data["link"].string == "eth0")
                #expect(data["port"].int == 8472)
                #expect(data["learning"].bool == false)
                #expect(data["ageing"].int == 60)
                #expect(data["proxy"].bool == true)
                #expect(data["l2miss"].bool == true)
                #expect(data["l3miss"].bool == true)
                #expect(data["ttl"].int == 9)
                #expect(data["tos"].string == "0x4")
                #expect(data["udp_csum"].bool == false)
            }
            #expect(try shell("ip -o link show type vxlan").isEmpty)
        }
    }

    @Test func `a vxlan in a sandbox has its underlay on the host, though the host has a link of its name`()
        async throws
    {
        try await inPrivateNamespaces {
            let objects: [KernelObject] = [
                LinkLab.namespace("lab-sandbox"), .link(LinkLab.link(.host, "eth0", Self.pair)),
                .link(
                    LinkLab.link(
                        .named("lab-sandbox"), "eth0", .vxlan(VXLAN(id: 7)),
                        lower: .init(namespace: .host, link: "eth0"), mtu: 1400)),
            ]
            try LinkLab.checkLife(of: objects) {
                let link = try json(of: "ip", "-n", "lab-sandbox", "-j", "-d", "link", "show", "dev", "eth0")[0]
                #expect(link["linkinfo"]["info_data"]["id"].int == 7)
                #expect(link["mtu"].int == 1400)
                #expect(try shell("ip -o link show type vxlan").isEmpty)
                // The socket that packets arrive at is the host's.
                #expect(!(try shell("ss -Hlun")).contains(":4789"))
                try shell("ip -n lab-sandbox link set eth0 up")
                #expect(try shell("ss -Hlun").contains(":4789"))
            }
        }
    }

    @Test func `an external vxlan, one to a group and one over IPv6 are found again`() async throws {
        try await inPrivateNamespaces {
            var external = VXLAN(id: 0)
            external.isExternal = true
            external.learning = false
            external.port = 4790
            var over6 = VXLAN(id: 0xff_ffff, local: IPAddress("fd00::1"), remote: IPAddress("fd00::2"))
            over6.sendsZeroChecksum6 = true
            over6.acceptsZeroChecksum6 = true
            let group = VXLAN(id: 8, remote: IPAddress("239.1.1.1"))
            let objects: [KernelObject] = [
                .link(LinkLab.link(.host, "eth0", Self.pair)),
                .link(LinkLab.link(.host, "vx0", .vxlan(external))),
                .link(LinkLab.link(.host, "vx1", .vxlan(group), lower: .init(namespace: .host, link: "eth0"))),
                .link(LinkLab.link(.host, "vx2", .vxlan(over6))),
            ]
            try LinkLab.checkLife(of: objects) {
                let links = try json(of: "ip", "-j", "-d", "link", "show", "type", "vxlan")
                func data(_ name: String) -> JSON { links.first(where: "ifname", is: name)["linkinfo"]["info_data"] }
                #expect(data("vx0")["external"].bool == true)
                #expect(data("vx1")["group"].string == "239.1.1.1")
                #expect(data("vx2")["remote6"].string == "fd00::2")
                #expect(data("vx2")["udp_zero_csum6_tx"].bool == true)
            }
        }
    }

    @Test func `what somebody changed is drift, and made anew`() async throws {
        try await inPrivateNamespaces {
            let wanted = LinkLab.link(.host, "vx0", .vxlan(VXLAN(id: 42, remote: IPAddress("10.0.0.2"))))
            try LinkLab.apply([.link(wanted)])
            try shell("ip link set vx0 type vxlan id 42 remote 10.0.0.3")
            #expect(try LinkLab.plan([.link(wanted)]) == ["- vxlan vx0", "+ vxlan vx0"])
            try LinkLab.apply([.link(wanted)])
            #expect(try LinkLab.plan([.link(wanted)]) == [])
        }
    }
}
