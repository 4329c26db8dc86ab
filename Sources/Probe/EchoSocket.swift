import Addressing
import CLinux
import Glibc
import Linux

/// A raw socket that sends echo requests from one namespace in one family, and knows its own replies.
final class EchoSocket {
    /// What tells the requests of this run from everybody else's.
    struct Mark {
        let identifier = UInt16.random(in: .min ... .max)
        let token = UInt64.random(in: .min ... .max)
    }

    /// What a request is about.
    struct Subject {
        /// The number of the trial.
        var trial: Int
        /// How long the IP packet is, in bytes, where it is to be as long as that; just as long as it must be if absent.
        var packet: UInt32?
    }

    /// What became of a request.
    enum Event {
        /// An answer came.
        case answered(by: IPAddress, nanoseconds: UInt64)
        /// A machine on the way reports an error; with `EMSGSIZE` the largest packet, in bytes, that it lets pass.
        case rejected(Errno, by: IPAddress?, limit: UInt32?)
    }

    private struct Request {
        var subject: Subject
        /// When it was sent, on the clock of the kernel's time stamps and on the one that never jumps.
        var wallClock: UInt64
        var monotonic: UInt64
    }

    let socket: Socket
    private let family: IPFamily
    private let mark: Mark
    /// The requests by sequence number; the numbers of the oldest ones are used again.
    private var requests: [Request] = []
    private var next = 0
    /// The largest packet, in bytes, that the way of the last refused request lets out of the sandbox.
    private var limit: UInt32?

    /// Opens a socket in the calling thread's namespace (`raw(7)`); needs `CAP_NET_RAW` there.
    ///
    /// Its packets stay whole, and are sent whatever the kernel has learnt of a path's MTU before (`IP_PMTUDISC_PROBE`, ip(7)).
    init(_ family: IPFamily, mark: Mark) throws(SystemCallError) {
        self.family = family
        self.mark = mark
        switch family {
        case .v4:
            socket = try Socket(.v4, SOCK_RAW, protocol: Int32(IPPROTO_ICMP))
            try socket.set(SOL_RAW, ICMP_FILTER, icmp_filter(data: ~(1 << UInt32(ICMP_ECHOREPLY))))
            try socket.set(SOL_IP, IP_RECVERR, Int32(1))
            try socket.set(SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        case .v6:
            socket = try Socket(.v6, SOCK_RAW, protocol: Int32(IPPROTO_ICMPV6))
            try socket.set(SOL_ICMPV6, ICMPV6_FILTER, icmp6_filter.allBut(ICMPV6_ECHO_REPLY))
            try socket.set(SOL_IPV6, IPV6_RECVERR, Int32(1))
            try socket.set(SOL_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE)
            try socket.set(SOL_IPV6, IPV6_DONTFRAG, Int32(1))
        }
        try socket.set(SOL_SOCKET, SO_TIMESTAMPNS_OLD, Int32(1))
    }

    /// Sends a request to `address` about `subject`, which its events will carry.
    ///
    /// - Returns: The kernel's reason not to send it.
    func send(to address: IPAddress, about subject: Subject) -> Errno? {
        let sequence = UInt16(truncatingIfNeeded: next)
        let packet = EchoPacket(identifier: mark.identifier, sequence: sequence, token: mark.token)
            .bytes(family, length: Int(subject.packet ?? 0) - family.headerLength)
        let request = Request(subject: subject, wallClock: wallClockNanoseconds(), monotonic: monotonicNanoseconds())
        if requests.count > Int(sequence) { requests[Int(sequence)] = request } else { requests.append(request) }
        next += 1
        return socket.send(packet, to: SocketAddress(address))
    }

    /// The MTU of the way that the last refused request was to take, once the errors were received.
    func takeLimit() -> UInt32? {
        defer { limit = nil }
        return limit
    }

    /// Hands over what has arrived, answers and errors that machines on the way report, but not so much at a time that
    /// somebody's flood would keep us here.
    func receive(into buffer: DatagramBuffer, _ handle: (Subject, Event) -> Void) throws(SystemCallError) {
        try receiveErrors(into: buffer, handle)
        var failure: SystemCallError?
        for _ in 0..<Self.mostReceived {
            do throws(SystemCallError) {
                guard let datagram = try buffer.receive(socket) else { return }
                failure = nil
                receive(datagram, handle)
            } catch {
                // The error of an earlier request is told once here, and in its queue with all that belongs to it.
                failure = error
                try receiveErrors(into: buffer, handle)
            }
        }
        if let failure { throw failure }
    }

    private static let mostReceived = 256

    private func receive(_ datagram: DatagramBuffer.Datagram, _ handle: (Subject, Event) -> Void) {
        guard let packet = EchoPacket(received: datagram.bytes, family), packet.isReply,
            packet.identifier == mark.identifier, packet.token == mark.token,
            requests.indices.contains(Int(packet.sequence)), let peer = datagram.peer
        else { return }
        let request = requests[Int(packet.sequence)]
        handle(request.subject, .answered(by: peer.address, nanoseconds: roundTrip(of: request, datagram.control)))
    }

    /// The time from the request to the kernel's time stamp on the answer, which does not count how long the answer lay
    /// in the queue; if the clock was set in between, to now.
    private func roundTrip(of request: Request, _ control: ControlMessages) -> UInt64 {
        let upToNow = monotonicNanoseconds() - request.monotonic
        guard let stamp = control[SOL_SOCKET, SO_TIMESTAMPNS_OLD], stamp.count >= MemoryLayout<timespec>.size else {
            return upToNow
        }
        let arrival = stamp.loadUnaligned(as: timespec.self).nanoseconds
        guard arrival > request.wallClock, arrival - request.wallClock <= upToNow else { return upToNow }
        return arrival - request.wallClock
    }

    private func receiveErrors(
        into buffer: DatagramBuffer, _ handle: (Subject, Event) -> Void
    ) throws(SystemCallError) {
        let (level, type) = family == .v4 ? (SOL_IP, IP_RECVERR) : (SOL_IPV6, IPV6_RECVERR)
        for _ in 0..<Self.mostReceived {
            guard let datagram = try buffer.receive(socket, errors: true) else { return }
            guard let report = datagram.control[level, type], report.count >= MemoryLayout<sock_extended_err>.size
            else { continue }
            let error = report.loadUnaligned(as: sock_extended_err.self)
            let errno = Errno(rawValue: Int32(error.ee_errno))
            let limit = errno == .messageTooLong && error.ee_info > 0 ? error.ee_info : nil
            // What the sandbox's own kernel did not send, it does not quote either.
            if error.ee_origin == UInt8(SO_EE_ORIGIN_LOCAL) { self.limit = limit ?? self.limit }
            guard let echo = EchoHeader(datagram.bytes, family), !echo.isReply, echo.identifier == mark.identifier,
                requests.indices.contains(Int(echo.sequence))
            else { continue }
            // SO_EE_OFFENDER: the address follows the structure.
            let rest = UnsafeRawBufferPointer(rebasing: report[MemoryLayout<sock_extended_err>.size...])
            handle(
                requests[Int(echo.sequence)].subject,
                .rejected(errno, by: SocketAddress(rest)?.address, limit: limit))
        }
    }
}

extension IPFamily {
    /// Bytes of an IP header without options (RFC 791 §3.1, RFC 8200 §3).
    fileprivate var headerLength: Int { self == .v4 ? MemoryLayout<iphdr>.size : MemoryLayout<ip6_hdr>.size }
}

extension icmp6_filter {
    /// A filter that lets only messages of `type` through; a set bit is a blocked type (RFC 3542 §3.2).
    fileprivate static func allBut(_ type: Int32) -> icmp6_filter {
        var filter = icmp6_filter()
        withUnsafeMutableBytes(of: &filter) { bytes in
            let words = bytes.bindMemory(to: UInt32.self)
            for index in words.indices { words[index] = .max }
            words[Int(type) >> 5] &= ~(1 << UInt32(type & 31))
        }
        return filter
    }
}

extension timespec {
    var nanoseconds: UInt64 { UInt64(tv_sec) * 1_000_000_000 + UInt64(tv_nsec) }
}

/// Nanoseconds on the clock that the kernel stamps packets with (`CLOCK_REALTIME`).
private func wallClockNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.nanoseconds
}
