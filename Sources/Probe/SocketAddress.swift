import Addressing
import CLinux
import Glibc

/// An address and a port in the form that sockets take (`ip(7)`, `ipv6(7)`).
struct SocketAddress: Hashable {
    var address: IPAddress
    var port: UInt16 = 0

    init(_ address: IPAddress, port: UInt16 = 0) {
        self.address = address
        self.port = port
    }

    /// Reads a `sockaddr_in` or `sockaddr_in6`; `nil` where the bytes hold neither.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= MemoryLayout<sa_family_t>.size else { return nil }
        switch Int32(bytes.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            let form = bytes.loadUnaligned(as: sockaddr_in.self)
            address = IPAddress(.v4, bits: UInt128(UInt32(bigEndian: form.sin_addr.s_addr)))
            port = UInt16(bigEndian: form.sin_port)
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            let form = bytes.loadUnaligned(as: sockaddr_in6.self)
            let bits = withUnsafeBytes(of: form.sin6_addr) { $0.loadUnaligned(as: UInt128.self) }
            address = IPAddress(.v6, bits: UInt128(bigEndian: bits))
            port = UInt16(bigEndian: form.sin6_port)
        default: return nil
        }
    }

    /// Calls `body` with the address as `connect(2)`, `bind(2)` and `sendto(2)` take it.
    func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        func call<Form>(_ form: Form) -> Value {
            withUnsafePointer(to: form) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<Form>.size))
                }
            }
        }
        switch address.family {
        case .v4:
            var form = sockaddr_in()
            form.sin_family = sa_family_t(AF_INET)
            form.sin_port = port.bigEndian
            form.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.bits).bigEndian
            return call(form)
        case .v6:
            var form = sockaddr_in6()
            form.sin6_family = sa_family_t(AF_INET6)
            form.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &form.sin6_addr) {
                $0.storeBytes(of: address.bits.bigEndian, as: UInt128.self)
            }
            return call(form)
        }
    }
}

extension IPFamily {
    /// `AF_INET` or `AF_INET6`.
    var socketDomain: Int32 { self == .v4 ? AF_INET : AF_INET6 }
}
