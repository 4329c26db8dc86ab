public import Addressing
import CLinux
import Glibc

/// A socket that waits on a port (`ss(8)`, `linux/inet_diag.h`).
public struct BoundSocket: Hashable, Sendable {
    /// How it is spoken to.
    public var transport: Transport
    /// The address that it is bound to; unspecified where it takes all of them.
    public var address: IPAddress
    /// The port.
    public var port: UInt16
    /// Whether an IPv6 socket refuses IPv4 (`INET_DIAG_SKV6ONLY`).
    public var isIPv6Only: Bool
    /// The number of the socket, as in `/proc/PID/fd`.
    public var inode: UInt32

    /// The protocols that have ports.
    public enum Transport: String, Hashable, Sendable, CaseIterable {
        /// A byte stream.
        case tcp
        /// Datagrams.
        case udp

        fileprivate var number: UInt8 { UInt8(self == .tcp ? IPPROTO_TCP : IPPROTO_UDP) }

        /// The states of a socket that waits for anybody; a UDP socket without a peer counts as closed.
        fileprivate var states: UInt32 { 1 << UInt32(self == .tcp ? TCP_LISTEN : TCP_CLOSE) }
    }

    /// A socket with these properties.
    public init(transport: Transport, address: IPAddress, port: UInt16, isIPv6Only: Bool, inode: UInt32) {
        self.transport = transport
        self.address = address
        self.port = port
        self.isIPv6Only = isIPv6Only
        self.inode = inode
    }

    /// Whether nobody else can wait for `transport` packets to `address` and `port`.
    public func occupies(_ transport: Transport, _ address: IPAddress, _ port: UInt16) -> Bool {
        guard transport == self.transport, port == self.port else { return false }
        if self.address == address { return true }
        if self.address.family == address.family { return self.address.isUnspecified || address.isUnspecified }
        // A socket on `::` takes IPv4 packets too, unless it is told not to.
        return self.address.family == .v6 && self.address.isUnspecified && !isIPv6Only
    }
}

extension BoundSocket {
    /// Reads what follows the header of a `SOCK_DIAG_BY_FAMILY` message.
    init(parsing body: RawSpan, _ transport: Transport) throws(NetlinkError) {
        let message = try body.structure(inet_diag_msg.self)
        guard let family = IPFamily(number: message.idiag_family) else {
            throw .malformedReply("socket of the family \(message.idiag_family)")
        }
        let bytes = wireBytes(of: message.id.idiag_src).prefix(family.byteCount)
        guard var address = IPAddress(bytes: bytes) else { throw .malformedReply("socket without an address") }
        // An IPv6 socket that is bound to an IPv4 address (RFC 4291, 2.5.5.2).
        if family == .v6, address.bits >> 32 == 0xffff { address = IPAddress(.v4, bits: address.bits & 0xffff_ffff) }
        var isIPv6Only = family == .v6
        try body.forEachAttribute(after: inet_diag_msg.self) { type, value throws(NetlinkError) in
            if type == INET_DIAG_SKV6ONLY { isIPv6Only = try value.integer(UInt8.self) != 0 }
        }
        self.init(
            transport: transport, address: address, port: UInt16(bigEndian: message.id.idiag_sport),
            isIPv6Only: isIPv6Only, inode: message.idiag_inode)
    }
}

extension MessageType {
    static let socketDiagnostics = MessageType(SOCK_DIAG_BY_FAMILY, "SOCK_DIAG_BY_FAMILY", modifies: false)
}

/// The space of the attributes `INET_DIAG_REQ_*`.
private enum SocketQuestion {}

extension NetlinkSocket {
    /// The TCP sockets that listen and the UDP sockets that are bound in the namespace, of both families.
    ///
    /// Asks a socket of the family `socketDiagnostics`; `ENOENT` if the kernel can't tell. Equivalent to:
    /// `ss --tcp --udp --listening`.
    public func boundSockets() throws(NetlinkError) -> [BoundSocket] {
        var sockets: [BoundSocket] = []
        for transport in BoundSocket.Transport.allCases {
            for family in IPFamily.allCases {
                var header = inet_diag_req_v2()
                header.sdiag_family = family.number
                header.sdiag_protocol = transport.number
                header.idiag_states = transport.states
                let request = Request(
                    .socketDiagnostics, about: "\(transport) sockets", header: header, [Attribute<SocketQuestion>]())
                sockets += try dump(request) { body throws(NetlinkError) in
                    try BoundSocket(parsing: body, transport)
                }
            }
        }
        return sockets
    }
}
