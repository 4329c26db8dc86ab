import Addressing
import CLinux
import Glibc
import Linux
import Planning
import Topology

/// A connection or a request to a published port.
final class PortClient {
    private enum Stage { case idle, connecting, waiting }

    let socket: Socket
    private let port: Promise.PublishedPort
    private let request: [UInt8]
    /// What must come back; `nil` where the container's own program has the port and being let in is all there is to see.
    private let token: PortToken?
    private var stage = Stage.idle
    private var sent: UInt64 = 0
    private var connected: UInt64 = 0
    private var lastRefusal: Errno?

    /// A client for `port` on a socket that is open in the namespace to try from.
    init(_ port: Promise.PublishedPort, socket: Socket, request: [UInt8], expecting token: PortToken?) {
        self.port = port
        self.socket = socket
        self.request = request
        self.token = token
    }

    /// A socket for `port` in the calling thread's namespace.
    static func socket(for port: Promise.PublishedPort) throws(SystemCallError) -> Socket {
        try Socket(port.address.family, port.transport)
    }

    /// Whether the socket waits for its connection.
    var isConnecting: Bool { stage == .connecting }
    /// Whether nothing was tried yet.
    var isIdle: Bool { stage == .idle }

    /// Connects, or sends the request (again).
    ///
    /// - Returns: What has come of it, if that is known at once.
    func attempt() -> Observation? {
        if stage == .idle {
            sent = monotonicNanoseconds()
            let refusal = socket.connect(to: SocketAddress(port.address, port: port.port))
            if let refusal, refusal != .inProgress { return .failed(.refused(refusal)) }
            stage = port.transport == .udp ? .waiting : .connecting
        }
        guard port.transport == .udp else { return nil }
        sent = monotonicNanoseconds()
        lastRefusal = socket.send(request) ?? lastRefusal
        return nil
    }

    /// Looks at what has happened on the socket.
    ///
    /// - Returns: What has come of it, if that is known now.
    func advance(buffer: DatagramBuffer) throws(SystemCallError) -> Observation? {
        if stage == .connecting {
            if let refusal = try socket.pendingError() { return .failed(.refused(refusal)) }
            stage = .waiting
            connected = monotonicNanoseconds()
            if token == nil { return .succeeded(nanoseconds: connected - sent) }
        }
        do throws(SystemCallError) {
            guard let answer = try buffer.receive(socket) else { return nil }
            guard answer.bytes.elementsEqual(token?.bytes ?? []) else { return .failed(.stranger) }
        } catch {
            // On a UDP socket, what ICMP said of the last request; the next may fare better.
            guard port.transport == .udp else { return .failed(.refused(error.errno)) }
            lastRefusal = error.errno
            return nil
        }
        return .succeeded(nanoseconds: (port.transport == .udp ? monotonicNanoseconds() : connected) - sent)
    }

    /// What to say when the time is over: who let us in and said nothing is not who we look for.
    var overdue: Observation.Cause {
        if let lastRefusal { return .refused(lastRefusal) }
        return port.transport != .udp && stage == .waiting ? .stranger : .noAnswer
    }
}
