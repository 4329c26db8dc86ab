import Glibc
import Linux
import Synchronization

/// Work on a thread of its own, which inherits the namespaces of the thread that starts it.
public final class Background<Value: Sendable>: Sendable {
    private let outcome = Mutex<Result<Value, any Error>?>(nil)

    /// Starts the work.
    public init(_ work: @escaping @Sendable () throws -> Value) throws {
        let start = Start { [self] in
            let result = Result { try work() }
            outcome.withLock { $0 = result }
        }
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Start>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
        guard status == 0 else {
            Unmanaged.passUnretained(start).release()
            throw SystemCallError(call: "pthread_create", errno: Errno(rawValue: status))
        }
        pthread_detach(handle)
    }

    /// Waits for the work's end, at most a minute, and gives what it returned or throws what it threw.
    public func wait() throws -> Value {
        var result: Result<Value, any Error>?
        let isDone = eventually(within: 60) {
            result = outcome.withLock { $0 }
            return result != nil
        }
        guard isDone, let result else { throw ProgramFailure(description: "no end of the work after 60 s") }
        return try result.get()
    }
}

private final class Start: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
