import Addressing
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
    private var known: (snapshot: Snapshot, joined: [Planning.Namespace])?
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
    ///
    /// - Parameter joined: Namespaces to look into besides those that containers on record have joined.
    func snapshot(joined: [Planning.Namespace] = []) throws(ReconcileError) -> Snapshot {
        if let known, joined.isEmpty || known.joined == joined { return known.snapshot }
        let snapshot = try Snapshot(of: machine, joined: joined + joinedOnRecord)
        known = (snapshot, joined)
        return snapshot
    }

    /// Namespaces that containers on record have joined.
    var joinedOnRecord: [Planning.Namespace] {
        records.keys.sorted().flatMap { records[$0]?.subject.layout.joined ?? [] }
    }

    /// What must be done so that the machine is as `topology` says.
    ///
    /// - Parameters:
    ///   - firewall: The one that it was last applied with if `nil`; iptables' if there is none.
    ///   - host: The host that this machine is; the one that it last was if `nil`, and all of them if that was none.
    public func propose(
        _ topology: Topology, file: String?, firewall: FirewallKind? = nil, host: String? = nil
    ) throws(ReconcileError) -> Proposal {
        let snapshot = try snapshot(
            joined: topology.services.compactMap { $0.namespace.map { Planning.Namespace($0) } })
        let host = host ?? self.host(of: topology.name, in: snapshot)
        let wanted = try amidOthers(try layout(of: topology, host: host, in: snapshot), in: snapshot)
        try snapshot.checkHost(of: wanted)
        let firewall = try self.firewall(firewall, for: wanted, in: snapshot)
        let (layout, notes) = try possible(wanted, firewall, in: snapshot)
        let desired = State(desiredBy: layout, firewall: firewall)
        return try proposal(
            layout, desired.adding(try defaults(replacedBy: layout, in: snapshot)), file: file, firewall: firewall,
            notes: damage + notes)
    }

    /// What must be done so that the machine is as `desired` says, which is what `layout` needs.
    func proposal(
        _ layout: Layout, _ desired: State<KernelObject>, file: String?, firewall: FirewallKind, notes: [String] = []
    ) throws(ReconcileError) -> Proposal {
        let snapshot = try snapshot()
        let desired = desired.adding(try hostsFiles(amid: layout, in: snapshot))
        let observed = try observe(layout.name, for: desired, intent: intent(of: layout.name), in: snapshot)
        try check(layout, desired, observed, in: snapshot)
        let plan = Plan(from: observed, to: desired)
        try check(plan, to: layout, in: snapshot)
        let obstacles = try snapshot.obstacles(to: layout, firewall: firewall)
        return Proposal(
            name: layout.name, file: file, layout: layout, observed: observed, desired: desired,
            plan: plan, firewall: firewall,
            notes: notes + plan.spanningTreeNotes + snapshot.notes(on: layout) + obstacles)
    }

    /// What must be done so that nothing of the topology `name` is left.
    ///
    /// - Parameter others: Topologies that are to be removed too, so that it does not matter whether they use networks of this one.
    public func proposeRemoval(
        of name: String, alongWith others: Set<String> = []
    ) throws(ReconcileError) -> Proposal {
        let snapshot = try snapshot()
        let layout = Layout(name: name)
        let desired = State<KernelObject>().adding(try hostsFiles(amid: layout, exceptOf: others, in: snapshot))
        let observed = try observe(name, for: desired, intent: intent(of: name), in: snapshot)
        guard !observed.objects.isEmpty || records[name] != nil else {
            throw .noSuchTopology(name, known: snapshot.topologies.union(records.keys).sorted())
        }
        let plan = Plan(from: observed, to: desired)
        try check(plan, to: layout, alongWith: others, in: snapshot)
        return Proposal(
            name: name, file: nil, layout: layout, observed: observed, desired: desired,
            plan: plan, firewall: firewall(of: name, in: snapshot),
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

    /// The firewall for `layout`: that which was asked for, or else the last one, or else that of the topologies whose networks
    /// it uses, because rules of two kinds do not know of one another.
    func firewall(
        _ wanted: FirewallKind?, for layout: Layout, in snapshot: Snapshot
    ) throws(ReconcileError) -> FirewallKind {
        var kind = wanted ?? records[layout.name]?.subject.firewall ?? snapshot.firewallKind(of: layout.name)
        for network in layout.networks {
            guard case .topology(let maker, _)? = network.maker else { continue }
            let other = firewall(of: maker, in: snapshot)
            guard let known = kind, known != other, known != .none, other != .none else {
                kind = kind ?? other
                continue
            }
            throw .missing(
                Diagnostics([
                    Diagnostic(
                        "network `\(network.declaration.key)` has the firewall \(other.rawValue) of topology \(maker), not \(known.rawValue)",
                        at: network.declaration.mark.line > 0 ? network.declaration.mark : nil,
                        hint: "apply with --firewall \(other.rawValue)")
                ]))
        }
        let chosen = kind ?? .iptables
        for (name, record) in records.sorted(by: { $0.key < $1.key }) where record.subject.firewall != chosen {
            guard chosen != .none, record.subject.firewall != .none,
                record.subject.layout.networks.contains(where: { $0.isMade(by: layout.name) })
            else { continue }
            let other = record.subject.firewall.rawValue
            throw .missing(
                Diagnostics([
                    Diagnostic(
                        "topology \(name) has the firewall \(other), and endpoints on networks of this one", at: nil,
                        hint: "take it down first, or apply with --firewall \(other)")
                ]))
        }
        return chosen
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
        let surroundings = try surroundings(of: topology, leases: leases, own: found, in: snapshot)
        do throws(Diagnostics) {
            return try Layout(of: topology, leases: leases, surroundings: surroundings, host: host)
        } catch {
            throw .layout(error)
        }
    }

    /// As much of `layout` as the machine can do, and what it can't.
    private func possible(
        _ layout: Layout, _ firewall: FirewallKind, in snapshot: Snapshot
    ) throws(ReconcileError) -> (Layout, notes: [String]) {
        guard layout.translatesClients else { return (layout, []) }
        guard firewall != .none else { return (layout.withoutTranslation, []) }
        let sites = layout.sites.filter(\.layout.translatesClients)
        guard let obstacle = try obstacleToTranslation(on: sites, in: snapshot) else { return (layout, []) }
        return (layout.withoutTranslation, layout.lossesWithoutTranslation.map { "\($0): \(obstacle)" })
    }

    /// What the last change of the topology `name` was going to make.
    func intent(of name: String) -> Record.Intent { records[name]?.subject.intent ?? Record.Intent() }

    private func switchesLeftOn(by name: String) -> [String] {
        (records[name]?.subject.switches ?? [:]).sorted { $0.key < $1.key }.map { path, before in
            "\(path.split(separator: "/").joined(separator: ".")) stays on, others may need it; it was \(before) before"
        }
    }
}
