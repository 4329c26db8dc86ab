import Glibc

/// A file descriptor that is closed when its last owner goes.
public final class Descriptor: Sendable {
    /// The number that system calls take; valid as long as the owner lives.
    public let rawValue: Int32

    /// Takes the ownership of the open descriptor `rawValue`.
    public init(owning rawValue: Int32) { self.rawValue = rawValue }

    deinit { close(rawValue) }

    /// Opens `path`; never inherited by a program that is started (`O_CLOEXEC`).
    ///
    /// - Parameters:
    ///   - flags: `O_RDONLY` and the like, of `open(2)`.
    ///   - mode: Permissions of a file that is created.
    public static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(SystemCallError) -> Descriptor {
        Descriptor(owning: try systemCall("open", path) { Glibc.open(path, flags | O_CLOEXEC, mode) })
    }

    /// What the descriptor refers to (`fstat(2)`).
    public func status(of object: @autoclosure () -> String? = nil) throws(SystemCallError) -> FileStatus {
        var status = stat()
        _ = try systemCall("fstat", object()) { fstat(rawValue, &status) }
        return FileStatus(status)
    }

    /// Writes all of `bytes`.
    public func write(
        _ bytes: some Sequence<UInt8>, to object: @autoclosure () -> String? = nil
    ) throws(SystemCallError) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = try systemCall("write", object()) {
                rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads to the end of the file.
    ///
    /// - Parameter limit: Bytes that are accepted; one more is `EFBIG`.
    public func read(
        limit: Int, from object: @autoclosure () -> String? = nil
    ) throws(SystemCallError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit + 1, 16384))
        while true {
            let count = try systemCall("read", object()) {
                buffer.withUnsafeMutableBytes { Glibc.read(rawValue, $0.baseAddress, $0.count) }
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer.prefix(count))
            guard bytes.count <= limit else {
                throw SystemCallError(call: "read", errno: .fileTooLarge, object: object())
            }
        }
    }
}

/// The identity and owner of a file.
public struct FileStatus: Hashable, Sendable {
    /// The file system that the file is on.
    public let device: UInt64
    /// The file's number on its file system.
    public let inode: UInt64
    /// The owner.
    public let user: UInt32
    /// Type and permissions.
    public let mode: UInt32

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        user = status.st_uid
        mode = status.st_mode
    }

    /// Whether two descriptions are of one file.
    public func isSameFile(as other: FileStatus) -> Bool { (device, inode) == (other.device, other.inode) }
}
