import Addressing
import Linux
import Netlink
public import Planning
public import Topology
import YAML

/// One run's hold on the machine: the lock, the sockets and the records of all topologies.
public final class Session {
    /// How far a running apply has got.
    public struct Progress: Hashable, Sendable {
        /// Operations done.
        public var done: Int
        /// Operations of the whole plan.
        public var total: Int
        /// What is done next, such as `12 links`.
        public var activity: String
    }

    let directory: RunDirectory
    let machine: Machine
    var records: [String: Record]
    /// Held until the session ends; absent where it only looks.
    private let lock: FileLock?

    private init(directory: RunDirectory, lock: FileLock?) throws(ReconcileError) {
        self.directory = directory
        self.lock = lock
        records = try directory.records()
        machine = try Machine()
    }

    /// Opens the machine.
    ///
    /// - Parameters:
    ///   - forChange: Whether to hold off every other change until the session ends.
    ///   - waiting: Called once if another change is going on, before the wait for its end.
    public static func open(forChange: Bool, waiting: () -> Void) throws(ReconcileError) -> Session {
        let directory = try RunDirectory()
        let lock = forChange ? try directory.lock(waiting: waiting) : nil
        return try Session(directory: directory, lock: lock)
    }

    /// What must be done so that the machine is as `topology` says.
    public func propose(
        _ topology: Topology, file: String?, firewall: FirewallKind
    ) throws(ReconcileError) -> Proposal {
        let snapshot = try machine.snapshot()
        let found = snapshot.state(of: topology.name)
        let recorded = records[topology.name]?.subject.leases ?? Leases()
        let leases = Leases(observedIn: found, topology: topology.name).completed(by: recorded)
        let layout: Layout
        do throws(Diagnostics) {
            layout = try Layout(
                of: topology, leases: leases, surroundings: try surroundings(of: topology.name, in: snapshot))
        } catch {
            throw .layout(error)
        }
        let desired = State<KernelObject>(desiredBy: layout, firewall: firewall)
        let observed = try observe(topology.name, for: desired, in: snapshot)
        try check(layout, desired, observed, in: snapshot)
        return Proposal(
            name: topology.name, file: file, layout: layout, observed: observed, desired: desired,
            plan: Plan(from: observed, to: desired), firewall: firewall, notes: notes(on: snapshot, desired: desired))
    }

    /// What must be done so that nothing of the topology `name` is left.
    public func proposeRemoval(of name: String) throws(ReconcileError) -> Proposal {
        let snapshot = try machine.snapshot()
        let observed = try observe(name, for: State(), in: snapshot)
        guard !observed.objects.isEmpty || records[name] != nil else {
            throw .noSuchTopology(name, known: try topologies().map(\.name))
        }
        let firewall = records[name]?.subject.firewall ?? .iptables
        return Proposal(
            name: name, file: nil, layout: Layout(name: name), observed: observed, desired: State(),
            plan: Plan(from: observed, to: State()), firewall: firewall, notes: switchNotes(of: name))
    }

    /// Does what was proposed; if it cannot, goes back to what there was.
    ///
    /// - Parameters:
    ///   - progress: Called before each stage and at the end.
    ///   - isCancelled: Asked between stages.
    public func apply(
        _ proposal: Proposal, progress: (Progress) -> Void, isCancelled: () -> Bool
    ) throws(ReconcileError) -> Summary {
        let change = Change(proposal: proposal, session: self)
        return try change.run(progress: progress, isCancelled: isCancelled)
    }

    /// The layout that the topology `name` was last applied with.
    public func layout(of name: String) throws(ReconcileError) -> Layout {
        guard let record = records[name] else {
            throw .noSuchTopology(name, known: try topologies().map(\.name))
        }
        return record.subject.layout
    }

    /// The objects of the topology `name` that exist, and of what `desired` has besides, as far as it is shared by all.
    func observe(
        _ name: String, for desired: State<KernelObject>, in snapshot: Snapshot
    ) throws(ReconcileError) -> State<KernelObject> {
        var state = snapshot.state(of: name)
        for object in snapshot.plumbing(for: desired, withoutRulesOf: name) { state[object.id] = object }
        for object in try snapshot.sysctls(of: desired, on: machine) { state[object.id] = object }
        for object in try snapshot.leftovers(of: records[name]?.subject.intent) { state[object.id] = object }
        for (id, object) in desired.objects {
            if let there = state[id] { state[id] = there.normalised(to: object) }
        }
        return state
    }
}
