import CLinux
import Glibc

/// An error number of the kernel, as in `errno(3)`.
public struct Errno: RawRepresentable, Hashable, Sendable {
    /// The number, positive.
    public let rawValue: Int32

    /// The error with the number `rawValue`.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The calling thread's `errno`; to be read in the expression after the failed call.
    public static var current: Errno { Errno(rawValue: errno) }

    /// The symbol, such as `EEXIST`.
    public var name: String { clinux_errno_name(rawValue).map { String(cString: $0) } ?? "errno \(rawValue)" }

    /// The C library's English text, such as "File exists".
    public var text: String { clinux_errno_text(rawValue).map { String(cString: $0) } ?? "Unknown error" }
}

extension Errno: CustomStringConvertible {
    /// `File exists (EEXIST)`.
    public var description: String { "\(text) (\(name))" }
}

extension Errno {
    /// Operation not permitted.
    public static let notPermitted = Errno(rawValue: EPERM)
    /// Permission denied.
    public static let accessDenied = Errno(rawValue: EACCES)
    /// No such file or object.
    public static let noEntry = Errno(rawValue: ENOENT)
    /// No such route or process.
    public static let noSuchProcess = Errno(rawValue: ESRCH)
    /// No such network device.
    public static let noDevice = Errno(rawValue: ENODEV)
    /// The object exists already.
    public static let exists = Errno(rawValue: EEXIST)
    /// The directory holds something.
    public static let notEmpty = Errno(rawValue: ENOTEMPTY)
    /// A part of the path is no directory.
    public static let notDirectory = Errno(rawValue: ENOTDIR)
    /// An argument is not valid.
    public static let invalid = Errno(rawValue: EINVAL)
    /// A value, or a name, is out of range.
    public static let outOfRange = Errno(rawValue: ERANGE)
    /// The device or file is in use.
    public static let busy = Errno(rawValue: EBUSY)
    /// A signal arrived first.
    public static let interrupted = Errno(rawValue: EINTR)
    /// The call would have to wait.
    public static let wouldBlock = Errno(rawValue: EAGAIN)
    /// There is no room.
    public static let noSpace = Errno(rawValue: ENOSPC)
    /// The receive buffer overflowed.
    public static let noBufferSpace = Errno(rawValue: ENOBUFS)
    /// The file is larger than what is accepted.
    public static let fileTooLarge = Errno(rawValue: EFBIG)
    /// A symbolic link where none is accepted.
    public static let symbolicLink = Errno(rawValue: ELOOP)
    /// The kernel has no such feature.
    public static let notSupported = Errno(rawValue: EOPNOTSUPP)
    /// The interface has no such address.
    public static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
    /// The message is longer than the socket's buffer.
    public static let messageTooLong = Errno(rawValue: EMSGSIZE)
    /// No address of that family can be used.
    public static let familyNotSupported = Errno(rawValue: EAFNOSUPPORT)
}
