/// When which trials are made: each at once, and again every 200 ms, until they are settled or their time is over.
///
/// A lost first packet (a neighbour not known yet, an address that is being checked for duplicates) must not look like a
/// broken promise; so what must answer has three times as long as what must not. What must not answer comes first, because
/// its silence takes a fixed time.
struct Schedule {
    private static let interval: UInt64 = 200_000_000
    /// How often something is tried that must not answer.
    private static let silentRounds = 3

    private let silent: [Int]
    private let awaited: [Int]
    private let timeout: UInt64
    private var round = 1
    private var queue: [Int]
    private var position = 0
    private var nextRound: UInt64?
    private var silenceEnds: UInt64?
    private var patienceEnds: UInt64?

    /// - Parameters:
    ///   - silent: Trials that must not succeed.
    ///   - awaited: Trials that must succeed.
    ///   - timeout: How long silence must last to be believed, in nanoseconds.
    init(silent: [Int], awaited: [Int], timeout: UInt64) {
        self.silent = silent
        self.awaited = awaited
        self.timeout = timeout
        queue = silent + awaited
    }

    /// Whether a trial is due at once.
    var isBusy: Bool { position < queue.count }

    /// The next trial to make, if one is due now.
    mutating func next(now: UInt64, isOpen: (Int) -> Bool) -> Int? {
        if let nextRound, now >= nextRound { begin(isOpen) }
        while position < queue.count {
            let trial = queue[position]
            position += 1
            if isOpen(trial) { return trial }
        }
        end(now)
        return nil
    }

    /// Makes the last trial that `next` gave the next one again.
    mutating func takeBack() { position = max(0, position - 1) }

    private mutating func begin(_ isOpen: (Int) -> Bool) {
        round += 1
        position = 0
        nextRound = nil
        queue = ((round <= Self.silentRounds ? silent : []) + awaited).filter(isOpen)
    }

    private mutating func end(_ now: UInt64) {
        guard nextRound == nil else { return }
        nextRound = now + Self.interval
        silenceEnds = silenceEnds ?? now + timeout
        patienceEnds = patienceEnds ?? now + 3 * timeout
    }

    /// The trials whose time is over, settled ones among them.
    mutating func expired(now: UInt64) -> [Int] {
        var result: [Int] = []
        if let end = silenceEnds, now >= end { result += silent }
        if let end = patienceEnds, now >= end { result += awaited }
        return result
    }

    /// How long nothing is due, in nanoseconds.
    func pause(now: UInt64) -> UInt64 {
        guard !isBusy, let nextRound else { return 0 }
        let next = [nextRound, silenceEnds, patienceEnds].compactMap(\.self).filter { $0 > now }.min() ?? now
        return next - now
    }
}
