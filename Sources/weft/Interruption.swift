import Glibc
import Synchronization

/// A request to end that arrived while the machine is being changed; the raw value is the signal's number, signal(7).
enum Interruption: Int32, Sendable, CaseIterable {
    /// Ctrl-C.
    case interrupt = 2
    /// The terminal is gone.
    case hangup = 1
    /// `kill`.
    case terminate = 15
    /// The time given with `--timeout` is over.
    case timeout = 14

    /// What happened, in a word or two.
    var text: String {
        switch self {
        case .interrupt: "interrupted"
        case .hangup: "the terminal is gone"
        case .terminate: "terminated"
        case .timeout: "timed out"
        }
    }

    /// The signal that arrived last; 0 before.
    private static let last = Atomic<Int32>(0)

    /// The request that has arrived, if one has.
    static var received: Interruption? { Interruption(rawValue: last.load(ordering: .relaxed)) }

    /// From now on the requests only leave a mark; system calls that wait end with `EINTR`.
    ///
    /// What the program was told to ignore when it was started, as by nohup(1), stays ignored; what was only blocked, as a
    /// thread of the parent may have had it, is not.
    /// - Parameter seconds: After which time to give up.
    static func listen(timeout seconds: Double?) {
        // The handler must not be the first to touch the variable: its initialisation may take a lock.
        _ = last.load(ordering: .relaxed)
        var listened = sigset_t()
        sigemptyset(&listened)
        for signal in allCases.map(\.rawValue) {
            sigaddset(&listened, signal)
            var action = sigaction()
            sigaction(signal, nil, &action)
            if action.isIgnored, signal != timeout.rawValue { continue }
            action = sigaction()
            action.__sigaction_handler.sa_handler = { Interruption.last.store($0, ordering: .relaxed) }
            sigaction(signal, &action, nil)
        }
        pthread_sigmask(SIG_UNBLOCK, &listened, nil)
        guard let seconds else { return }
        let microseconds = max(1, Int(seconds * 1_000_000))
        var timer = itimerval()
        timer.it_value.tv_sec = microseconds / 1_000_000
        timer.it_value.tv_usec = microseconds % 1_000_000
        setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    }
}

extension sigaction {
    fileprivate var isIgnored: Bool {
        unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
