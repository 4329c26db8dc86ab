import Glibc

// The errors of sockets that are on their way somewhere.
extension Errno {
    /// No route leads to the address.
    public static let networkUnreachable = Errno(rawValue: ENETUNREACH)
    /// The machine at the address does not show itself.
    public static let hostUnreachable = Errno(rawValue: EHOSTUNREACH)
    /// Nothing listens at the port.
    public static let connectionRefused = Errno(rawValue: ECONNREFUSED)
    /// Something else has the port.
    public static let addressInUse = Errno(rawValue: EADDRINUSE)
    /// A connection is being made.
    public static let inProgress = Errno(rawValue: EINPROGRESS)
    /// The kernel has no such protocol.
    public static let protocolNotSupported = Errno(rawValue: EPROTONOSUPPORT)
    /// The file is no device that has such an operation.
    public static let noDeviceOperation = Errno(rawValue: ENOTTY)
}
