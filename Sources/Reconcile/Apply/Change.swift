import Linux
import Netlink
import Planning
import Topology

/// A plan on its way into the kernel, with the way back.
struct Change {
    let proposal: Proposal
    let session: Session

    /// Converges, or leaves the machine as it was.
    func run(
        progress: (Session.Progress) -> Void, isCancelled: () -> Bool
    ) throws(ReconcileError) -> Summary {
        let stages = proposal.plan.stages
        let journal = try Journal(session.directory, of: proposal.name, subject: subject)
        if stages.isEmpty, try isOnRecord() { return Summary(of: []) }
        do throws(ReconcileError) {
            try journal.enter(.running(stage: 0, of: stages.count))
            try removeLeftovers()
            try keepBridgeAddresses()
            try run(stages, journal: journal, progress: progress, isCancelled: isCancelled)
            try verify(proposal.desired)
        } catch {
            throw rollBack(after: error)
        }
        if isRemoval { try session.directory.remove(proposal.name) } else { try journal.enter(.complete) }
        var summary = Summary(of: proposal.plan.operations)
        summary.notes = Announcer(machine: session.machine).say(
            proposal.plan.announcements(in: proposal.layout), isCancelled: isCancelled)
        return summary
    }

    /// A topology whose containers all use the networks of others needs nothing of its own, and is on record all the same.
    private var isRemoval: Bool { proposal.desired.isFree(of: proposal.name) && proposal.layout.containers.isEmpty }

    private var recorded: Record.Subject? { session.records[proposal.name]?.subject }

    private var subject: Record.Subject {
        let intent = Record.Intent(of: proposal.desired).union(Record.Intent(of: proposal.observed))
        return Record.Subject(
            file: proposal.file ?? recorded?.file, firewall: proposal.firewall, layout: proposal.layout,
            leases: proposal.layout.leases, intent: recorded.map { intent.union($0.intent) } ?? intent,
            switches: proposal.switchesBefore.merging(recorded?.switches ?? [:]) { _, recorded in recorded },
            created: created)
    }

    /// When each network was first applied: now for those that were not there before.
    private var created: [String: String] {
        let keys = Set(proposal.layout.networks.map(\.declaration.key))
        let now = timestamp()
        return Dictionary(uniqueKeysWithValues: keys.map { ($0, now) })
            .merging(recorded?.created ?? [:]) { _, recorded in recorded }.filter { keys.contains($0.key) }
    }

    /// Whether the record says what it would say after this change.
    private func isOnRecord() throws(ReconcileError) -> Bool {
        guard let record = session.records[proposal.name], record.phase == .complete else { return false }
        return record.subject.layout == proposal.layout && record.subject.file == subject.file
            && record.subject.firewall == proposal.firewall
    }

    private func run(
        _ stages: [Stage], journal: Journal?, progress: (Session.Progress) -> Void, isCancelled: () -> Bool
    ) throws(ReconcileError) {
        let total = stages.reduce(0) { $0 + $1.count }
        var done = 0
        for (number, stage) in stages.enumerated() {
            if isCancelled() { throw .cancelled }
            progress(.init(done: done, total: total, activity: stage.activity))
            try session.machine.run(stage)
            done += stage.count
            try journal?.enter(.running(stage: number + 1, of: stages.count))
        }
        progress(.init(done: done, total: total, activity: ""))
    }

    /// Names at which an interrupted creation left a plain file: they can't become namespaces, and no plan knows them.
    private func removeLeftovers() throws(ReconcileError) {
        let intent = session.intent(of: proposal.name)
        try calling { () throws(SystemCallError) in
            for name in intent.namespaces.sorted() where !(try NetworkNamespace.isMounted(name)) {
                do throws(SystemCallError) { try NetworkNamespace.delete(name) } catch {
                    guard error.errno == .noEntry else { throw error }
                }
            }
        }
    }

    /// A bridge that has no port takes the address of its first one, and loses it with the last, unless it was given one
    /// (br_stp_recalculate_bridge_id, net/bridge/br_stp_if.c): one that is not weft's is given what it has.
    private func keepBridgeAddresses() throws(ReconcileError) {
        let bridges = Set(
            proposal.layout.networks.filter { $0.isForeign && !$0.declaration.hasBridgeOfLinks }.map(\.bridge))
        guard !bridges.isEmpty else { return }
        let routing = try session.machine.place(.host).routing
        try talking { () throws(NetlinkError) in
            let links = try routing.links()
            for bridge in links
            where bridges.contains(bridge.name) && !links.contains(where: { $0.master == bridge.index }) {
                guard let mac = bridge.macAddress else { continue }
                try routing.send(.setLink(.index(bridge.index), [.macAddress(mac)]))
            }
        }
    }

    /// Reads everything again: what is still to do is an error.
    private func verify(_ desired: State<KernelObject>) throws(ReconcileError) {
        let plan = Plan(from: try observe(for: desired), to: desired)
        guard plan.isEmpty else { throw .residue(plan.operations) }
    }

    private func observe(for desired: State<KernelObject>) throws(ReconcileError) -> State<KernelObject> {
        try session.observe(
            proposal.name, for: desired, intent: subject.intent,
            in: Snapshot(of: session.machine, joined: proposal.layout.joined + session.joinedOnRecord))
    }

    /// Plans back to what was there before; the way back is a plan like any other.
    private func rollBack(after cause: ReconcileError) -> ReconcileError {
        // Nobody wants rules back in the wrong order.
        let before = State(proposal.observed.objects.values.map(\.inPlace))
        do throws(ReconcileError) {
            let plan = Plan(from: try observe(for: before), to: before)
            try run(plan.stages, journal: nil, progress: { _ in }, isCancelled: { false })
            try verify(before)
            try restoreRecord()
            return .rolledBack(cause: cause)
        } catch {
            return .notRolledBack(cause: cause, then: error, remains: remains(of: before))
        }
    }

    /// What is still to do on the way back, as far as that can be seen after all that failed.
    private func remains(of before: State<KernelObject>) -> [Operation<KernelObject>] {
        do throws(ReconcileError) { return Plan(from: try observe(for: before), to: before).operations } catch {
            return []
        }
    }

    /// The record speaks of the state before again.
    private func restoreRecord() throws(ReconcileError) {
        guard let record = session.records[proposal.name] else { return try session.directory.remove(proposal.name) }
        try Journal(session.directory, of: proposal.name, subject: record.subject).enter(record.phase)
    }
}

extension Proposal {
    /// The machine's own switches as they were, where the plan turns them on.
    fileprivate var switchesBefore: [String: String] {
        var before: [String: String] = [:]
        for case .update(.sysctl(let old), _) in plan.operations where old.namespace == .host && old.link == nil {
            before[old.path.joined(separator: "/")] = old.value
        }
        return before
    }
}

extension Stage {
    /// What the stage is about, for people.
    fileprivate var activity: String {
        let nouns = Set(operations.values.flatMap(\.self).map(\.object.noun)).sorted()
        return nouns.joined(separator: ", ")
    }
}
