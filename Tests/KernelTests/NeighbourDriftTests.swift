import Addressing
import Linux
import Planning
@testable import Reconcile
import TestSupport
import Testing
import Topology

/// Makes the machine as `state` says, under the name of a topology.
@discardableResult
func apply(_ state: State<KernelObject>, name: String) throws -> Summary {
    let session = try Session.open(forChange: true) {}
    return try session.apply(proposal(state, name: name, in: session), progress: { _ in }, isCancelled: { false })
}

/// What is still to do so that the machine is as `state` says.
func plan(_ state: State<KernelObject>, name: String) throws -> [String] {
    try proposal(state, name: name, in: Session.open(forChange: false) {}).plan.lines
}

private func proposal(_ state: State<KernelObject>, name: String, in session: Session) throws -> Proposal {
    try session.proposal(Layout(name: name), state, file: nil, firewall: .iptables)
}

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct NeighbourDriftTests {
    /// A bridge with two ports in a namespace, and an entry of each kind.
    private static func state() throws -> State<KernelObject> {
        let lab = Namespace.named("lab-a")
        let alias = OwnershipMark(topology: "lab", part: "net").text
        var objects: [KernelObject] = [
            .namespace(NamespaceObject(name: "lab-a", alias: alias)),
            .link(
                Link(namespace: lab, name: "br0", kind: .bridge, mac: MACAddress(bits: 0x0242_0000_0001), alias: alias)),
            .link(Link(namespace: lab, name: "a", kind: .veth(peer: .init(namespace: lab, name: "b")), alias: alias)),
            .port(BridgePort(namespace: lab, link: "a", bridge: "br0")),
        ]
        objects += ["br0", "a", "b"].map { .up(LinkUp(namespace: lab, link: $0)) }
        let mac = try #require(MACAddress("02:42:0a:00:00:03"))
        objects += [
            .forwarding(ForwardingEntry(namespace: lab, link: "a", mac: mac, holder: .bridge)),
            .neighbour(
                Neighbour(namespace: lab, link: "br0", address: try #require(IPAddress("10.0.0.3")), mac: mac)),
            .neighbour(Neighbour(namespace: lab, link: "br0", address: try #require(IPAddress("fd00::3")), mac: mac)),
        ]
        return State(objects)
    }

    @Test func `neighbours and forwarding entries are made, and said by other tools`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.state(), name: "lab")
            #expect(
                try shell("ip -n lab-a -d neigh show 10.0.0.3 dev br0")
                    .contains("lladdr 02:42:0a:00:00:03 PERMANENT proto 119"))
            #expect(try shell("ip -n lab-a neigh show fd00::3 dev br0").contains("PERMANENT"))
            #expect(try shell("bridge -n lab-a fdb show dev a").contains("02:42:0a:00:00:03 master br0 static"))
            #expect(try plan(Self.state(), name: "lab") == [])
            try remove("lab")
            #expect(try NetworkNamespace.list() == [])
        }
    }

    @Test(arguments: [
        Drift(
            command: "ip -n lab-a neigh replace 10.0.0.3 lladdr 02:42:0a:00:00:09 dev br0 nud permanent",
            repair: ["~ neighbour lab-a:br0 10.0.0.3 at 02:42:0a:00:00:03 mac 02:42:0a:00:00:09 → 02:42:0a:00:00:03"]),
        Drift(
            command: "ip -n lab-a neigh change 10.0.0.3 dev br0 nud reachable",
            repair: ["~ neighbour lab-a:br0 10.0.0.3 at 02:42:0a:00:00:03 permanent false → true"]),
        Drift(
            command: "ip -n lab-a neigh del fd00::3 dev br0",
            repair: ["+ neighbour lab-a:br0 fd00::3 at 02:42:0a:00:00:03"]),
        Drift(
            command: "bridge -n lab-a fdb del 02:42:0a:00:00:03 dev a master",
            repair: ["+ fdb lab-a:a 02:42:0a:00:00:03 master"]),
        Drift(
            command: "ip -n lab-a link set br0 address 02:42:00:00:00:02",
            repair: [
                "~ bridge lab-a:br0 mac 02:42:00:00:00:02 → 02:42:00:00:00:01",
                "+ neighbour lab-a:br0 10.0.0.3 at 02:42:0a:00:00:03",
                "+ neighbour lab-a:br0 fd00::3 at 02:42:0a:00:00:03",
            ]),
        Drift(
            command: """
                ip -n lab-a link set br0 address 02:42:00:00:00:02
                ip -n lab-a neigh replace 10.0.0.3 lladdr 02:42:0a:00:00:03 dev br0 nud permanent proto 119
                ip -n lab-a neigh replace fd00::3 lladdr 02:42:0a:00:00:03 dev br0 nud permanent proto 119
                """,
            repair: [
                "~ bridge lab-a:br0 mac 02:42:00:00:00:02 → 02:42:00:00:00:01",
                "- neighbour lab-a:br0 10.0.0.3 at 02:42:0a:00:00:03",
                "- neighbour lab-a:br0 fd00::3 at 02:42:0a:00:00:03",
                "+ neighbour lab-a:br0 10.0.0.3 at 02:42:0a:00:00:03",
                "+ neighbour lab-a:br0 fd00::3 at 02:42:0a:00:00:03",
            ]),
        Drift(
            command: "ip -n lab-a link set br0 down",
            repair: [
                "+ up lab-a:br0", "+ neighbour lab-a:br0 10.0.0.3 at 02:42:0a:00:00:03",
                "+ neighbour lab-a:br0 fd00::3 at 02:42:0a:00:00:03",
            ]),
    ])
    func `an entry that is wrong or missing is named and repaired`(_ drift: Drift) async throws {
        try await inPrivateNamespaces {
            try apply(Self.state(), name: "lab")
            try shell(drift.command)
            #expect(try Set(plan(Self.state(), name: "lab")) == drift.repair)
            try apply(Self.state(), name: "lab")
            #expect(try plan(Self.state(), name: "lab") == [])
        }
    }
}
