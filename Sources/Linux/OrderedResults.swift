import Glibc
import Synchronization

/// The results of numbered pieces of work, which threads take from the front and finish in any order, while
/// one reader takes them in order.
final class OrderedResults<Value: Sendable>: Sendable {
    private struct State {
        var next = 0
        var values: [Value?]
    }

    private let state: Mutex<State>
    private let finished = Semaphore()

    init(count: Int) { state = Mutex(State(values: Array(repeating: nil, count: count))) }

    /// The number of a piece that nobody has taken yet; `nil` when there is none.
    func next() -> Int? {
        state.withLock { state in
            guard state.next < state.values.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    /// Gives the value of the piece `index`.
    func put(_ value: Value, at index: Int) {
        state.withLock { $0.values[index] = value }
        finished.signal()
    }

    /// Waits for the piece `index` and gives its value away.
    func take(_ index: Int) -> Value {
        while true {
            let value = state.withLock { state in
                defer { state.values[index] = nil }
                return state.values[index]
            }
            if let value { return value }
            finished.wait()
        }
    }
}

/// A counter to wait on (`sem_overview(7)`).
private final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }
    func wait() { sem_wait(semaphore) }
}
