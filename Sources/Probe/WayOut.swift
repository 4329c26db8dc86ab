import Addressing
import CLinux
import Glibc
import Linux
import Planning

extension Observation {
    /// Whether the calling thread's namespace has a route to an address of nobody's.
    ///
    /// Connecting a UDP socket looks the route up and sends nothing.
    init(wayOutIn family: IPFamily) throws(SystemCallError) {
        let socket: Socket
        do throws(SystemCallError) {
            socket = try Socket(family, SOCK_DGRAM)
        } catch  where error.errno == .familyNotSupported {
            self = .failed(.refused(error.errno))
            return
        }
        // Any port will do: RFC 863's, where packets are thrown away.
        let reason = socket.connect(to: SocketAddress(Promise.elsewhere(family), port: 9))
        self = reason.map { .failed(.refused($0)) } ?? .succeeded(nanoseconds: nil)
    }
}
