import Planning
import Reconcile
import TestSupport
import Testing

/// A file whose links are edited while its topology is there: what is left out is again as in a new one.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct LinkEditTests {
    /// Two services on a cable with the keys `cable`, where `a` has `addresses`; and `links` besides.
    private func file(_ links: String = "", addresses: String = "10.0.0.1/24", cable: String = "") -> String {
        """
        name: lab
        services: {a: {network_mode: none}, b: {network_mode: none}}
        links:
          - type: veth
            \(cable)
            endpoints:
              - {service: a, interface: eth0, addresses: [\(addresses)]}
              - {service: b, interface: eth0, addresses: [10.0.0.2/24]}
        \(links)
        """
    }

    /// What `ip` says of every link of the two services that an edit may change, in no order.
    private func state() throws -> Set<String> {
        let settings = [
            "stp_state", "ageing_time", "forward_delay", "mcast_snooping", "vlan_default_pvid", "group_fwd_mask",
        ]
        return try ["a", "b"].reduce(into: []) { state, name in
            for link in try json(of: "ip", "-n", "lab-\(name)", "-j", "-d", "address").elements {
                let data = link["linkinfo"]["info_data"]
                let addresses = link["addr_info"].elements.compactMap(\.["local"].string).filter {
                    !$0.hasPrefix("fe80")
                }
                let words = ["\(name) \(link["ifname"].string ?? "")", "mtu \(link["mtu"].int ?? 0)"]
                state.insert(
                    (words + settings.map { "\($0) \(data[$0])" } + addresses.sorted()).joined(separator: ", "))
            }
            let files = "/proc/sys/net/ipv6/conf/*/disable_ipv6"
            state.formUnion(
                try shell("ip netns exec lab-\(name) grep . \(files); bridge -n lab-\(name) vlan").split(
                    separator: "\n"
                ).map { "\(name) \($0)" })
        }
    }

    /// Applies `edited` over `text` and then `text` again, which must give what it gave at first.
    private func checkEdit(of text: String, to edited: String, while body: @escaping @Sendable () throws -> Void = {})
        async throws
    {
        try await inPrivateNamespaces {
            try apply(text)
            let before = try state()
            try apply(edited)
            #expect(try plan(edited) == [])
            #expect(try state() != before)
            try body()
            try apply(text)
            #expect(try plan(text) == [])
            #expect(try state() == before)
            try remove("lab")
        }
    }

    @Test(arguments: ["stp: true", "ageing: 100", "forward_delay: 4", "multicast_snooping: false", "group_fwd_mask: 8"])
    func `an option of a bridge goes as it came`(_ option: String) async throws {
        func bridge(_ option: String) -> String { file("  - {type: bridge, service: a, interface: br0\(option)}") }
        try await checkEdit(of: bridge(""), to: bridge(", \(option)"))
    }

    @Test(.requires(.bridgeVLANFiltering)) func `VLANs of a port go as they came`() async throws {
        func bridge(_ port: String, _ option: String = "") -> String {
            file(
                "  - {type: bridge, service: a, interface: br0, vlan_filtering: true, ports: [\(port)]\(option)}",
                addresses: "")
        }
        try await checkEdit(of: bridge("eth0"), to: bridge("{interface: eth0, vlan: 10}"))
        try await checkEdit(of: bridge("eth0"), to: bridge("{interface: eth0, trunk: [10, 20]}"))
        try await checkEdit(of: bridge("eth0"), to: bridge("eth0", ", default_pvid: 0"))
    }

    @Test(.requires(.vrf)) func `an interface with addresses comes to a VRF, and leaves it`() async throws {
        let addresses = "10.0.0.1/24, 'fd00::1/64'"
        @Sendable func vrf(_ table: Int) -> String {
            file("  - {type: vrf, service: a, interface: red, table: \(table), ports: [eth0]}", addresses: addresses)
        }
        try await checkEdit(of: file(addresses: addresses), to: vrf(100))
        try await inPrivateNamespaces {
            try apply(vrf(100))
            try apply(vrf(101))
            try shell("ip -n lab-a link set eth0 nomaster")
            try apply(vrf(101))
            #expect(try plan(vrf(101)) == [])
            try remove("lab")
        }
    }

    @Test func `an interface gets an IPv6 address, and loses it`() async throws {
        try await checkEdit(of: file(), to: file(addresses: "10.0.0.1/24, 'fd00::1/64'")) {
            let shown = try shell("ip -n lab-a -6 address show dev eth0")
            #expect(shown.contains("fd00::1/64"))
        }
    }

    @Test func `the first address of a subnet goes and the second stays`() async throws {
        try await checkEdit(
            of: file(addresses: "10.0.0.1/24, 10.0.0.9/24"), to: file(addresses: "10.0.0.9/24")
        ) {
            try shell("ip netns exec lab-b ping -c1 -W2 10.0.0.9")
        }
    }

    @Test func `an interface has an MTU that is too small for IPv6, and what is above it follows`() async throws {
        let above = "  - {type: macvlan, service: a, interface: top, parent: eth0, addresses: [10.1.0.1/24]}"
        try await checkEdit(of: file(above), to: file(above, cable: "mtu: 1200")) {
            for name in ["eth0", "top"] {
                let shown = try json(of: "ip", "-n", "lab-a", "-j", "link", "show", "dev", name)[0]
                #expect(shown["mtu"].int == 1200)
            }
        }
    }

    @Test func `the MTU that a link has from another is kept`() async throws {
        try await inPrivateNamespaces {
            let text = file(
                """
                  - {type: macvlan, service: a, interface: top, parent: eth0, addresses: [10.1.0.1/24]}
                  - {type: bridge, service: b, interface: br0, ports: [eth0]}
                """
            ).replacing(", addresses: [10.0.0.2/24]", with: "")
            try apply(text)
            try shell("ip -n lab-a link set top mtu 1400; ip -n lab-b link set br0 mtu 1400")
            #expect(
                try plan(text) == [
                    "~ macvlan lab-a:top on lab-a:eth0 mtu 1400 → 1500", "~ bridge lab-b:br0 mtu 1400 → 1500",
                ])
        }
    }

    @Test(.requires(.gre)) func `a tunnel that somebody made to number its packets is put right`() async throws {
        try await inPrivateNamespaces {
            let text = file(
                "  - {type: gre, key: 7, endpoints: [{service: a, interface: t0, addresses: [10.1.0.1/24]}, "
                    + "{service: b, interface: t0, addresses: [10.1.0.2/24]}]}")
            try apply(text)
            try shell("ip -n lab-a link set t0 type gre key 7 local 10.0.0.1 remote 10.0.0.2 seq")
            #expect(try plan(text).contains("- gre lab-a:t0"))
            try apply(text)
            try shell("ip netns exec lab-a ping -c1 -W2 10.1.0.2")
        }
    }

    @Test func `a bridge network has an MTU that is too small for IPv6`() async throws {
        try await inPrivateNamespaces {
            let text = """
                name: lab
                networks: {default: {driver_opts: {com.docker.network.driver.mtu: 1200}}}
                services: {a: {}, b: {}}
                """
            try apply(text, firewall: .none)
            #expect(try plan(text, firewall: .none) == [])
            let address = try shell("ip -n lab-b -br -4 address show eth0 | grep -o '172[^/]*'")
            try shell("ip netns exec lab-a ping -c1 -W2 -M do -s 1172 \(address)")
            try remove("lab")
        }
    }
}
