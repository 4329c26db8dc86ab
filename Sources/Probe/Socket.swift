import Addressing
import CLinux
import Glibc
import Linux
import Topology

/// A socket that never makes its caller wait; it is in the namespace of the thread that opened it, for good.
struct Socket {
    let descriptor: Descriptor

    /// Opens a socket in the calling thread's namespace (`socket(2)`).
    init(_ family: IPFamily, _ type: __socket_type, protocol number: Int32 = 0) throws(SystemCallError) {
        let kind = Int32(type.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let name = family == .v4 ? "AF_INET" : "AF_INET6"
        descriptor = Descriptor(
            owning: try systemCall("socket", name) { Glibc.socket(family.socketDomain, kind, number) })
    }

    /// Opens a socket of that transport protocol in the calling thread's namespace.
    ///
    /// SCTP's is in the one-to-one style of TCP's (RFC 6458 §4); where the kernel has none, the error is `EPROTONOSUPPORT`.
    init(_ family: IPFamily, _ transport: TransportProtocol) throws(SystemCallError) {
        switch transport {
        case .tcp: try self.init(family, SOCK_STREAM)
        case .udp: try self.init(family, SOCK_DGRAM)
        case .sctp: try self.init(family, SOCK_STREAM, protocol: Int32(IPPROTO_SCTP))
        }
    }

    /// Takes over the open socket with that number.
    init(owning number: Int32) { descriptor = Descriptor(owning: number) }

    /// Sets an option (`setsockopt(2)`).
    func set<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, _ value: Value) throws(SystemCallError) {
        _ = try systemCall("setsockopt", "\(level), \(option)") {
            withUnsafeBytes(of: value) { bytes in
                setsockopt(descriptor.rawValue, level, option, bytes.baseAddress, socklen_t(bytes.count))
            }
        }
    }

    /// The error that the socket has met since the last question (`SO_ERROR`); `nil` if none.
    func pendingError() throws(SystemCallError) -> Errno? {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = try systemCall("getsockopt", "SO_ERROR") {
            getsockopt(descriptor.rawValue, SOL_SOCKET, SO_ERROR, &number, &length)
        }
        return number == 0 ? nil : Errno(rawValue: number)
    }

    /// Takes an address (`bind(2)`), also one that the namespace does not have.
    func bind(to address: SocketAddress) throws(SystemCallError) {
        switch address.address.family {
        case .v4: try set(SOL_IP, IP_FREEBIND, Int32(1))
        case .v6: try set(SOL_IPV6, IPV6_FREEBIND, Int32(1))
        }
        _ = try systemCall("bind", "\(address.address) port \(address.port)") {
            address.withPointer { Glibc.bind(descriptor.rawValue, $0, $1) }
        }
    }

    /// Starts to connect; `nil` where it is connected at once, `EINPROGRESS` where that takes time.
    func connect(to address: SocketAddress) -> Errno? {
        attempt { address.withPointer { Glibc.connect(descriptor.rawValue, $0, $1) } == 0 }
    }

    /// Sends `bytes` to `address`, or to where the socket is connected.
    func send(_ bytes: [UInt8], to address: SocketAddress? = nil) -> Errno? {
        attempt {
            bytes.withUnsafeBytes { bytes in
                let flags = Int32(MSG_NOSIGNAL)
                guard let address else {
                    return Glibc.send(descriptor.rawValue, bytes.baseAddress, bytes.count, flags) == bytes.count
                }
                return address.withPointer {
                    sendto(descriptor.rawValue, bytes.baseAddress, bytes.count, flags, $0, $1) == bytes.count
                }
            }
        }
    }

    /// What goes wrong in `call`, which is made again if a signal interrupts it.
    private func attempt(_ call: () -> Bool) -> Errno? {
        while true {
            if call() { return nil }
            let reason = Errno.current
            if reason != .interrupted { return reason }
        }
    }
}
