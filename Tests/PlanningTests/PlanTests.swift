import Addressing
import Planning
import TestSupport
import Testing
import Topology

@Suite struct PlanTests {
    @Test func `a plan from a state to itself is empty`() throws {
        let state = State<KernelObject>(desiredBy: try .bridge(containers: 3), firewall: .iptables)
        #expect(Plan(from: state, to: state).isEmpty)
    }

    @Test func `every step of a random walk finds what it requires and ends where it should`() throws {
        var generator = SeededGenerator(seed: 7)
        var observed = State<KernelObject>()
        for _ in 0..<60 {
            let desired = State<KernelObject>(desiredBy: try .random(&generator), firewall: .iptables)
            observed = try walk(from: observed, to: desired)
        }
        #expect(try walk(from: observed, to: State()).objects.isEmpty)
    }

    @Test func `what the kernel lost at random is made again and nothing else is touched`() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<60 {
            let desired = State<KernelObject>(desiredBy: try .random(&generator), firewall: .iptables)
            var drifted = desired
            for object in desired.objects.values.sorted(by: { $0.id < $1.id }).shuffled(using: &generator).prefix(3) {
                drifted.apply(.delete(object))
            }
            let plan = Plan(from: drifted, to: desired)
            #expect(plan.operations.count == desired.objects.count - drifted.objects.count)
            #expect(try walk(from: drifted, to: desired) == desired)
        }
    }

    @Test func `a bridge that is replaced takes its ports along and gets them back`() throws {
        let desired = State<KernelObject>(desiredBy: try .bridge(containers: 2), firewall: .none)
        var observed = desired
        let bridge = try #require(desired.objects.values.first { $0.id.kind == .link && $0.id.name.hasPrefix("br-") })
        guard case .link(var link) = bridge else { return }
        link.kind = .veth(peer: .init(namespace: .host, name: "other"))
        observed[bridge.id] = .link(link)
        let plan = Plan(from: observed, to: desired)
        let ports = plan.operations.filter { $0.object.id.kind == .port }
        #expect(ports.count == 2)
        #expect(plan.operations.first == .delete(.link(link)))
    }

    @Test func `a link that is up gets IPv6 before its first IPv6 address`() throws {
        let before = try Layout.bridge(containers: 2)
        var after = before
        try after.networks[0].addIPv6()
        let subnet = after.networks[0].segments[1].subnet
        for index in after.containers.indices {
            let address = InterfaceAddress(subnet.network.advanced(by: UInt128(index + 2)), in: subnet)
            after.containers[index].endpoints[0].addresses.append(address)
        }
        let plan = Plan(
            from: State(desiredBy: before, firewall: .iptables), to: State(desiredBy: after, firewall: .iptables))
        func places(_ isMeant: (ObjectID) -> Bool) -> [Int] {
            plan.stages.enumerated().flatMap { index, stage in
                stage.operations.values.joined().filter { isMeant($0.object.id) }.map { _ in index }
            }
        }
        let switches = places { $0.kind == .sysctl && $0.name.contains("conf") }
        let addresses = places { $0.kind == .address }
        #expect(addresses.count == 3)
        #expect(try #require(switches.max()) < #require(addresses.min()))
    }

    @Test func `a bridge that becomes another network's is made anew, after all that goes`() throws {
        var before = try Layout.bridge(containers: 2)
        before.networks[0].bridge = "own0"
        var after = before
        after.networks[0].declaration.key = "back"
        after.networks[0].name = "demo_back"
        let plan = Plan(
            from: State(desiredBy: before, firewall: .none), to: State(desiredBy: after, firewall: .none))
        let bridge = plan.operations.filter { $0.object.id.kind == .link && $0.object.id.name == "own0" }
        let isDeletion = bridge.map { if case .delete = $0 { true } else { false } }
        #expect(isDeletion == [true, false])
    }

    @Test func `an mtu changes in place on the bridge and on every pair`() throws {
        let before = try Layout.bridge(containers: 2)
        var after = before
        after.networks[0].declaration.mtu = 9000
        let plan = Plan(
            from: State(desiredBy: before, firewall: .iptables), to: State(desiredBy: after, firewall: .iptables))
        #expect(plan.operations.count == 3)
        for operation in plan.operations {
            guard case .update(let old, let new) = operation else {
                Issue.record("\(operation) is no update")
                continue
            }
            #expect(old.changes(to: new) == ["mtu 1500 → 9000"])
        }
    }

    @Test func `a hundred times the containers takes at most about a hundred times as long`() throws {
        func seconds(_ count: Int) throws -> Double {
            let desired = State<KernelObject>(desiredBy: try .bridge(containers: count), firewall: .iptables)
            let clock = ContinuousClock()
            let time = clock.measure { _ = Plan(from: State(), to: desired).stages }
            return Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds)
        }
        _ = try seconds(20)
        #expect(try seconds(200) < 100 * max(seconds(20), 0.001))
    }

    /// Runs the plan on the model of the kernel and checks each step against it.
    private func walk(from start: State<KernelObject>, to end: State<KernelObject>) throws -> State<KernelObject> {
        let start = start.asObserved
        let plan = Plan(from: start, to: end)
        var state = start
        for operation in plan.stages.flatMap(\.inOrder) {
            switch operation {
            case .create(let object):
                #expect(state[object.id] == nil, "\(object) is there already")
                checkRequirements(of: object, in: state, from: start, to: end)
            case .update(let old, let new):
                #expect(state[old.id] == old)
                checkRequirements(of: new, in: state, from: start, to: end)
            case .delete(let object):
                #expect(state[object.id] != nil, "\(object) is gone already")
                let dependents = state.objects.values.filter { other in
                    other.id != object.id && !Set(other.requires).isDisjoint(with: object.identities)
                        && Set(other.owners).isDisjoint(with: object.identities)
                }
                #expect(dependents.isEmpty, "\(object) is deleted before \(dependents)")
            }
            state.apply(operation)
        }
        #expect(plan.stages.reduce(0) { $0 + $1.count } == plan.operations.count)
        #expect(state == end)
        return state
    }

    /// What an object requires is there, and already as it will be.
    private func checkRequirements(
        of object: KernelObject, in state: State<KernelObject>, from start: State<KernelObject>,
        to end: State<KernelObject>
    ) {
        let present = Set(state.objects.values.flatMap(\.identities))
        let everKnown = Set([start, end].flatMap { $0.objects.values.flatMap(\.identities) })
        for requirement in object.requires where everKnown.contains(requirement) {
            #expect(present.contains(requirement), "\(object) comes before \(requirement)")
            if let wanted = end[requirement] {
                #expect(state[requirement] == wanted, "\(object) comes before the change of \(requirement)")
            }
        }
    }
}

extension State<KernelObject> {
    /// The state as the kernel tells of it, which does not know what came before what.
    fileprivate var asObserved: State {
        State(
            objects.values.map { object in
                guard case .up(let up) = object else { return object }
                return .up(LinkUp(namespace: up.namespace, link: up.link))
            })
    }
}

extension Stage {
    /// The stage's operations; channels are independent, so any order of channels must do.
    var inOrder: [Operation<KernelObject>] { operations.values.flatMap(\.self) }
}
