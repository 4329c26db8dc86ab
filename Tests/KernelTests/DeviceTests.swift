import Addressing
import Links
import Planning
import TestSupport
import Testing

/// Each kind of link that shares another one, or has nothing below: made, found again, and gone.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct DeviceTests {
    private static let parent = KernelObject.link(
        LinkLab.link(.host, "eth0", .veth(peer: .init(namespace: .host, name: "eth1"))))
    private static let sandbox = LinkLab.namespace("lab-a")

    /// Checks the life of a link `eth0` of `device` in a sandbox, above the host's `eth0`; `body` gets what iproute2 prints.
    private func checkLife(of device: Device, hasParent: Bool = true, _ body: (JSON) throws -> Void) throws {
        let link = LinkLab.link(
            .named("lab-a"), "eth0", .device(device), lower: hasParent ? .init(namespace: .host, link: "eth0") : nil)
        try LinkLab.checkLife(of: [Self.sandbox, Self.parent, .link(link)]) {
            let shown = try json(of: "ip", "-n", "lab-a", "-j", "-d", "link", "show", "dev", "eth0")[0]
            #expect(shown["linkinfo"]["info_kind"].string == device.kind)
            try body(shown["linkinfo"]["info_data"])
        }
    }

    @Test(.requires(.macvlan)) func `a macvlan has the mode that was asked for`() async throws {
        try await inPrivateNamespaces {
            for mode in MACVLAN.Mode.allCases {
                try checkLife(of: .macvlan(MACVLAN(mode))) { #expect($0["mode"].string == mode.rawValue) }
            }
        }
    }

    @Test(.requires(.macvlan)) func `macvlans of one link reach each other in bridge mode only`() async throws {
        try await inPrivateNamespaces {
            func objects(_ mode: MACVLAN.Mode) -> [KernelObject] {
                [Self.parent, .up(LinkUp(namespace: .host, link: "eth0")), .up(LinkUp(namespace: .host, link: "eth1"))]
                    + [1, 2].flatMap { number -> [KernelObject] in
                        let namespace = Planning.Namespace.named("lab-\(number)")
                        let link = LinkLab.link(
                            namespace, "eth0", .device(.macvlan(MACVLAN(mode))),
                            lower: .init(namespace: .host, link: "eth0"))
                        let address = InterfaceAddress("10.0.0.\(number)/24")
                        return [
                            LinkLab.namespace("lab-\(number)"), .link(link),
                            .up(LinkUp(namespace: namespace, link: "eth0")),
                        ] + (address.map { [.address(Address(namespace: namespace, link: "eth0", address: $0))] } ?? [])
                    }
            }
            try LinkLab.apply(objects(.bridge))
            try shell("ip netns exec lab-1 ping -c1 -w10 10.0.0.2")
            try LinkLab.apply(objects(.private))
            #expect(try LinkLab.plan(objects(.private)) == [])
            #expect(try !isEchoed(by: "10.0.0.2", from: "lab-1"))
        }
    }

    @Test(.requires(.ipvlan)) func `an ipvlan has the mode and the flag that were asked for`() async throws {
        try await inPrivateNamespaces {
            for mode in IPVLAN.Mode.allCases {
                for flag in IPVLAN.Flag.allCases {
                    try checkLife(of: .ipvlan(IPVLAN(mode, flag))) {
                        #expect($0["mode"].string == mode.rawValue)
                        let shown = try shell("ip -n lab-a -d link show dev eth0")
                        #expect(shown.contains("ipvlan  mode \(mode.rawValue) \(flag.rawValue)"))
                    }
                }
            }
        }
    }

    @Test(.requires(.vlan)) func `a VLAN has its number and its kind of tag`() async throws {
        try await inPrivateNamespaces {
            for tagging in VLAN.Tagging.allCases {
                try checkLife(of: .vlan(VLAN(id: 4094, tagging))) {
                    #expect($0["id"].int == 4094)
                    #expect($0["protocol"].string == tagging.rawValue)
                }
            }
        }
    }

    @Test(.requires(.dummy)) func `a dummy is made and goes`() async throws {
        try await inPrivateNamespaces { try checkLife(of: .dummy(Dummy()), hasParent: false) { _ in } }
    }

    @Test(.requires(.vrf)) func `links of a VRF have its table`() async throws {
        try await inPrivateNamespaces {
            let vrf = LinkLab.link(.host, "blue", .device(.vrf(VRF(table: 1000))))
            let objects: [KernelObject] = [
                Self.parent, .link(vrf), .up(LinkUp(namespace: .host, link: "blue")),
                .up(LinkUp(namespace: .host, link: "eth0")),
                .port(BridgePort(namespace: .host, link: "eth0", bridge: "blue")),
            ]
            try LinkLab.checkLife(of: objects) {
                let shown = try json(of: "ip", "-j", "-d", "link", "show", "type", "vrf")[0]
                #expect(shown["linkinfo"]["info_data"]["table"].int == 1000)
                #expect(try json(of: "ip", "-j", "link", "show", "dev", "eth0")[0]["master"].string == "blue")
            }
        }
    }
}
