public import Addressing
import CLinux

/// The hardware address that belongs to an IP address on a link (`ip-neighbour(8)`, ARP and neighbour discovery).
///
/// Also the space of the attributes `NDA_*`.
public struct Neighbour: Hashable, Sendable {
    /// The link's index.
    public var link: Int32
    /// The neighbour's address (`NDA_DST`).
    public var address: IPAddress
    /// The neighbour's hardware address (`NDA_LLADDR`); `nil` as long as it is not known.
    public var macAddress: MACAddress?
    /// What the kernel knows of it.
    public var state: State = .permanent
    /// Bits of the entry.
    public var flags: Flags = []
    /// Who set it: our mark (`NDA_PROTOCOL`); `nil` where nobody said.
    public var originator: UInt8?

    /// A permanent entry: `address` is at `macAddress` on the link with the index `link`.
    public init(_ address: IPAddress, at macAddress: MACAddress?, link: Int32) {
        self.address = address
        self.macAddress = macAddress
        self.link = link
    }

    /// What the kernel knows of a neighbour (`NUD_*`).
    public struct State: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt16

        /// The states of these bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// Asked for, not known yet.
        public static let incomplete = State(rawValue: 0x01)
        /// Known, and lately confirmed.
        public static let reachable = State(rawValue: 0x02)
        /// Known, but not lately confirmed.
        public static let stale = State(rawValue: 0x04)
        /// Asked for, no answer.
        public static let failed = State(rawValue: 0x20)
        /// On a link that needs no such thing.
        public static let noARP = State(rawValue: 0x40)
        /// Set by the administrator, for good.
        public static let permanent = State(rawValue: 0x80)
    }

    /// Bits of an entry (`NTF_*`).
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt8

        /// The flags of these bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The entry is in the link's own table, as a VXLAN's is (`NTF_SELF`).
        public static let own = Flags(rawValue: 0x02)
        /// The entry is in the table of the link's master (`NTF_MASTER`).
        public static let master = Flags(rawValue: 0x04)
        /// The kernel answers in the neighbour's place (`NTF_PROXY`).
        public static let proxy = Flags(rawValue: 0x08)
        /// Learned elsewhere (`NTF_EXT_LEARNED`).
        public static let externallyLearned = Flags(rawValue: 0x10)
        /// A router (`NTF_ROUTER`).
        public static let router = Flags(rawValue: 0x80)
    }
}

extension Neighbour {
    /// Reads what follows the header of an `RTM_NEWNEIGH` message.
    init(parsing body: RawSpan) throws(NetlinkError) {
        let header = try body.structure(ndmsg.self)
        var address: IPAddress?
        var macAddress: MACAddress?
        var originator: UInt8?
        try body.forEachAttribute(after: ndmsg.self) { type, value throws(NetlinkError) in
            switch type {
            case NDA_DST: address = try value.address()
            case NDA_LLADDR: macAddress = MACAddress(bytes: value.array())
            case NDA_PROTOCOL: originator = try value.integer()
            default: break
            }
        }
        guard let address else { throw .malformedReply("neighbour without NDA_DST") }
        self.init(address, at: macAddress, link: header.ndm_ifindex)
        state = State(rawValue: header.ndm_state)
        flags = Flags(rawValue: header.ndm_flags)
        self.originator = originator
    }

    fileprivate var header: ndmsg {
        ndmsg(family: address.family.number, link: link, state: state, flags: flags)
    }

    fileprivate var attributes: [Attribute<Neighbour>?] {
        [
            .init(NDA_DST, bytes: address.bytes),
            macAddress.map { .init(NDA_LLADDR, bytes: $0.bytes) },
            originator.map { .init(NDA_PROTOCOL, $0) },
        ]
    }

    fileprivate var subject: String { "neighbour \(address) of link #\(link)" }
}

extension ndmsg {
    init(family: UInt8, link: Int32 = 0, state: Neighbour.State = [], flags: Neighbour.Flags = []) {
        self.init()
        ndm_family = family
        ndm_ifindex = link
        ndm_state = state.rawValue
        ndm_flags = flags.rawValue
    }
}

extension MessageType {
    static let newNeighbour = MessageType(RTM_NEWNEIGH, "RTM_NEWNEIGH")
    static let deleteNeighbour = MessageType(RTM_DELNEIGH, "RTM_DELNEIGH")
    static let getNeighbour = MessageType(RTM_GETNEIGH, "RTM_GETNEIGH", modifies: false)
}

extension Request {
    /// Makes an entry for a neighbour; `EEXIST` if there is one.
    ///
    /// Equivalent to: `ip neighbour add ADDRESS lladdr MAC dev LINK nud permanent`.
    public static func addNeighbour(_ neighbour: Neighbour) -> Request {
        Request(
            .newNeighbour, [.create, .exclusive], about: neighbour.subject, header: neighbour.header,
            neighbour.attributes)
    }

    /// Makes an entry for a neighbour, in the place of the one that is there.
    ///
    /// Equivalent to: `ip neighbour replace ADDRESS lladdr MAC dev LINK nud permanent`.
    public static func replaceNeighbour(_ neighbour: Neighbour) -> Request {
        Request(
            .newNeighbour, [.create, .replace], about: neighbour.subject, header: neighbour.header,
            neighbour.attributes)
    }

    /// Deletes the entry for a neighbour; `ENOENT` if there is none.
    ///
    /// Equivalent to: `ip neighbour delete ADDRESS dev LINK`.
    public static func deleteNeighbour(_ neighbour: Neighbour) -> Request {
        Request(
            .deleteNeighbour, about: neighbour.subject, header: neighbour.header,
            Array(neighbour.attributes.prefix(1)))
    }
}

extension NetlinkSocket {
    /// All neighbours that the namespace knows, of both families.
    ///
    /// Equivalent to: `ip neighbour show nud all`.
    public func neighbours() throws(NetlinkError) -> [Neighbour] {
        let request = Request(.getNeighbour, about: "neighbours", header: ndmsg(), [Attribute<Neighbour>]())
        return try dump(request) { body throws(NetlinkError) in
            let family = try body.structure(ndmsg.self).ndm_family
            return IPFamily(number: family) == nil ? nil : try Neighbour(parsing: body)
        }
    }
}
