import Linux

/// One line at the bottom of a terminal that says how far an apply is; gone when the apply is over.
final class ProgressBar {
    /// An apply that takes no longer shows nothing.
    private static let patience: UInt64 = 150_000_000
    /// How often the line is drawn anew at most.
    private static let interval: UInt64 = 40_000_000

    private let stream: Stream
    private var next: UInt64
    private var isShown = false

    /// A bar on `stream`; nothing is shown where that is no terminal.
    init(on stream: Stream) {
        self.stream = stream
        next = monotonicNanoseconds() + Self.patience
    }

    /// Shows that `done` of `total` are done and that `activity` is going on.
    func show(done: Int, of total: Int, _ activity: String) {
        let now = monotonicNanoseconds()
        guard stream.isTerminal, now >= next else { return }
        next = now + Self.interval
        isShown = true
        stream.write("\r" + Self.line(done: done, of: total, activity, columns: stream.columns) + "\u{1b}[K")
    }

    /// Takes the line away.
    func remove() {
        guard isShown else { return }
        isShown = false
        stream.write("\r\u{1b}[K")
    }

    /// `[#####…     ] 120/400 links`, no wider than `columns`.
    static func line(done: Int, of total: Int, _ activity: String, columns: Int) -> String {
        let width = max(0, min(40, columns - 40))
        let filled = total > 0 ? width * min(done, total) / total : 0
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: width - filled)
        return String("[\(bar)] \(done)/\(total) \(activity)".prefix(max(0, columns - 1)))
    }
}
