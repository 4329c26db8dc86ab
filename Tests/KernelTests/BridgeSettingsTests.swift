import Addressing
import Links
import Planning
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct BridgeSettingsTests {
    private func bridge(_ settings: Bridge) -> KernelObject {
        .link(LinkLab.link(.host, "br0", .bridge(settings)))
    }

    private func data() throws -> JSON {
        try json(of: "ip", "-j", "-d", "link", "show", "dev", "br0")[0]["linkinfo"]["info_data"]
    }

    @Test func `a bridge's settings change while it is there, and what somebody else changed is put right`()
        async throws
    {
        try await inPrivateNamespaces {
            try LinkLab.apply([bridge(Bridge(spanningTree: true, ageing: 1000))])
            let index = try json(of: "ip", "-j", "link", "show", "dev", "br0")[0]["ifindex"]
            let changed = bridge(
                Bridge(spanningTree: false, ageing: 2000, multicastSnooping: false, groupForwardMask: 8))
            try LinkLab.apply([changed])
            #expect(try LinkLab.plan([changed]) == [])
            #expect(try json(of: "ip", "-j", "link", "show", "dev", "br0")[0]["ifindex"] == index)
            #expect(try data()["stp_state"].int == 0)
            #expect(try data()["ageing_time"].int == 2000)
            #expect(try data()["mcast_snooping"].int == 0)
            #expect(try data()["group_fwd_mask"].string == "0x8")
            try shell("ip link set br0 type bridge ageing_time 3000 priority 5")
            #expect(
                try LinkLab.plan([changed]) == [
                    "~ bridge br0 settings ageing_time 3000 → ageing_time 2000"
                ])
            try LinkLab.apply([changed])
            #expect(try data()["ageing_time"].int == 2000)
            #expect(try data()["priority"].int == 5)
        }
    }

    private func port(_ vlans: PortVLANs? = nil) -> BridgePort {
        var port = BridgePort(namespace: .host, link: "eth0", bridge: "br0")
        port.vlans = vlans
        return port
    }

    private static let pair = KernelObject.link(
        LinkLab.link(.host, "eth0", .veth(peer: .init(namespace: .host, name: "eth1"))))

    @Test func `a port is isolated and does not learn, until it is told otherwise`() async throws {
        try await inPrivateNamespaces {
            var strict = port()
            strict.isIsolated = true
            strict.isLearning = false
            try LinkLab.checkLife(of: [bridge(Bridge()), Self.pair, .port(strict)]) {
                let shown = try json(of: "bridge", "-j", "-d", "link", "show", "dev", "eth0")[0]
                #expect(shown["isolated"].bool == true)
                #expect(shown["learning"].bool == false)
                #expect(
                    try LinkLab.plan([bridge(Bridge()), Self.pair, .port(port())]) == [
                        "~ port eth0 on br0 isolated true → false, learning false → true"
                    ])
                try LinkLab.apply([bridge(Bridge()), Self.pair, .port(port())])
                let changed = try json(of: "bridge", "-j", "-d", "link", "show", "dev", "eth0")[0]
                #expect(changed["isolated"].bool == false)
                #expect(changed["learning"].bool == true)
                try shell("bridge link set dev eth0 flood off")
                #expect(
                    try LinkLab.plan([bridge(Bridge()), Self.pair, .port(port())]) == [
                        "~ port eth0 on br0 flood false → true"
                    ])
                try LinkLab.apply([bridge(Bridge()), Self.pair, .port(port())])
                #expect(try json(of: "bridge", "-j", "-d", "link", "show", "dev", "eth0")[0]["flood"].bool == true)
            }
        }
    }

    @Test(.requires(.bridgeVLANFiltering)) func `ports have their VLANs, and so has the bridge itself`() async throws {
        try await inPrivateNamespaces {
            let filtering = bridge(Bridge(vlanFiltering: true, defaultPVID: 1))
            var own = BridgePort(namespace: .host, link: "br0", bridge: "br0")
            own.vlans = PortVLANs(tagged: [10])
            func vlans(_ link: String) throws -> [String] {
                let shown = try json(of: "bridge", "-j", "vlan", "show").first(where: "ifname", is: link)["vlans"]
                return shown.elements.map { vlan in
                    ([vlan["vlan"].int.map { "\($0)" } ?? ""] + vlan["flags"].elements.compactMap(\.string))
                        .joined(separator: " ")
                }
            }
            let access = [filtering, Self.pair, .port(port(.access(10))), .port(own)]
            try LinkLab.checkLife(of: access) {
                #expect(try vlans("eth0") == ["10 PVID Egress Untagged"])
                #expect(try vlans("br0") == ["10"])
                let trunk = [filtering, Self.pair, KernelObject.port(port(PortVLANs(tagged: [10, 11, 12, 20])))]
                try LinkLab.apply(trunk)
                #expect(try LinkLab.plan(trunk) == [])
                #expect(try vlans("eth0") == ["10", "11", "12", "20"])
                #expect(try vlans("br0") == ["1 PVID Egress Untagged"])
                try shell("bridge vlan add dev eth0 vid 30; bridge vlan delete dev eth0 vid 11")
                #expect(
                    try LinkLab.plan(trunk) == [
                        "~ port eth0 on br0 vlans vid 10, vid 12, vid 20, vid 30 → vid 10-12, vid 20"
                    ])
                try LinkLab.apply(trunk)
                #expect(try vlans("eth0") == ["10", "11", "12", "20"])
            }
        }
    }
}
