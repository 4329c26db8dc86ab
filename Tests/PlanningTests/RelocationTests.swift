import Addressing
import Planning
import TestSupport
import Testing
import Topology

@Suite struct RelocationTests {
    private static let host = Namespace.named("lab-node1")

    /// What a plan of a lab has besides: the namespace that stands for the host.
    private static let node = KernelObject.namespace(
        NamespaceObject(name: "lab-node1", alias: OwnershipMark.host("node1", of: "lab").text))

    @Test(arguments: FirewallKind.allCases)
    func `moving everything to a namespace and back changes nothing`(_ firewall: FirewallKind) throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<40 {
            var state = State<KernelObject>(desiredBy: try .random(&generator), firewall: firewall)
            for object in try Self.tunnelEntries() { state[object.id] = object }
            let moved = state.relocated(from: .host, to: Self.host)
            #expect(moved.objects.count == state.objects.count)
            #expect(moved.relocated(from: Self.host, to: .host) == state)
            for object in moved.objects.values where object.id.kind != .file {
                let mentioned =
                    [object.id.namespace] + (object.requires + object.owners + object.identities).map(\.namespace)
                #expect(!mentioned.contains(.host), "\(object)")
            }
        }
    }

    @Test(arguments: FirewallKind.allCases)
    func `a plan for a lab has the same steps as that for the machine`(_ firewall: FirewallKind) throws {
        var generator = SeededGenerator(seed: 6)
        var before = State<KernelObject>()
        for _ in 0..<40 {
            let after = State<KernelObject>(desiredBy: try .random(&generator), firewall: firewall)
            let plan = Plan(from: before, to: after)
            var places = [before, after].map { $0.relocated(from: .host, to: Self.host) }
            for index in places.indices { places[index][Self.node.id] = Self.node }
            let moved = Plan(from: places[0], to: places[1])
            #expect(
                Set(moved.operations) == Set(plan.operations.map { $0.relocated(from: .host, to: Self.host) }))
            before = after
        }
    }

    @Test func `an object that is elsewhere stays as it is`() throws {
        var generator = SeededGenerator(seed: 7)
        let state = State<KernelObject>(desiredBy: try .random(&generator), firewall: .iptables)
        #expect(state.relocated(from: .named("nowhere"), to: Self.host) == state)
    }

    private static func tunnelEntries() throws -> [KernelObject] {
        let address = try #require(IPAddress("10.0.0.3"))
        let mac = MACAddress(bits: 0x0242_0a00_0003)
        return [
            .neighbour(Neighbour(namespace: .host, link: "vxlan0", address: address, mac: mac)),
            .forwarding(ForwardingEntry(namespace: .host, link: "vxlan0", mac: mac, destination: address)),
            .forwarding(ForwardingEntry(namespace: .host, link: "gre0", mac: mac, holder: .bridge)),
        ]
    }
}
