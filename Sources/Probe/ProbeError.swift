public import Linux
public import Netlink

/// Why promises could not be tried at all.
public enum ProbeError: Error, Hashable, Sendable {
    /// A system call failed, such as `socket` for want of a privilege.
    case system(SystemCallError)
    /// The table of neighbours was full, and could not be emptied.
    case neighbours(NetlinkError)
    /// The caller wanted an end.
    case cancelled
}

extension ProbeError: SystemFailure {
    /// The failed system call.
    public init(_ error: SystemCallError) { self = .system(error) }
}

extension ProbeError: CustomStringConvertible {
    /// The failed call with the kernel's reason, or `cancelled`.
    public var description: String {
        switch self {
        case .system(let error): "\(error)"
        case .neighbours(let error): "\(error)"
        case .cancelled: "cancelled"
        }
    }
}
