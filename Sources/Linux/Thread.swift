import Glibc

/// Runs `body` on a thread of its own, which ends afterwards, and waits for it.
///
/// What belongs to a thread (its namespaces) can be changed there without a way back that could fail.
public func onThread<Value, Failure: SystemFailure>(
    _ body: () throws(Failure) -> Value
) throws(Failure) -> Value {
    var result: Result<Value, Failure>?
    do throws(SystemCallError) {
        try withoutActuallyEscaping({ result = Result(of: body) }) { work throws(SystemCallError) in
            try Thread(work).join()
        }
    } catch {
        throw Failure(error)
    }
    guard let result else { preconditionFailure("the thread has ended without its work") }
    return try result.get()
}

/// A thread of the C library.
struct Thread {
    private let handle: pthread_t

    /// Starts a thread that runs `work` and ends.
    init(_ work: @escaping () -> Void) throws(SystemCallError) {
        let context = Unmanaged.passRetained(Work(run: work))
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw SystemCallError(call: "pthread_create", errno: Errno(rawValue: status))
        }
        self.handle = handle
    }

    /// Waits for the thread's end.
    func join() { pthread_join(handle, nil) }

    private final class Work {
        let run: () -> Void
        init(run: @escaping () -> Void) { self.run = run }
    }
}
