import Linux
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
        /// What is done next: `link, port`.
        public var activity: String
    }

    let directory: RunDirectory
    let machine: Machine
    let records: [String: Record]
    /// What was read of the machine; until this session changes it, once is enough.
    private var known: Snapshot?
    /// What is wrong with records that can't be read.
    private let damage: [String]
    /// Held until the session ends; absent where it only looks.
    private let lock: FileLock?

    private init(directory: RunDirectory, lock: FileLock?) throws(ReconcileError) {
        self.directory = directory
        self.lock = lock
        (records, damage) = try directory.records()
        machine = try Machine()
    }

    /// Opens the machine.
    ///
    /// - Parameters:
    ///   - forChange: Whether to hold off every other change until the session ends.
    ///   - waiting: Called once if another change is going on, before the wait for its end.
    public static func open(forChange: Bool, waiting: () -> Void) throws(ReconcileError) -> Session {
        let directory = try RunDirectory(isToBeMade: forChange)
        let lock = forChange ? try directory.lock(waiting: waiting) : nil
        return try Session(directory: directory, lock: lock)
    }

    /// What there is on the machine.
    func snapshot() throws(ReconcileError) -> Snapshot {
        if let known { return known }
        let snapshot = try Snapshot(of: machine)
        known = snapshot
        return snapshot
    }

    /// What must be done so that the machine is as `topology` says.
    ///
    /// - Parameters:
    ///   - firewall: The one that it was last applied with if `nil`; iptables' if there is none.
    ///   - host: The host that this machine is; the one that it last was if `nil`, and all of them if that was none.
    public func propose(
        _ topology: Topology, file: String?, firewall: FirewallKind? = nil, host: String? = nil
    ) throws(ReconcileError) -> Proposal {
        let snapshot = try snapshot()
        let host = host ?? self.host(of: topology.name, in: snapshot)
        let layout = try layout(of: topology, host: host, in: snapshot)
        if let fabric = layout.fabric { try snapshot.checkHost(of: fabric) }
        let firewall = firewall ?? self.firewall(of: topology.name, in: snapshot)
        return try proposal(
            layout, State(desiredBy: layout, firewall: firewall), file: file, firewall: firewall, notes: damage)
    }

    /// What must be done so that the machine is as `desired` says, which is what `layout` needs.
    func proposal(
        _ layout: Layout, _ desired: State<KernelObject>, file: String?, firewall: FirewallKind, notes: [String] = []
    ) throws(ReconcileError) -> Proposal {
        let snapshot = try snapshot()
        let observed = try observe(layout.name, for: desired, intent: intent(of: layout.name), in: snapshot)
        try check(layout, desired, observed, in: snapshot)
        let obstacles = try snapshot.obstacles(to: layout, firewall: firewall)
        return Proposal(
            name: layout.name, file: file, layout: layout, observed: observed, desired: desired,
            plan: Plan(from: observed, to: desired), firewall: firewall, notes: notes + obstacles)
    }

    /// What must be done so that nothing of the topology `name` is left.
    public func proposeRemoval(of name: String) throws(ReconcileError) -> Proposal {
        let snapshot = try snapshot()
        let observed = try observe(name, for: State(), intent: intent(of: name), in: snapshot)
        guard !observed.objects.isEmpty || records[name] != nil else {
            throw .noSuchTopology(name, known: snapshot.topologies.union(records.keys).sorted())
        }
        return Proposal(
            name: name, file: nil, layout: Layout(name: name), observed: observed, desired: State(),
            plan: Plan(from: observed, to: State()), firewall: firewall(of: name, in: snapshot),
            notes: damage + switchesLeftOn(by: name))
    }

    /// Does what was proposed; if it cannot, goes back to what there was.
    ///
    /// - Parameters:
    ///   - progress: Called before each stage and at the end.
    ///   - isCancelled: Asked before each stage.
    public func apply(
        _ proposal: Proposal, progress: (Progress) -> Void, isCancelled: () -> Bool
    ) throws(ReconcileError) -> Summary {
        known = nil
        return try Change(proposal: proposal, session: self).run(progress: progress, isCancelled: isCancelled)
    }

    /// The firewall that the topology `name` was last applied with, or that the kernel shows it to have; or the default one.
    public func firewall(of name: String) throws(ReconcileError) -> FirewallKind {
        firewall(of: name, in: try snapshot())
    }

    private func firewall(of name: String, in snapshot: Snapshot) -> FirewallKind {
        records[name]?.subject.firewall ?? snapshot.firewallKind(of: name) ?? .iptables
    }

    /// The layout that the topology `name` was last applied with.
    public func layout(of name: String) throws(ReconcileError) -> Layout {
        guard let record = records[name] else { throw .noSuchTopology(name, known: records.keys.sorted()) }
        return record.subject.layout
    }

    /// Choices for `topology`: what the kernel shows as given out stays, then what is on record.
    private func layout(
        of topology: Topology, host: String?, in snapshot: Snapshot
    ) throws(ReconcileError) -> Layout {
        if let host, !topology.hosts.contains(where: { $0.name == host }) {
            throw .notThisHost(HostMismatch(host: host, reason: .undeclared(known: topology.hosts.map(\.name))))
        }
        let record = records[topology.name]?.subject
        let found = try OwnedObjects(of: topology.name, intent: intent(of: topology.name), in: snapshot).state
        let leases = Leases(observedIn: found, topology: topology.name).completed(by: record?.leases ?? Leases())
        let surroundings = try surroundings(of: topology.name, in: snapshot)
        do throws(Diagnostics) {
            return try Layout(of: topology, leases: leases, surroundings: surroundings, host: host)
        } catch {
            throw .layout(error)
        }
    }

    /// What the last change of the topology `name` was going to make.
    func intent(of name: String) -> Record.Intent { records[name]?.subject.intent ?? Record.Intent() }

    private func switchesLeftOn(by name: String) -> [String] {
        (records[name]?.subject.switches ?? [:]).sorted { $0.key < $1.key }.map { path, before in
            "\(path.split(separator: "/").joined(separator: ".")) stays on, others may need it; it was \(before) before"
        }
    }
}
