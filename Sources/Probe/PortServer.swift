import Addressing
import CLinux
import Glibc
import Linux
import Planning
import Topology

/// What tells our own answers and requests on a port from everybody else's: 16 bytes.
struct PortToken: Hashable {
    let bytes: [UInt8]

    /// The token that `number` has in the run of that mark.
    init(run: UInt64, number: Int) { bytes = run.networkBytes + UInt64(number).networkBytes }
}

/// A listener that stands in for the container's program while its port is tried, and answers with a token.
final class PortServer {
    /// Whose port it is.
    struct Address: Hashable {
        var container: Namespace
        var address: IPAddress
        var port: UInt16
        var transport: TransportProtocol

        init(container: Namespace, _ port: Promise.PublishedPort) {
            self.container = container
            address = port.serverAddress
            self.port = port.serverPort
            transport = port.transport
        }
    }

    let socket: Socket
    private let transport: TransportProtocol
    private let run: UInt64
    /// What the answer says.
    let token: PortToken

    /// Listens on a port in the calling thread's namespace; `EADDRINUSE` where something does already.
    init(_ address: Address, run: UInt64, token: PortToken) throws(SystemCallError) {
        transport = address.transport
        self.run = run
        self.token = token
        let here = SocketAddress(address.address, port: address.port)
        socket = try Socket(address.address.family, address.transport)
        if address.transport == .udp {
            try socket.bind(to: here)
        } else {
            // Connections of an earlier run that linger must not keep this one out.
            try socket.set(SOL_SOCKET, SO_REUSEADDR, Int32(1))
            try socket.bind(to: here)
            _ = try systemCall("listen", "port \(address.port)") { listen(socket.descriptor.rawValue, SOMAXCONN) }
        }
    }

    /// Answers everybody who waits.
    func answer(buffer: DatagramBuffer) throws(SystemCallError) {
        if transport == .udp { try answerRequests(buffer) } else { answerConnections() }
    }

    private func answerConnections() {
        while true {
            let number = accept4(
                socket.descriptor.rawValue, .init(), nil, Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
            if number < 0 {
                // A client that is gone already is not the last one.
                if Errno.current == .interrupted || Errno.current.rawValue == ECONNABORTED { continue }
                return
            }
            let connection = Socket(owning: number)
            // What cannot be answered at once shows on the client's side.
            _ = connection.send(token.bytes)
        }
    }

    private func answerRequests(_ buffer: DatagramBuffer) throws(SystemCallError) {
        while let request = try buffer.receive(socket) {
            guard let peer = request.peer, request.bytes.starts(with: run.networkBytes) else { continue }
            _ = socket.send(token.bytes, to: peer)
        }
    }
}
