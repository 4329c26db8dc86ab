/// The echoes that were answered when they were small, and wait for the answer to one as large as the MTU.
struct LargeEchoes {
    /// An echo that waits.
    struct Waiting {
        /// How long the answer to the small one took.
        var nanoseconds: UInt64
        /// When it came.
        var since: UInt64
    }

    private var waiting: [Int: Waiting] = [:]
    private var queue: [Int] = []

    /// Whether a request is to be sent at once.
    var isDue: Bool { !queue.isEmpty }

    /// The next trial whose large request is to be sent.
    mutating func next() -> Int? { queue.popLast() }

    /// Begins to wait for the large answer of `trial`, whose small one came `now` and took `nanoseconds`.
    mutating func begin(_ trial: Int, nanoseconds: UInt64, now: UInt64) {
        guard waiting[trial] == nil else { return }
        waiting[trial] = Waiting(nanoseconds: nanoseconds, since: now)
        queue.append(trial)
    }

    /// What is known of `trial`; `nil` while it waits for its small answer.
    subscript(trial: Int) -> Waiting? { waiting[trial] }

    /// Forgets `trial`, which is settled.
    mutating func end(_ trial: Int) { waiting[trial] = nil }
}
