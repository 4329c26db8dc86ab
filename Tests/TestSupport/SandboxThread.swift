import CLinux
import Glibc
import Linux
import Synchronization

/// A thread in private namespaces that runs the jobs of a task, until the task says that it has finished.
///
/// It ends by itself, without the help of another thread: it has a copy of each descriptor that was open when it
/// began, and somebody may be waiting for the end of a pipe.
final class SandboxThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isFinished = false
        var identifier: pid_t = 0
        var failure: SystemCallError?
    }

    private let state = Mutex(State())
    private let wakeup = Signal()
    private let ready = Signal()

    /// Starts the thread and waits until it is in its namespaces.
    init() throws {
        var handle = pthread_t()
        let status = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<SandboxThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        guard status == 0 else {
            Unmanaged.passUnretained(self).release()
            throw SystemCallError(call: "pthread_create", errno: Errno(rawValue: status))
        }
        pthread_detach(handle)
        ready.wait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Whether the caller runs on this thread.
    var isCurrent: Bool { state.withLock { $0.identifier } == gettid() }

    /// Lets the thread end after the job that says so.
    func finish() { state.withLock { $0.isFinished = true } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isAccepted = state.withLock { state in
            if !state.isFinished { state.jobs.append(job) }
            return !state.isFinished
        }
        if isAccepted { wakeup.send() } else { globalConcurrentExecutor.enqueue(job) }
    }

    private func run() {
        do throws(SystemCallError) {
            try Sandbox.enter()
        } catch {
            state.withLock { $0.failure = error }
            ready.send()
            return
        }
        state.withLock { $0.identifier = gettid() }
        ready.send()
        while !state.withLock({ $0.isFinished }) {
            wakeup.wait()
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                return state.jobs
            }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    /// How many sandboxes there may be at a time: their work is the kernel's, one processor each.
    static let gate = Gate(places: max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
}

/// Lets in as many tasks at a time as there are places.
actor Gate {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { free = places }

    func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

/// Something to wait for that another thread sends (`sem_overview(7)`).
private final class Signal: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func send() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}
