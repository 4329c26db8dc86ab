public import Linux

/// Why a netlink exchange failed.
public enum NetlinkError: Error, Hashable, Sendable {
    /// A system call failed, such as `socket` or `sendto`.
    case system(SystemCallError)
    /// The kernel refused a request.
    case refused(Refusal)
    /// The kernel's answer makes no sense; the text says how.
    case malformedReply(String)
    /// The objects of a dump changed while it was read, each time it was repeated.
    case dumpInterrupted(Request)
    /// Messages were lost because the receive buffer was full (`ENOBUFS`).
    case overrun
    /// An attribute of the request is longer than its 16-bit length can say.
    case tooLong(Request)
}

/// The kernel's answer to a request that it refused.
public struct Refusal: Hashable, Sendable {
    /// The reason's number.
    public let errno: Errno
    /// The reason in the kernel's words, where it has any (`NLMSGERR_ATTR_MSG`).
    public let message: String?
    /// Where in the request the offending attribute begins, in bytes (`NLMSGERR_ATTR_OFFS`).
    public let offset: Int?
    /// The request.
    public let request: Request

    /// The refusal of `request`.
    public init(errno: Errno, message: String?, offset: Int?, request: Request) {
        self.errno = errno
        self.message = message
        self.offset = offset
        self.request = request
    }
}

extension NetlinkError: SystemFailure {
    /// The failed system call.
    public init(_ error: SystemCallError) { self = .system(error) }

    /// The kernel's error number, of a refused request or a failed system call.
    public var errno: Errno? {
        switch self {
        case .refused(let refusal): refusal.errno
        case .system(let error): error.errno
        case .malformedReply, .dumpInterrupted, .overrun, .tooLong: nil
        }
    }

    /// Whether the object that was to be made is there already (`EEXIST`).
    public var isAlreadyExists: Bool { errno == .exists }

    /// Whether the object is not there: `ENOENT`, `ENODEV`, `ESRCH`, or `EADDRNOTAVAIL` for an address.
    public var isNotFound: Bool {
        switch errno {
        case .noEntry, .noDevice, .noSuchProcess, .addressNotAvailable: true
        default: false
        }
    }

    /// Whether a privilege is missing.
    public var isNotPermitted: Bool { errno == .notPermitted || errno == .accessDenied }
}

extension NetlinkError: CustomStringConvertible {
    /// The object, the kernel's reason and its symbol: `link web0: Unknown device type (EOPNOTSUPP)`.
    public var description: String {
        switch self {
        case .system(let error): "netlink: \(error)"
        case .refused(let refusal): "\(refusal)"
        case .malformedReply(let reason): "netlink: malformed reply: \(reason)"
        case .dumpInterrupted(let request): "\(request.subject): changed each time it was read"
        case .overrun: "netlink: messages were lost, the receive buffer was full (ENOBUFS)"
        case .tooLong(let request): "\(request.subject): an attribute is longer than 65535 bytes"
        }
    }
}

extension Refusal: CustomStringConvertible {
    /// The object, the kernel's reason and its symbol: `link web0: Unknown device type (EOPNOTSUPP)`.
    public var description: String { "\(request.subject): \(message ?? errno.text) (\(errno.name))" }
}
