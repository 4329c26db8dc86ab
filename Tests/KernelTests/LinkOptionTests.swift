import Planning
import Reconcile
import TestSupport
import Testing

/// A link of a file with options, and what iproute2 says of it.
struct LinkWithOptions: CustomTestStringConvertible, Sendable {
    /// What the kernel needs besides veth.
    let features: [KernelFeature]
    /// The entry of `links:`.
    let entry: String
    /// The command that shows it.
    let command: String
    /// What the command's output has, in any order.
    let words: [String]

    var testDescription: String { String(entry.prefix(70)) }

    init(_ features: KernelFeature..., entry: String, shownBy command: String, as words: String...) {
        self.features = features
        self.entry = entry
        self.command = command
        self.words = words
    }

    /// A tunnel `t0` between two services, shown at the first; over addresses that begin with `family` where there is a choice.
    init(_ feature: KernelFeature, tunnel settings: String, over family: String? = nil, as words: String...) {
        features = [feature]
        let locals = family.map { [", local: \"\($0)1\"", ", local: \"\($0)2\""] } ?? ["", ""]
        let ends = zip(["a", "b"], locals).map { "{service: \($0), interface: t0\($1)}" }.joined(separator: ", ")
        entry = "{\(settings), endpoints: [\(ends)]}"
        command = "ip -n lab-a -d link show t0"
        self.words = words
    }

    static let tunnels: [Self] = [
        Self(
            .gre, tunnel: "type: gre, key: 7, ttl: 64, tos: 16, csum: true, mtu: 1400",
            as: "mtu 1400 ", "remote 10.0.0.2 local 10.0.0.1 ttl 64 tos 0x10 ", "ikey 0.0.0.7 okey 0.0.0.7 icsum ocsum"),
        Self(
            .gre, tunnel: "type: gre, ikey: 1, okey: 4294967295, tos: 1, pmtudisc: false, ignore_df: true",
            as: "ttl inherit tos inherit nopmtudisc ignore-df ikey 0.0.0.1 okey 255.255.255.255 "),
        Self(
            .gretap, tunnel: "type: gretap, key: 8, ttl: 63, tos: 4, csum: true",
            as: "gretap remote 10.0.0.2 local 10.0.0.1 ttl 63 tos 0x4 ikey 0.0.0.8 okey 0.0.0.8 icsum ocsum"),
        Self(
            .gretap, tunnel: "type: gretap, ikey: 9, okey: 10, pmtudisc: false, ignore_df: true",
            as: "nopmtudisc ignore-df ikey 0.0.0.9 okey 0.0.0.10 "),
        Self(
            .ip6gre, tunnel: "type: ip6gre, key: 7, ttl: 9, tos: 32, csum: true, encaplimit: 4",
            as: "ip6gre remote fd00::2 local fd00::1 hoplimit 9 encaplimit 4 tclass 0x20 ",
            "ikey 0.0.0.7 okey 0.0.0.7 icsum ocsum"),
        Self(
            .ip6gre, tunnel: "type: ip6gre, ikey: 8, okey: 9, tos: 1",
            as: "hoplimit inherit encaplimit none tclass inherit ", "ikey 0.0.0.8 okey 0.0.0.9 "),
        Self(
            .ip6gretap, tunnel: "type: ip6gretap, key: 7, ttl: 9, tos: 32, csum: true, encaplimit: 0",
            as: "ip6gretap remote fd00::2 local fd00::1 hoplimit 9 encaplimit 0 tclass 0x20 ",
            "ikey 0.0.0.7 okey 0.0.0.7 icsum ocsum"),
        Self(.ip6gretap, tunnel: "type: ip6gretap, ikey: 8, okey: 9", as: "ikey 0.0.0.8 okey 0.0.0.9 "),
        Self(
            .ipip, tunnel: "type: ipip, ttl: 9, tos: 8",
            as: "ipip remote 10.0.0.2 local 10.0.0.1 ttl 9 tos 0x8 pmtudisc"),
        Self(
            .sit, tunnel: "type: sit, tos: 1, pmtudisc: false",
            as: "ip6ip remote 10.0.0.2 local 10.0.0.1 ttl inherit tos inherit nopmtudisc"),
        Self(
            .geneve, tunnel: "type: geneve, id: 5, port: 6082, ttl: 7, tos: 4, csum: true", over: "10.0.0.",
            as: "geneve id 5 remote 10.0.0.2 ttl 7 tos 0x4 dstport 6082 udpcsum"),
        Self(
            .geneve, tunnel: "type: geneve, id: 16777215", over: "fd00::", as: "geneve id 16777215 remote fd00::2 ",
            "dstport 6081"),
        Self(
            .vxlan,
            tunnel:
                "type: vxlan, id: 42, ttl: 7, tos: 4, csum: false, learning: false, ageing: 60, proxy: true, l2miss: true, "
                + "l3miss: true", over: "10.0.0.", as: "vxlan id 42 remote 10.0.0.2 local 10.0.0.1 ",
            "dstport 4789 nolearning proxy l2miss l3miss ", " tos 0x4 ", " ttl 7 ", " ageing 60 ", " noudpcsum "),
    ]

    static let others: [Self] = [
        Self(
            .vxlan,
            entry:
                "{type: vxlan, id: 43, service: a, interface: t0, group: 239.1.1.1, parent: eth0, port: 8472, ttl: 4}",
            shownBy: "ip -n lab-a -d link show t0", as: "vxlan id 43 group 239.1.1.1 dev eth0 ", " dstport 8472 ",
            " ttl 4 "),
        Self(
            .vxlan, entry: "{type: vxlan, id: 44, service: a, interface: t0, group: \"ff05::100\", parent: eth0}",
            shownBy: "ip -n lab-a -d link show t0", as: "vxlan id 44 group ff05::100 dev eth0 "),
        Self(
            .vxlan, entry: "{type: vxlan, external: true, service: a, interface: t0, port: 4790}",
            shownBy: "ip -n lab-a -d link show t0", as: "vxlan external ", " dstport 4790 "),
        Self(
            .vxlan,
            entry: "{type: vxlan, id: 45, service: a, interface: t0, local: 10.0.0.1, parent: eth0, "
                + "neighbours: [{address: 10.4.0.9, mac: \"02:42:0a:04:00:09\"}], "
                + "fdb: [{mac: \"02:42:0a:04:00:09\", destination: 10.0.0.2}, {mac: default, destination: 10.0.0.3}]}",
            shownBy: "bridge -n lab-a fdb show dev t0; ip -n lab-a neigh show dev t0",
            as: "02:42:0a:04:00:09 dst 10.0.0.2 self permanent", "00:00:00:00:00:00 dst 10.0.0.3 self permanent",
            "10.4.0.9 lladdr 02:42:0a:04:00:09 PERMANENT"),
        Self(
            .vlan,
            entry: "{type: vlan, id: 4094, protocol: 802.1ad, service: a, interface: t0, parent: eth0, mtu: 1400}",
            shownBy: "ip -n lab-a -d link show t0", as: "t0@eth0", " mtu 1400 ", "vlan protocol 802.1ad id 4094 "),
        Self(
            .dummy, entry: "{type: dummy, service: a, interface: t0, mtu: 9000, mac: \"02:00:00:00:00:07\"}",
            shownBy: "ip -n lab-a -d link show t0", as: " mtu 9000 ", "link/ether 02:00:00:00:00:07 ", "dummy "),
        Self(
            .vrf, entry: "{type: vrf, table: 1000, service: a, interface: t0, ports: [p1]}",
            shownBy: "ip -n lab-a -d link show t0; ip -n lab-a link show p1", as: "vrf table 1000 ", "master t0 "),
        Self(
            entry:
                "{type: bridge, service: a, interface: t0, stp: true, ageing: 60, forward_delay: 4, multicast_snooping: false, "
                + "group_fwd_mask: 0x4008, ports: [{interface: p1, hairpin: true}, "
                + "{interface: p2, isolated: true, learning: false}]}",
            shownBy: "ip -n lab-a -d link show t0; bridge -n lab-a -d link",
            as: " forward_delay 400 ", " ageing_time 6000 ", " stp_state 1 ", " mcast_snooping 0 ",
            " group_fwd_mask 0x4008 ", "hairpin on ", " isolated on ", " learning off "),
        Self(
            .bridgeVLANFiltering,
            entry:
                "{type: bridge, service: a, interface: t0, vlan_filtering: true, default_pvid: 99, vlans: {trunk: [10]}, "
                + "ports: [{interface: p1, trunk: [10, 20-21], native: 1}, {interface: p2, vlan: 11}, p3]}",
            shownBy: "ip -n lab-a -d link show t0; bridge -n lab-a vlan",
            as: " vlan_filtering 1 ", " vlan_default_pvid 99 ", "t0 10 ", "p1 1 PVID Egress Untagged 10 20 21 ",
            "p2 11 PVID Egress Untagged", "p3 99 PVID Egress Untagged"),
    ]

    /// Each mode of what shares an interface.
    static let shared: [Self] =
        ["bridge", "private", "vepa", "passthru"].map { mode in
            Self(
                .macvlan,
                entry: "{type: macvlan, mode: \(mode), service: b, interface: t0, parent: {service: a, interface: p1}}",
                shownBy: "ip -n lab-b -d link show t0", as: "macvlan mode \(mode) ")
        }
        + ["l2", "l3", "l3s"].flatMap { mode in
            ["bridge", "private", "vepa"].map { flag in
                Self(
                    .ipvlan,
                    entry: "{type: ipvlan, mode: \(mode), flag: \(flag), service: b, interface: t0, "
                        + "parent: {service: a, interface: p1}}", shownBy: "ip -n lab-b -d link show t0",
                    as: "ipvlan mode \(mode) \(flag) ")
            }
        }
}

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct LinkOptionTests {
    @Test(arguments: LinkWithOptions.tunnels + LinkWithOptions.others + LinkWithOptions.shared)
    func `options of a link in a file are the kernel's`(_ link: LinkWithOptions) async throws {
        for feature in link.features { try feature.require() }
        let file = """
            name: lab
            services: {a: {network_mode: none}, b: {network_mode: none}, c: {network_mode: none}}
            links:
              - type: veth
                endpoints:
                  - {service: a, interface: eth0, addresses: [10.0.0.1/24, "fd00::1/64"]}
                  - {service: b, interface: eth0, addresses: [10.0.0.2/24, "fd00::2/64"]}
              - {type: veth, endpoints: [{service: a, interface: p1}, {service: c, interface: p1}]}
              - {type: veth, endpoints: [{service: a, interface: p2}, {service: c, interface: p2}]}
              - {type: veth, endpoints: [{service: a, interface: p3}, {service: c, interface: p3}]}
              - \(link.entry)
            """
        try await inPrivateNamespaces {
            try apply(file, firewall: .none)
            #expect(try plan(file, firewall: .none) == [])
            #expect(try apply(file, firewall: .none) == Summary(of: []))
            let shown = try shell(link.command).split(whereSeparator: \.isWhitespace).joined(separator: " ") + " "
            for words in link.words { #expect(shown.contains(words), "\(shown)") }
            try remove("lab")
            #expect(try shell("ip netns") == "")
        }
    }

    @Test func `an entry of a bridge that is stale or missing is found and repaired, one that it learned is none`()
        async throws
    {
        let file = """
            name: lab
            services: {a: {network_mode: none}, s: {network_mode: none}}
            links:
              - type: veth
                endpoints: [{service: a, interface: eth0, addresses: [10.0.0.1/24]}, {service: s, interface: p1}]
              - type: bridge
                service: s
                interface: br0
                addresses: [10.0.0.2/24]
                ports: [{interface: p1, fdb: ["02:00:00:00:00:01"]}]
            """
        try await inPrivateNamespaces {
            try apply(file, firewall: .none)
            try shell("ip netns exec lab-s ping -c1 -w10 10.0.0.1")
            #expect(try plan(file, firewall: .none) == [])
            try shell(
                """
                bridge -n lab-s fdb del 02:00:00:00:00:01 dev p1 master
                bridge -n lab-s fdb add 02:00:00:00:00:02 dev p1 master static
                """)
            let repair = [
                "- fdb lab-s:p1 02:00:00:00:00:02 master", "+ fdb lab-s:p1 02:00:00:00:00:01 master",
            ]
            #expect(try Set(plan(file, firewall: .none)) == Set(repair))
            try apply(file, firewall: .none)
            #expect(try plan(file, firewall: .none) == [])
            // Without `fdb` the entry goes.
            let plain = file.replacing("{interface: p1, fdb: [\"02:00:00:00:00:01\"]}", with: "p1")
            try apply(plain, firewall: .none)
            #expect(try !shell("bridge -n lab-s fdb show dev p1").contains("02:00:00:00:00:01"))
        }
    }
}
