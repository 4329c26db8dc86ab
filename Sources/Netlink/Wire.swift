import CLinux
import CMnl
import Glibc
import Linux

/// The descriptor of a netlink socket, and the number of its last message.
///
/// It may go to another thread because libmnl's socket is a plain C structure that belongs to no thread, and has one owner here.
struct Wire: ~Copyable, @unchecked Sendable {
    /// Bytes that one receive takes.
    ///
    /// The kernel fills up to 32 KiB of a dump; one message alone may be longer.
    static let receiveSize = 64 << 10

    /// Bytes that fit the send buffer of any machine, whose size is net.core.wmem_default.
    private static let sureSendSize = 64 << 10

    private let socket: OpaquePointer
    private let family: NetlinkSocket.Family
    /// The namespace's name, for the trace.
    private let place: String?
    private(set) var sequence: UInt32 = 0

    /// Opens a socket, which stays in the namespace of the calling thread.
    static func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> OpaquePointer {
        guard let socket = mnl_socket_open2(family.protocolNumber, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw .system(SystemCallError(call: "socket", errno: .current, object: "NETLINK \(family)"))
        }
        return socket
    }

    /// Takes the ownership of `socket` and sets it up.
    init(_ family: NetlinkSocket.Family, _ socket: OpaquePointer, in place: String?) throws(NetlinkError) {
        self.socket = socket
        self.place = place
        self.family = family
        try check("bind") { mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) }
        // The kernel's reasons in words; lenient parsing off; requests not sent back in errors.
        for option in [NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK, NETLINK_CAP_ACK] {
            var on: Int32 = 1
            try check("setsockopt") {
                mnl_socket_setsockopt(socket, option, &on, socklen_t(MemoryLayout<Int32>.size))
            }
        }
        // The kernel answers before `sendto` returns. An answer that does not come must not hang the program.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        try check("setsockopt") {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { mnl_socket_close(socket) }

    private var descriptor: Int32 { mnl_socket_get_fd(socket) }

    private func check<Value: SignedInteger>(_ call: String, _ body: () -> Value) throws(NetlinkError) {
        _ = try embedding(NetlinkError.self) { () throws(SystemCallError) in
            try systemCall(call, "NETLINK \(family)", body)
        }
    }

    /// Encodes `request` into `buffer` under the next sequence number.
    mutating func append(
        _ request: Request, to buffer: inout MessageBuffer
    ) throws(NetlinkError) {
        sequence &+= 1
        try buffer.append(request, sequence: sequence)
        Trace.log(family, sequence, request, in: place)
    }

    /// Sends what is in `buffer` as one.
    func send(_ buffer: borrowing MessageBuffer) throws(NetlinkError) {
        let bytes = buffer.bytes
        Trace.dump(">", bytes.bytes)
        try check("sendto") { mnl_socket_sendto(socket, bytes.baseAddress, bytes.count) }
    }

    /// Makes room for one `send` of `count` bytes, as far as the machine allows it.
    func reserveSendBuffer(_ count: Int) {
        guard count > Self.sureSendSize else { return }
        var size = Int32(clamping: count * 2)
        let length = socklen_t(MemoryLayout<Int32>.size)
        if setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &size, length) != 0 {
            // In a user namespace only up to net.core.wmem_max; if that is too little, sendto says EMSGSIZE.
            setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, length)
        }
    }

    /// Whether an answer is there to be received.
    func hasAnswer() throws(NetlinkError) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var ready: Int32 = 0
        try check("poll") {
            ready = Glibc.poll(&poll, 1, 0)
            return ready
        }
        return ready > 0
    }

    /// Receives once and visits the messages; a message cut off is an error.
    func receive(
        _ visit: (nlmsghdr, RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.receiveSize, alignment: MemoryLayout<nlmsghdr>.alignment)
        defer { buffer.deallocate() }
        var count = 0
        do throws(NetlinkError) {
            try check("recvmsg") {
                count = mnl_socket_recvfrom(socket, buffer.baseAddress, buffer.count)
                return count
            }
        } catch {
            switch error.errno {
            case .noBufferSpace: throw .overrun
            // What libmnl makes of MSG_TRUNC.
            case .noSpace: throw .malformedReply("a message longer than \(Self.receiveSize) bytes")
            default: throw error
            }
        }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes
        Trace.dump("<", bytes)
        try bytes.forEachMessage(visit)
    }
}
