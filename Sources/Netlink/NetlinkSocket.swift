import CLinux
public import Linux
import Synchronization

/// A netlink socket of one namespace: that of the thread that opened it, for good, wherever it is used from.
///
/// It may be used from several threads; they take turns.
public final class NetlinkSocket: Sendable {
    /// The kernel's subsystems that speak netlink (`netlink(7)`).
    public enum Family: String, Hashable, Sendable {
        /// Links, addresses, routes, neighbours (`NETLINK_ROUTE`).
        case route
        /// nf_tables (`NETLINK_NETFILTER`).
        case netfilter
        /// Sockets of the namespace (`NETLINK_SOCK_DIAG`).
        case socketDiagnostics

        var protocolNumber: Int32 {
            switch self {
            case .route: NETLINK_ROUTE
            case .netfilter: NETLINK_NETFILTER
            case .socketDiagnostics: NETLINK_SOCK_DIAG
            }
        }
    }

    /// The subsystem at the other end.
    public let family: Family
    let wire: Mutex<Wire>

    /// Opens a socket in the calling thread's namespace, whose name it may be told for the trace.
    public init(_ family: Family, of name: String? = nil) throws(NetlinkError) {
        self.family = family
        wire = Mutex(try Wire(family, Wire.open(family), in: name))
    }

    /// Opens a socket in `namespace`.
    public init(_ family: Family, in namespace: NetworkNamespace) throws(NetlinkError) {
        self.family = family
        let socket = try namespace.inside { () throws(NetlinkError) in try Wire.open(family) }
        wire = Mutex(try Wire(family, socket, in: namespace.name))
    }
}
