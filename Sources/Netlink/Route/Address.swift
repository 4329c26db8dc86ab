public import Addressing
import CLinux

/// An address of a link (`ip-address(8)`, `linux/if_addr.h`).
///
/// Also the space of the attributes `IFA_*`.
public struct Address: Hashable, Sendable {
    /// The link's index.
    public var link: Int32
    /// The address, and the length of the prefix that is on link (`IFA_LOCAL`, or `IFA_ADDRESS` of IPv6).
    public var address: InterfaceAddress
    /// The other end of a point-to-point link, which the prefix is then of (`IFA_ADDRESS`).
    public var peer: IPAddress?
    /// The broadcast address, of IPv4 (`IFA_BROADCAST`).
    public var broadcast: IPAddress?
    /// How far the address is valid.
    public var scope: Scope = .universe
    /// State bits and wishes (`IFA_FLAGS`).
    public var flags: Flags = []
    /// Who set it: our mark (`IFA_PROTO`); `nil` where nobody said.
    ///
    /// Kernels before 5.18 don't keep it.
    public var originator: UInt8?

    /// The address `address` of the link with the index `link`.
    public init(_ address: InterfaceAddress, link: Int32) {
        self.address = address
        self.link = link
    }

    /// Bits of an address (`IFA_F_*`).
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt32

        /// The flags of these bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// An address in the prefix of an earlier one of the link (`IFA_F_SECONDARY`).
        public static let secondary = Flags(rawValue: 0x01)
        /// Usable at once, without asking whether somebody else has it (`IFA_F_NODAD`, IPv6).
        public static let noDuplicateDetection = Flags(rawValue: 0x02)
        /// Somebody else has it (`IFA_F_DADFAILED`, IPv6).
        public static let duplicateFound = Flags(rawValue: 0x08)
        /// Not usable yet, whether somebody else has it is being asked (`IFA_F_TENTATIVE`, IPv6).
        public static let tentative = Flags(rawValue: 0x40)
        /// Without an end of its life (`IFA_F_PERMANENT`).
        public static let permanent = Flags(rawValue: 0x80)
        /// Without a route to its prefix (`IFA_F_NOPREFIXROUTE`).
        public static let noPrefixRoute = Flags(rawValue: 0x200)
    }
}

extension Address {
    /// Reads what follows the header of an `RTM_NEWADDR` message.
    init(parsing body: RawSpan) throws(NetlinkError) {
        let header = try body.structure(ifaddrmsg.self)
        var flags = Flags(rawValue: UInt32(header.ifa_flags))
        var local: IPAddress?
        var address: IPAddress?
        var broadcast: IPAddress?
        var originator: UInt8?
        try body.forEachAttribute(after: ifaddrmsg.self) { type, value throws(NetlinkError) in
            switch type {
            case IFA_LOCAL: local = try value.address()
            case IFA_ADDRESS: address = try value.address()
            case IFA_BROADCAST: broadcast = try value.address()
            case IFA_FLAGS: flags = Flags(rawValue: try value.integer())
            case IFA_PROTO: originator = try value.integer()
            default: break
            }
        }
        guard let own = local ?? address,
            let interface = InterfaceAddress(own, prefixLength: Int(header.ifa_prefixlen))
        else { throw .malformedReply("address without IFA_LOCAL and IFA_ADDRESS") }
        self.init(interface, link: Int32(bitPattern: header.ifa_index))
        peer = address == own ? nil : address
        self.broadcast = broadcast
        scope = Scope(rawValue: header.ifa_scope)
        self.flags = flags
        self.originator = originator
    }

    fileprivate var header: ifaddrmsg {
        ifaddrmsg(
            ifa_family: address.address.family.number, ifa_prefixlen: UInt8(address.prefixLength), ifa_flags: 0,
            ifa_scope: scope.rawValue, ifa_index: UInt32(bitPattern: link))
    }

    fileprivate var attributes: [Attribute<Address>?] {
        let own = address.address.bytes
        return [
            .init(IFA_LOCAL, bytes: own),
            .init(IFA_ADDRESS, bytes: peer?.bytes ?? own),
            broadcast.map { .init(IFA_BROADCAST, bytes: $0.bytes) },
            flags.isEmpty ? nil : .init(IFA_FLAGS, flags.rawValue),
            originator.map { .init(IFA_PROTO, $0) },
        ]
    }
}

extension MessageType {
    static let newAddress = MessageType(RTM_NEWADDR, "RTM_NEWADDR")
    static let deleteAddress = MessageType(RTM_DELADDR, "RTM_DELADDR")
    static let getAddress = MessageType(RTM_GETADDR, "RTM_GETADDR", modifies: false)
}

extension Request {
    /// Gives a link an address; `EEXIST` if it has it already.
    ///
    /// Equivalent to: `ip address add ADDRESS/LENGTH [peer …] [broadcast …] [scope …] [nodad] [noprefixroute] dev LINK`.
    public static func addAddress(_ address: Address) -> Request {
        Request(
            .newAddress, [.create, .exclusive], about: "address \(address.address) of link #\(address.link)",
            header: address.header, address.attributes)
    }

    /// Takes an address from a link; `EADDRNOTAVAIL` if it doesn't have it.
    ///
    /// Equivalent to: `ip address delete ADDRESS/LENGTH dev LINK`.
    public static func deleteAddress(_ address: Address) -> Request {
        Request(
            .deleteAddress, about: "address \(address.address) of link #\(address.link)", header: address.header,
            Array(address.attributes.prefix(2)))
    }
}

extension NetlinkSocket {
    /// All addresses of the namespace, of both families.
    ///
    /// Equivalent to: `ip address show`.
    public func addresses() throws(NetlinkError) -> [Address] {
        let request = Request(.getAddress, about: "addresses", header: ifaddrmsg(), [Attribute<Address>]())
        return try dump(request) { body throws(NetlinkError) in
            let family = try body.structure(ifaddrmsg.self).ifa_family
            return IPFamily(number: family) == nil ? nil : try Address(parsing: body)
        }
    }
}
