import Glibc

/// An exclusive lock on a file, held until the last owner goes (`flock(2)`).
public final class FileLock: Sendable {
    private let file: Descriptor

    private init(_ file: Descriptor) { self.file = file }

    /// Locks the file at `path`, which is created with mode 0600 if need be; a symbolic link there is `ELOOP`.
    ///
    /// A signal that arrives while it waits makes it throw `EINTR`, so that Ctrl-C is heard.
    /// - Parameter waiting: Called once if another process holds the lock, before the wait.
    public static func acquire(_ path: String, waiting: () -> Void) throws(SystemCallError) -> FileLock {
        var told = false
        while true {
            let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
            if flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
                let reason = Errno.current
                guard reason == .wouldBlock else { throw SystemCallError(call: "flock", errno: reason, object: path) }
                if !told { waiting() }
                told = true
                guard flock(file.rawValue, LOCK_EX) == 0 else {
                    throw SystemCallError(call: "flock", errno: .current, object: path)
                }
            }
            // The holder before us may have deleted the file: then ours is a lock that nobody else will see.
            var current = stat()
            let held = try file.status(of: path)
            if lstat(path, &current) == 0, FileStatus(current).isSameFile(as: held) { return FileLock(file) }
        }
    }
}
