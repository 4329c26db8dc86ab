import Planning
import TestSupport
import Testing
import Topology

@Suite struct StageTests {
    private static let host = Namespace.named("lab-node1")

    private static func lab(_ firewall: FirewallKind) throws -> State<KernelObject> {
        var state = State<KernelObject>(desiredBy: try .bridge(containers: 3), firewall: firewall)
            .relocated(from: .host, to: host)
        let node = NamespaceObject(name: "lab-node1", alias: OwnershipMark.host("node1", of: "lab").text)
        state[node.id] = .namespace(node)
        return state
    }

    @Test func `the machine's firewall comes first`() throws {
        let state = State<KernelObject>(desiredBy: try .bridge(containers: 3), firewall: .iptables)
        let stages = Plan(from: State(), to: state).stages
        #expect(Set(try #require(stages.first).operations.keys) == [.firewall(.host)])
        #expect(stages.dropFirst().allSatisfy { $0.operations[.firewall(.host)] == nil })
    }

    @Test(arguments: [FirewallKind.iptables, .nftables])
    func `a new host's rules come right after the host and before all that is in it`(_ firewall: FirewallKind) throws {
        let stages = Plan(from: State(), to: try Self.lab(firewall)).stages
        #expect(Set(stages[0].operations.keys) == [.namespaces])
        #expect(Set(stages[1].operations.keys) == [.firewall(Self.host)])
        for stage in stages.dropFirst(2) {
            #expect(stage.operations[.firewall(Self.host)] == nil && stage.operations[.namespaces] == nil)
        }
    }

    @Test func `a host that is there gets its rules before its links, and loses them before those`() throws {
        let whole = try Self.lab(.iptables)
        var bare = State<KernelObject>()
        bare[NamespaceObject.id(Self.host)] = whole[NamespaceObject.id(Self.host)]
        for plan in [Plan(from: bare, to: whole), Plan(from: whole, to: bare)] {
            #expect(Set(try #require(plan.stages.first).operations.keys) == [.firewall(Self.host)])
        }
    }

    @Test func `a host's rules go with the host`() throws {
        let plan = Plan(from: try Self.lab(.iptables), to: State())
        #expect(plan.stages.allSatisfy { $0.operations[.firewall(Self.host)] == nil })
    }

    @Test func `a plan's stages hold each operation once`() throws {
        for (before, after) in [(State(), try Self.lab(.nftables)), (try Self.lab(.iptables), State())] {
            let plan = Plan(from: before, to: after)
            let staged = plan.stages.flatMap { $0.operations.values.flatMap(\.self) }
            #expect(staged.count == plan.operations.count)
            #expect(Set(staged) == Set(plan.operations))
        }
    }
}
