import CLinux
import Glibc

extension NetworkNamespace {
    /// Creates the namespace `name`.
    ///
    /// Equivalent to: `ip netns add NAME`.
    /// - Parameter prepare: Runs in the new namespace before its name appears; what it throws undoes the creation.
    public static func create<Value: Sendable, Failure: SystemFailure>(
        _ name: String, prepare: @Sendable (NetworkNamespace) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var outcome: Result<Value, Failure>?
        try create([name], threads: 1, prepare: prepare) { outcome = $1 }
        guard let outcome else { preconditionFailure("one name has one outcome") }
        return try outcome.get()
    }

    /// Creates many namespaces on several threads, while the caller works with those that are there already.
    ///
    /// The kernel spends most of the time of an apply here, and two threads get twice as much done.
    /// - Parameters:
    ///   - threads: How many of them, at most one per name.
    ///   - prepare: Runs in the new namespace, on one of the threads, before its name appears. Whoever finds the
    ///     name thus finds the marks and switches that `prepare` has set. What it throws undoes the creation.
    ///   - consume: Called on the caller's thread for each name, in the order of `names`, as soon as its outcome is
    ///     known: the index into `names`, and what `prepare` returned or why there is no namespace.
    public static func create<Value: Sendable, Failure: SystemFailure>(
        _ names: [String], threads: Int,
        prepare: @Sendable (NetworkNamespace) throws(Failure) -> Value,
        consume: (Int, Result<Value, Failure>) -> Void
    ) throws(Failure) {
        try embedding(Failure.self, prepareDirectory)
        let results = OrderedResults<Result<Value, Failure>>(count: names.count)
        try withoutActuallyEscaping({ (index: Int) in
            results.put(Result { () throws(Failure) in try make(names[index], prepare) }, at: index)
        }) { work throws(Failure) in
            var workers: [Thread] = []
            defer { for worker in workers { worker.join() } }
            for _ in 0..<min(max(threads, 1), names.count) {
                do throws(SystemCallError) {
                    workers.append(try Thread { while let index = results.next() { work(index) } })
                } catch {
                    // Those that started do the work of all.
                    if workers.isEmpty { throw Failure(error) }
                }
            }
            for index in names.indices { consume(index, results.take(index)) }
        }
    }

    /// Moves the calling thread into a new namespace, prepares it, and then gives it its name.
    private static func make<Value, Failure: SystemFailure>(
        _ name: String, _ prepare: (NetworkNamespace) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let namespace = try embedding(Failure.self) { () throws(SystemCallError) in
            guard isValidName(name) else { throw invalidName(name) }
            _ = try systemCall("unshare", name) { unshare(CLONE_NEWNET) }
            return try current(name: name)
        }
        let value = try prepare(namespace)
        try embedding(Failure.self) { () throws(SystemCallError) in try publish(name) }
        return value
    }

    /// Binds the calling thread's namespace to `name`; `EEXIST` where the name is taken.
    private static func publish(_ name: String) throws(SystemCallError) {
        let path = path(of: name)
        // The mode is iproute2's: the file is only ever a place to mount on.
        _ = try Descriptor.open(path, O_RDONLY | O_CREAT | O_EXCL, mode: 0)
        do throws(SystemCallError) {
            _ = try systemCall("mount", path) { mount("/proc/thread-self/ns/net", path, "none", UInt(MS_BIND), nil) }
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Makes the directory of names a shared mount of its own, so that a name that is deleted in one mount
    /// namespace frees the network namespace in all (`create_netns_dir` of iproute2).
    private static func prepareDirectory() throws(SystemCallError) {
        if mkdir(directory, 0o755) != 0 {
            let reason = Errno.current
            guard reason == .exists else { throw SystemCallError(call: "mkdir", errno: reason, object: directory) }
        }
        // Two that mount at the same time would stack their mounts.
        let lock = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
        _ = try systemCall("flock", directory) { flock(lock.rawValue, LOCK_EX) }
        var isMountPoint = false
        while mount("", directory, "none", UInt(MS_SHARED | MS_REC), nil) != 0 {
            let reason = Errno.current
            guard reason == .invalid, !isMountPoint else {
                throw SystemCallError(call: "mount --make-shared", errno: reason, object: directory)
            }
            _ = try systemCall("mount --bind", directory) {
                mount(directory, directory, "none", UInt(MS_BIND | MS_REC), nil)
            }
            isMountPoint = true
        }
    }
}
