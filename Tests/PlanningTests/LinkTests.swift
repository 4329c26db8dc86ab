import Addressing
import Links
import Planning
import Testing

/// What a plan does with links, and how `plan -v` writes them.
@Suite struct LinkTests {
    private static let sandbox = Namespace.named("sandbox")

    private func vxlan(_ settings: VXLAN, on link: String? = nil, of namespace: Namespace = .host) -> Link {
        Link(
            namespace: Self.sandbox, name: "vxlan0", kind: .vxlan(settings),
            lower: .init(namespace: namespace, link: link), mtu: 1450, alias: "weft:lab/front", group: 7)
    }

    private func commands(_ link: Link) -> [String] { Operation.create(KernelObject.link(link)).equivalents }

    @Test func `a vxlan whose underlay is another namespace is made from there`() throws {
        var settings = VXLAN(id: 42, local: IPAddress("10.0.0.1"), remote: IPAddress("10.0.0.2"))
        settings.learning = false
        #expect(
            commands(vxlan(settings, on: "eth0")) == [
                "ip link add netns sandbox name vxlan0 mtu 1450 type vxlan id 42 local 10.0.0.1 remote 10.0.0.2 "
                    + "dstport 4789 nolearning dev eth0",
                "ip -n sandbox link set vxlan0 alias weft:lab/front group 7",
            ])
        #expect("\(KernelObject.link(vxlan(settings, on: "eth0")))" == "vxlan sandbox:vxlan0 on eth0")
    }

    @Test func `a GRE tunnel whose underlay is another namespace is made there, and moved`() throws {
        let settings = GRE(.gretap, local: IPAddress("10.0.0.1"), remote: IPAddress("10.0.0.2"), key: 42)
        let link = Link(
            namespace: Self.sandbox, name: "gre0-1", kind: .device(.gre(settings)), lower: .init(namespace: .host),
            mtu: 1458, alias: "weft:lab/front", group: 7)
        #expect(
            commands(link) == [
                "ip link add gre0-1 mtu 1458 type gretap remote 10.0.0.2 local 10.0.0.1 key 42",
                "ip link set gre0-1 netns sandbox", "ip -n sandbox link set gre0-1 alias weft:lab/front group 7",
            ])
    }

    @Test func `a link goes and comes with what is below it`() throws {
        let below = Link(namespace: .host, name: "eth0", kind: .bridge, alias: "weft:lab/under")
        let above = vxlan(VXLAN(id: 42), on: "eth0")
        let state = State([KernelObject.link(above), .link(below)])
        #expect(Plan(from: State(), to: state).operations.map(\.object.id.name) == ["eth0", "vxlan0"])
        var changed = below
        changed.kind = .veth(peer: .init(namespace: .host, name: "other"))
        let plan = Plan(from: state, to: State([KernelObject.link(above), .link(changed)]))
        #expect(
            plan.operations == [
                .delete(.link(above)), .delete(.link(below)), .create(.link(changed)), .create(.link(above)),
            ])
    }

    @Test func `another segment, another link below and another underlay are another link`() {
        let link = vxlan(VXLAN(id: 42), on: "eth0")
        #expect(link.canBecome(link))
        #expect(!link.canBecome(vxlan(VXLAN(id: 43), on: "eth0")))
        #expect(!link.canBecome(vxlan(VXLAN(id: 42), on: "eth1")))
        #expect(!link.canBecome(vxlan(VXLAN(id: 42), of: .named("router"))))
    }

    @Test func `a bridge's settings change in place`() {
        func bridge(_ settings: Bridge) -> KernelObject {
            .link(Link(namespace: .host, name: "br0", kind: .bridge(settings), alias: "weft:lab/front"))
        }
        let plan = Plan(
            from: State([bridge(Bridge(multicastSnooping: true))]),
            to: State([bridge(Bridge(multicastSnooping: false))]))
        #expect(plan.operations.map(\.equivalents) == [["ip link set br0 type bridge mcast_snooping 0"]])
    }
}
