import Addressing
import Linux
public import Planning

/// Tries promises, all at once and without any other program.
public struct Prober: Sendable {
    /// How long silence must last to be believed, in nanoseconds; what must answer has three times as long.
    public var timeout: UInt64

    /// A prober that believes in silence after `timeout` nanoseconds, a second by default.
    public init(timeout: UInt64 = 1_000_000_000) { self.timeout = timeout }

    /// Tries `promises` from their sandboxes, which are looked up under `/run/netns`; the host is the calling thread's
    /// namespace.
    ///
    /// Needs `CAP_SYS_ADMIN` to enter the sandboxes and `CAP_NET_RAW` in them. While it runs, it listens in the containers on
    /// the ports that are published and that nothing else listens on.
    /// - Parameters:
    ///   - progress: Called now and then with the number of promises that are settled and the number of all.
    ///   - isCancelled: Asked at least every 100 ms; a signal that arrives makes it be asked at once.
    /// - Returns: An outcome per promise, in their order.
    public func run(
        _ promises: [Promise], progress: (Int, Int) -> Void = { _, _ in }, isCancelled: () -> Bool = { false }
    ) throws(ProbeError) -> [Outcome] {
        try embedding(ProbeError.self, raiseDescriptorLimit)
        let trials = try Trials(promises, timeout: timeout)
        while !trials.isSettled {
            guard !isCancelled() else { throw .cancelled }
            try embedding(ProbeError.self) { () throws(SystemCallError) in try trials.step() }
            try trials.makeRoom()
            progress(trials.settledCount, promises.count)
        }
        try trials.finish()
        return trials.outcomes
    }
}
