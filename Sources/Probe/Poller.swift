import CLinux
import Glibc
import Linux

/// Waits for many sockets at once (`epoll(7)`).
struct Poller {
    private let descriptor: Descriptor
    private var events = [epoll_event](repeating: epoll_event(), count: 128)

    init() throws(SystemCallError) {
        descriptor = Descriptor(owning: try systemCall("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// What to wait for.
    enum Interest {
        /// Something to receive.
        case input
        /// Room to send, which is how the end of `connect(2)` shows, or something to receive.
        case inputOrOutput

        var bits: UInt32 {
            switch self {
            case .input: EPOLLIN.rawValue
            case .inputOrOutput: EPOLLIN.rawValue | EPOLLOUT.rawValue
            }
        }
    }

    /// Waits for `socket` from now on; `number` is what `wait` calls it.
    func add(_ socket: Socket, number: Int, _ interest: Interest = .input) throws(SystemCallError) {
        try control(EPOLL_CTL_ADD, socket, epoll_event(events: interest.bits, data: epoll_data(u64: UInt64(number))))
    }

    /// Waits for something else of `socket`.
    func change(_ socket: Socket, number: Int, _ interest: Interest) throws(SystemCallError) {
        try control(EPOLL_CTL_MOD, socket, epoll_event(events: interest.bits, data: epoll_data(u64: UInt64(number))))
    }

    /// Waits for `socket` no more.
    func remove(_ socket: Socket) throws(SystemCallError) { try control(EPOLL_CTL_DEL, socket, epoll_event()) }

    private func control(_ operation: Int32, _ socket: Socket, _ event: epoll_event) throws(SystemCallError) {
        var event = event
        _ = try systemCall("epoll_ctl") {
            epoll_ctl(descriptor.rawValue, operation, socket.descriptor.rawValue, &event)
        }
    }

    /// The numbers of sockets for which something has happened.
    ///
    /// Empty when the time is over, or when a signal arrives first.
    mutating func wait(milliseconds: Int) throws(SystemCallError) -> [Int] {
        let count = epoll_wait(descriptor.rawValue, &events, Int32(events.count), Int32(clamping: milliseconds))
        if count < 0 {
            let reason = Errno.current
            guard reason == .interrupted else { throw SystemCallError(call: "epoll_wait", errno: reason) }
        }
        return events.prefix(max(0, Int(count))).map { Int($0.data.u64) }
    }
}
