import Glibc
import Synchronization

/// Reads a whole file.
///
/// - Parameter limit: Bytes that are accepted; a longer file is `EFBIG`.
public func readFile(_ path: String, limit: Int = 1 << 20) throws(SystemCallError) -> [UInt8] {
    try Descriptor.open(path, O_RDONLY).read(limit: limit, from: path)
}

private let temporaryNumber = Atomic<UInt64>(0)

/// Replaces the file at `path` as one step: a reader sees the old bytes or the new ones, whatever happens.
///
/// A symbolic link at `path` is replaced, not followed. The file is not forced to the disk.
public func atomicWrite(
    _ path: String, _ bytes: some Sequence<UInt8>, mode: UInt32
) throws(SystemCallError) {
    let number = temporaryNumber.add(1, ordering: .relaxed).newValue
    let temporary = "\(path).\(getpid()).\(number).tmp"
    // A file of that name can only be left over from an earlier process with the same id.
    unlink(temporary)
    let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    do throws(SystemCallError) {
        // The umask applied to the mode above.
        _ = try systemCall("fchmod", temporary) { fchmod(file.rawValue, mode) }
        try file.write(bytes, to: temporary)
        _ = try systemCall("rename", path) { rename(temporary, path) }
    } catch {
        unlink(temporary)
        throw error
    }
}

/// Writes `bytes` into the file that is at `path` already, so that whoever has it open or mounted elsewhere sees them.
///
/// Not one step for readers: what is kept of an old beginning stays readable all the time.
/// - Returns: Whether there is such a file; nothing is done to a symbolic link, or where there is none.
public func overwriteFile(_ path: String, _ bytes: some Collection<UInt8>) throws(SystemCallError) -> Bool {
    let file: Descriptor
    do throws(SystemCallError) {
        file = try Descriptor.open(path, O_WRONLY | O_NOFOLLOW)
    } catch  where error.errno == .noEntry || error.errno == .symbolicLink {
        return false
    }
    try file.write(bytes, to: path)
    _ = try systemCall("ftruncate", path) { ftruncate(file.rawValue, off_t(bytes.count)) }
    return true
}

/// Creates the directory `path`, or checks that the one that is there is ours alone to write.
///
/// A symbolic link is `ELOOP` or `ENOTDIR`; a directory of another user, or one that others may write to, is `EPERM`.
/// - Returns: The open directory.
@discardableResult
public func secureDirectory(_ path: String, mode: UInt32 = 0o700) throws(SystemCallError) -> Descriptor {
    do throws(SystemCallError) {
        _ = try systemCall("mkdir", path) { mkdir(path, mode) }
    } catch  where error.errno == .exists {
        // Looked at below.
    }
    let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    let status = try directory.status(of: path)
    guard status.user == geteuid() else {
        throw SystemCallError(call: "open", errno: .notPermitted, object: "\(path), owned by user \(status.user)")
    }
    guard status.mode & 0o022 == 0 else {
        throw SystemCallError(call: "open", errno: .notPermitted, object: "\(path), which others may write to")
    }
    return directory
}

/// The names in the directory `path`, sorted, without `.` and `..`.
public func listDirectory(_ path: String) throws(SystemCallError) -> [String] {
    guard let directory = opendir(path) else {
        throw SystemCallError(call: "opendir", errno: .current, object: path)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}
