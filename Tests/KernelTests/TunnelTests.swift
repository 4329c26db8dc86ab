import Addressing
import Links
import Planning
import TestSupport
import Testing

/// Tunnels without a driver: made with their settings, found again, and carrying packets.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct TunnelTests {
    /// Checks the life of a link of `device` and returns what iproute2 prints of its settings.
    private func settings(of device: Device) throws -> JSON {
        var shown = JSON.null
        try LinkLab.checkLife(of: [.link(LinkLab.link(.host, "tun0", .device(device)))]) {
            let link = try json(of: "ip", "-j", "-d", "link", "show", "dev", "tun0")[0]
            #expect(link["linkinfo"]["info_kind"].string == device.kind)
            shown = link["linkinfo"]["info_data"]
        }
        return shown
    }

    private static let near = IPAddress("10.9.0.1")
    private static let far = IPAddress("10.9.0.2")

    @Test(.requires(.gre)) func `a GRE tunnel has its keys, checksums and lifetime`() async throws {
        try await inPrivateNamespaces {
            for variant in [GRE.Variant.gre, .gretap] {
                var gre = GRE(variant, local: Self.near, remote: Self.far, key: 7)
                gre.ttl = 64
                gre.tos = 4
                gre.inputChecksum = true
                gre.outputChecksum = true
                let shown = try settings(of: .gre(gre))
                #expect(shown["local"].string == "10.9.0.1")
                #expect(shown["remote"].string == "10.9.0.2")
                #expect(shown["ikey"].string == "0.0.0.7")
                #expect(shown["okey"].string == "0.0.0.7")
                #expect(shown["icsum"].bool == true)
                #expect(shown["ttl"].int == 64)
            }
        }
    }

    @Test(.requires(.gre)) func `a GRE tunnel may ignore that packets must not be fragmented`() async throws {
        try await inPrivateNamespaces {
            var gre = GRE(.gretap, local: Self.near, remote: Self.far)
            gre.pathMTUDiscovery = false
            gre.ignoresDF = true
            gre.inputKey = 1
            gre.outputKey = 2
            let shown = try settings(of: .gre(gre))
            #expect(shown["pmtudisc"].bool == false)
            #expect(shown["okey"].string == "0.0.0.2")
        }
    }

    @Test(.requires(.ip6gre)) func `a GRE tunnel over IPv6 has no limit of tunnels within tunnels`() async throws {
        try await inPrivateNamespaces {
            for variant in [GRE.Variant.ip6gre, .ip6gretap] {
                var gre = GRE(variant, local: IPAddress("fd09::1"), remote: IPAddress("fd09::2"), key: 0xffff_ffff)
                gre.ttl = 9
                gre.tos = 0x20
                let remote = try settings(of: .gre(gre))["remote"]
                #expect(remote.string == "fd09::2")
                gre.encapsulationLimit = 4
                let encapLimit = try settings(of: .gre(gre))["encap_limit"]
                #expect(encapLimit.int == 4)
            }
        }
    }

    @Test(.requires(.ipip)) func `an IP in IP tunnel has its ends`() async throws {
        try await inPrivateNamespaces {
            var tunnel = IPTunnel(.ipip, local: Self.near, remote: Self.far)
            tunnel.ttl = 9
            let remote = try settings(of: .ipTunnel(tunnel))["remote"]
            #expect(remote.string == "10.9.0.2")
        }
    }

    @Test(.requires(.sit)) func `an IPv6 in IPv4 tunnel has its ends`() async throws {
        try await inPrivateNamespaces {
            let tunnel = IPTunnel(.sit, local: Self.near, remote: Self.far)
            let remote = try settings(of: .ipTunnel(tunnel))["remote"]
            #expect(remote.string == "10.9.0.2")
        }
    }

    @Test(.requires(.geneve)) func `a geneve segment has its number, end and port`() async throws {
        try await inPrivateNamespaces {
            var geneve = Geneve(id: 0xff_ffff, remote: Self.far)
            geneve.port = 6082
            geneve.ttl = 9
            geneve.checksum = true
            let shown = try settings(of: .geneve(geneve))
            #expect(shown["id"].int == 0xff_ffff)
            #expect(shown["port"].int == 6082)
            var geneve6 = Geneve(id: 5, remote: IPAddress("fd09::2"))
            geneve6.sendsZeroChecksum6 = true
            geneve6.acceptsZeroChecksum6 = true
            let remote6 = try settings(of: .geneve(geneve6))["remote6"]
            #expect(remote6.string == "fd09::2")
        }
    }
}
