import Planning

/// The operations of a plan in the order of their stages, told stage by stage as they are done.
struct StageLog {
    private let stages: [[Operation<KernelObject>]]
    private var next = 0
    private var told = 0

    init(_ plan: Plan<KernelObject>) {
        var place: [ObjectID: Int] = [:]
        for (index, operation) in plan.operations.enumerated() { place[operation.object.id] = index }
        stages = plan.stages.map { stage in
            stage.operations.values.joined().sorted { (place[$0.object.id] ?? 0) < (place[$1.object.id] ?? 0) }
        }
    }

    /// What has been done since the last time, now that `done` operations are done.
    mutating func advance(to done: Int) -> [Operation<KernelObject>] {
        var fresh: [Operation<KernelObject>] = []
        while next < stages.count, told + stages[next].count <= done {
            fresh += stages[next]
            told += stages[next].count
            next += 1
        }
        return fresh
    }
}
