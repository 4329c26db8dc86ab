import Addressing
import Links
import Planning
import TestSupport
import Testing

/// A VXLAN in a sandbox of a simulated host, whose every entry the plan says.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct TunnelAuditTests {
    private static let sandbox = Namespace.named("lab-sandbox")

    private static func objects() throws -> [KernelObject] {
        func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
        let everyone = MACAddress(bits: 0)
        let mac = MACAddress(bits: 0x0242_0a00_0003)
        var settings = VXLAN(id: 42, local: try address("192.168.205.10"))
        settings.learning = false
        let host = NamespaceObject(name: "lab-node1", alias: OwnershipMark.host("node1", of: "lab").text)
        func entry(_ mac: MACAddress, _ destination: String) throws -> KernelObject {
            .forwarding(
                ForwardingEntry(namespace: sandbox, link: "vxlan0", mac: mac, destination: try address(destination)))
        }
        return [
            .namespace(host), LinkLab.namespace("lab-sandbox"),
            .link(
                LinkLab.link(sandbox, "vxlan0", .vxlan(settings), lower: .init(namespace: .named("lab-node1")))),
            .up(LinkUp(namespace: sandbox, link: "vxlan0")), try entry(mac, "192.168.205.11"),
            try entry(everyone, "192.168.205.11"), try entry(everyone, "192.168.205.12"),
            .neighbour(Neighbour(namespace: sandbox, link: "vxlan0", address: try address("10.0.0.3"), mac: mac)),
        ]
    }

    @Test func `the entries are there and nothing else`() async throws {
        try await inPrivateNamespaces {
            try LinkLab.checkLife(of: Self.objects()) {
                let shown = try json(of: "bridge", "-n", "lab-sandbox", "-j", "fdb", "show", "dev", "vxlan0").elements
                let entries = shown.map {
                    "\($0["mac"].string ?? "") \($0["dst"].string ?? "") \($0["state"].string ?? "")"
                }
                #expect(
                    entries.sorted() == [
                        "00:00:00:00:00:00 192.168.205.11 permanent", "00:00:00:00:00:00 192.168.205.12 permanent",
                        "02:42:0a:00:00:03 192.168.205.11 permanent",
                    ])
            }
        }
    }

    @Test func `a static entry that puts a station behind the wrong port of a tunnel's bridge goes`() async throws {
        @Sendable func port(_ link: String) -> KernelObject {
            .port(BridgePort(namespace: Self.sandbox, link: link, bridge: "br0"))
        }
        try await inPrivateNamespaces {
            let objects =
                try Self.objects() + [
                    .link(LinkLab.link(Self.sandbox, "br0", .bridge)), port("vxlan0"), port("v0"),
                    .link(LinkLab.link(Self.sandbox, "v0", .veth(peer: .init(namespace: Self.sandbox, name: "v1")))),
                ]
            try LinkLab.apply(objects)
            try shell("bridge -n lab-sandbox fdb add 02:42:0a:00:00:03 dev v0 master static")
            #expect(try LinkLab.plan(objects) == ["- fdb lab-sandbox:v0 02:42:0a:00:00:03 master"])
            try LinkLab.apply(objects)
            #expect(try LinkLab.plan(objects) == [])
        }
    }

    @Test(arguments: [
        Drift(
            command: "bridge -n lab-sandbox fdb replace 02:42:0a:00:00:03 dev vxlan0 dst 192.168.205.99 self permanent",
            repair: [
                "~ fdb lab-sandbox:vxlan0 02:42:0a:00:00:03 dst 192.168.205.11 dst 192.168.205.99 → 192.168.205.11"
            ]),
        Drift(
            command: "bridge -n lab-sandbox fdb replace 02:42:0a:00:00:03 dev vxlan0 "
                + "dst 192.168.205.11 port 4790 vni 43 self permanent",
            repair: [
                "~ fdb lab-sandbox:vxlan0 02:42:0a:00:00:03 dst 192.168.205.11 vni 43 → none, port 4790 → none"
            ]),
        Drift(
            command: "ip -n lab-sandbox link set vxlan0 arp off",
            repair: [
                "~ vxlan lab-sandbox:vxlan0 arp false → true",
                "+ neighbour lab-sandbox:vxlan0 10.0.0.3 at 02:42:0a:00:00:03",
            ]),
        Drift(
            command: "bridge -n lab-sandbox fdb del 02:42:0a:00:00:03 dev vxlan0 self",
            repair: ["+ fdb lab-sandbox:vxlan0 02:42:0a:00:00:03 dst 192.168.205.11"]),
        Drift(
            command: "bridge -n lab-sandbox fdb add 02:42:0a:00:00:09 dev vxlan0 dst 192.168.205.11 self permanent",
            repair: ["- fdb lab-sandbox:vxlan0 02:42:0a:00:00:09 dst 192.168.205.11"]),
        Drift(
            command: """
                bridge -n lab-sandbox fdb append 00:00:00:00:00:00 dev vxlan0 dst 192.168.205.13 self permanent
                bridge -n lab-sandbox fdb del 00:00:00:00:00:00 dev vxlan0 dst 192.168.205.12 self
                """,
            repair: [
                "- fdb lab-sandbox:vxlan0 00:00:00:00:00:00 dst 192.168.205.13",
                "+ fdb lab-sandbox:vxlan0 00:00:00:00:00:00 dst 192.168.205.12",
            ]),
        Drift(
            command: "ip -n lab-sandbox neigh add 10.0.0.9 lladdr 02:42:0a:00:00:09 dev vxlan0 nud permanent",
            repair: ["- neighbour lab-sandbox:vxlan0 10.0.0.9 at 02:42:0a:00:00:09"]),
        Drift(
            command: "ip -n lab-sandbox neigh replace 10.0.0.3 lladdr 02:42:0a:00:00:09 dev vxlan0 nud permanent",
            repair: [
                "~ neighbour lab-sandbox:vxlan0 10.0.0.3 at 02:42:0a:00:00:03 "
                    + "mac 02:42:0a:00:00:09 → 02:42:0a:00:00:03"
            ]),
    ])
    func `a stale, wrong or missing entry is named and repaired`(_ drift: Drift) async throws {
        try await inPrivateNamespaces {
            try LinkLab.apply(Self.objects())
            try shell(drift.command)
            #expect(try Set(LinkLab.plan(Self.objects())) == drift.repair)
            try LinkLab.apply(Self.objects())
            #expect(try LinkLab.plan(Self.objects()) == [])
        }
    }

    @Test func `what a vxlan learns, and where it says itself that frames go, is no drift`() async throws {
        try await inPrivateNamespaces {
            let settings = VXLAN(id: 42, remote: IPAddress("192.168.205.12"))
            let objects: [KernelObject] = [
                LinkLab.namespace("lab-sandbox"),
                .link(LinkLab.link(Self.sandbox, "vxlan0", .vxlan(settings))),
                .up(LinkUp(namespace: Self.sandbox, link: "vxlan0")),
            ]
            try LinkLab.apply(objects)
            try shell("bridge -n lab-sandbox fdb add 02:42:0a:00:00:09 dev vxlan0 dst 192.168.205.11 self dynamic")
            #expect(try LinkLab.plan(objects) == [])
        }
    }
}
