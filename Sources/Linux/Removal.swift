import Glibc

/// Removes the file at `path`; a symbolic link itself, not what it leads to.
public func removeFile(_ path: String) throws(SystemCallError) {
    _ = try systemCall("unlink", path) { unlink(path) }
}

/// Removes the directory at `path` if it is empty; `ENOTEMPTY` if it is not.
public func removeDirectory(_ path: String) throws(SystemCallError) {
    _ = try systemCall("rmdir", path) { rmdir(path) }
}

/// Creates the directory at `path` unless there is one.
public func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(SystemCallError) {
    do throws(SystemCallError) {
        _ = try systemCall("mkdir", path) { mkdir(path, mode) }
    } catch {
        guard error.errno == .exists else { throw error }
    }
}
