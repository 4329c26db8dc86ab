import CLinux
import Glibc
import Linux

/// Memory to receive datagrams into, one after the other, with what the kernel says about each (`recvmsg(2)`).
///
/// What is returned is valid until the next datagram.
final class DatagramBuffer {
    private let data = UnsafeMutableRawBufferPointer.allocate(byteCount: 2048, alignment: 16)
    private let control = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 16)
    private let name = UnsafeMutableRawBufferPointer.allocate(
        byteCount: MemoryLayout<sockaddr_storage>.size, alignment: MemoryLayout<sockaddr_storage>.alignment)

    deinit {
        data.deallocate()
        control.deallocate()
        name.deallocate()
    }

    /// A datagram.
    struct Datagram {
        /// Its bytes.
        let bytes: UnsafeRawBufferPointer
        /// Where it comes from; from the error queue: where it was to go.
        let peer: SocketAddress?
        /// What the kernel says about it.
        let control: ControlMessages
    }

    /// The next datagram, or the next one that met an error; `nil` where there is none.
    ///
    /// - Parameter errors: Whether to look at the queue of errors (`MSG_ERRQUEUE`).
    func receive(_ socket: Socket, errors: Bool = false) throws(SystemCallError) -> Datagram? {
        var vector = iovec(iov_base: data.baseAddress, iov_len: data.count)
        var header = msghdr()
        let flags = Int32(MSG_DONTWAIT) | (errors ? Int32(MSG_ERRQUEUE) : 0)
        do throws(SystemCallError) {
            let count = try systemCall("recvmsg") {
                withUnsafeMutablePointer(to: &vector) { vector in
                    header.msg_name = name.baseAddress
                    header.msg_namelen = socklen_t(name.count)
                    header.msg_iov = vector
                    header.msg_iovlen = 1
                    header.msg_control = control.baseAddress
                    header.msg_controllen = control.count
                    return recvmsg(socket.descriptor.rawValue, &header, flags)
                }
            }
            return Datagram(
                bytes: UnsafeRawBufferPointer(rebasing: data[..<count]),
                peer: SocketAddress(UnsafeRawBufferPointer(rebasing: name[..<Int(header.msg_namelen)])),
                control: ControlMessages(UnsafeRawBufferPointer(rebasing: control[..<header.msg_controllen])))
        } catch  where error.errno == .wouldBlock {
            return nil
        }
    }
}

/// The ancillary data of a datagram (`cmsg(3)`).
struct ControlMessages {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// What the first message of that level and type holds.
    subscript(level: Int32, type: Int32) -> UnsafeRawBufferPointer? {
        let headerLength = MemoryLayout<cmsghdr>.size
        var offset = 0
        while bytes.count - offset >= headerLength {
            let header = bytes.loadUnaligned(fromByteOffset: offset, as: cmsghdr.self)
            let length = Int(header.cmsg_len)
            guard length >= headerLength, length <= bytes.count - offset else { return nil }
            if header.cmsg_level == level, header.cmsg_type == type {
                return UnsafeRawBufferPointer(rebasing: bytes[offset + headerLength..<offset + length])
            }
            // CMSG_ALIGN
            let alignment = MemoryLayout<Int>.size
            offset += (length + alignment - 1) & ~(alignment - 1)
        }
        return nil
    }
}
