public import Addressing
import CLinux
import Glibc
public import Links

/// A network interface as the kernel tells of it (`ip-link(8)`, `linux/if_link.h`).
///
/// Also the space of the attributes `IFLA_*`.
public struct Link: Hashable, Sendable {
    /// The number of the link in its namespace; never reused while the link lives.
    public var index: Int32
    /// The name, at most 15 bytes (`IFLA_IFNAME`).
    public var name: String
    /// Further names, each at most 127 bytes (`IFLA_ALT_IFNAME`).
    public var alternativeNames: [String] = []
    /// The kind, such as `veth` or `bridge` (`IFLA_INFO_KIND`); `nil` for a loopback or hardware.
    public var kind: String?
    /// Text for people; where our marks are (`IFLA_IFALIAS`).
    public var alias: String?
    /// The hardware address, where it is an Ethernet link (`IFLA_ADDRESS`).
    public var macAddress: MACAddress?
    /// Largest layer-3 packet, in bytes (`IFLA_MTU`).
    public var mtu: UInt32 = 0
    /// State bits.
    public var flags: Flags = []
    /// The index of the bridge or other master that the link is a port of (`IFLA_MASTER`).
    public var master: Int32?
    /// The group, for changes to many links at once (`IFLA_GROUP`).
    public var group: UInt32 = 0
    /// The index of the link below, or of the other end of a veth (`IFLA_LINK`).
    public var lower: Int32?
    /// The id of the namespace that `lower` is in, if it is another one (`IFLA_LINK_NETNSID`).
    public var lowerNamespaceID: Int32?
    /// The state of RFC 2863 (`IFLA_OPERSTATE`).
    public var operationalState: OperationalState = .unknown
    /// The kind of the master that the link is a port of (`IFLA_INFO_SLAVE_KIND`).
    public var portKind: String?
    /// How a bridge treats the link, if it is a port of one.
    public var bridgePort: BridgePort?
    /// The kind with its settings, where it is one that can be made.
    public var device: Device?

    /// Bits of the link's state (`IFF_*`, netdevice(7)).
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt32

        /// The flags of these bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// Set up by the administrator (`IFF_UP`).
        public static let up = Flags(rawValue: 1 << 0)
        /// The loopback (`IFF_LOOPBACK`).
        public static let loopback = Flags(rawValue: 1 << 3)
        /// Able to carry packets (`IFF_RUNNING`).
        public static let running = Flags(rawValue: 1 << 6)
        /// Finds out nobody's hardware address (`IFF_NOARP`).
        public static let noNeighbours = Flags(rawValue: 1 << 7)
        /// Receives all packets (`IFF_PROMISC`).
        public static let promiscuous = Flags(rawValue: 1 << 8)
        /// A signal is there (`IFF_LOWER_UP`).
        public static let lowerUp = Flags(rawValue: 1 << 16)
    }

    /// Whether a link can carry packets (`IF_OPER_*`, RFC 2863).
    public enum OperationalState: UInt8, Hashable, Sendable {
        /// The link doesn't say, as a loopback.
        case unknown
        /// Something is missing, such as hardware.
        case notPresent
        /// It can't, as long as the administrator or the other end has it down.
        case down
        /// A link below is down.
        case lowerLayerDown
        /// Under test.
        case testing
        /// It waits for an event, such as an authentication.
        case dormant
        /// It can.
        case up
    }

    /// Whether the administrator has set the link up.
    public var isUp: Bool { flags.contains(.up) }
}

extension Link {
    /// Reads what follows the header of an `RTM_NEWLINK` message.
    init(parsing body: RawSpan) throws(NetlinkError) {
        let header = try body.structure(ifinfomsg.self)
        var link = Link(index: header.ifi_index, name: "")
        link.flags = Flags(rawValue: header.ifi_flags)
        // A tunnel says in `IFLA_LINK` something else than what is below it, or nothing.
        var lowerInSettings: Int32?
        try body.forEachAttribute(after: ifinfomsg.self) { type, value throws(NetlinkError) in
            if type == IFLA_LINKINFO { lowerInSettings = try link.readInfo(value) } else { try link.read(type, value) }
        }
        if let device = link.device, type(of: device.settings).lowerKeyword == .dev { link.lower = lowerInSettings }
        self = link
    }

    private mutating func read(_ type: Int, _ value: RawSpan) throws(NetlinkError) {
        switch type {
        case IFLA_IFNAME: name = value.text()
        case IFLA_IFALIAS: alias = value.text()
        case IFLA_ADDRESS: macAddress = MACAddress(bytes: value.array())
        case IFLA_MTU: mtu = try value.integer()
        case IFLA_MASTER: master = try value.integer()
        case IFLA_GROUP: group = try value.integer()
        case IFLA_LINK: lower = try value.nonzero()
        case IFLA_LINK_NETNSID: lowerNamespaceID = try value.integer()
        case IFLA_OPERSTATE: operationalState = OperationalState(rawValue: try value.integer()) ?? .unknown
        case IFLA_PROP_LIST: alternativeNames = try Self.alternativeNames(in: value)
        default: break
        }
    }

    private static func alternativeNames(in list: RawSpan) throws(NetlinkError) -> [String] {
        var names: [String] = []
        try list.forEachAttribute { type, value in
            if type == IFLA_ALT_IFNAME { names.append(value.text()) }
        }
        return names
    }

    /// Reads the kind, which comes before the data that only it can read, and returns the index of the link below if that
    /// is where it stands; kinds without settings have no data.
    private mutating func readInfo(_ info: RawSpan) throws(NetlinkError) -> Int32? {
        var link = self
        var lower: Int32?
        try info.forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case IFLA_INFO_KIND:
                link.kind = value.text()
                link.device = try Device(kind: value.text(), parsing: value.extracting(0..<0))
            case IFLA_INFO_DATA:
                guard let kind = link.kind, let device = try Device(kind: kind, parsing: value) else { return }
                link.device = device
                lower = try device.lower(in: value)
            case IFLA_INFO_SLAVE_KIND: link.portKind = value.text()
            case IFLA_INFO_SLAVE_DATA where link.portKind == Bridge.kind:
                link.bridgePort = try BridgePort(parsing: value)
            default: break
            }
        }
        self = link
        return lower
    }
}

/// How a request names the link that it is about.
public enum LinkReference: Hashable, Sendable {
    /// By its number.
    case index(Int32)
    /// By its name, or one of its alternative names: no round trip is needed to learn a number.
    case name(String)

    var index: Int32 {
        switch self {
        case .index(let index): index
        case .name: 0
        }
    }

    /// The attribute that names it where there is no number.
    var attribute: Attribute<Link>? {
        switch self {
        case .index: nil
        case .name(let name) where name.utf8.count < Int(IF_NAMESIZE): .name(name)
        case .name(let name): .alternativeName(name)
        }
    }
}

extension LinkReference: CustomStringConvertible {
    /// The name, or `#` and the index.
    public var description: String {
        switch self {
        case .index(let index): "#\(index)"
        case .name(let name): name
        }
    }
}

extension LinkReference: ExpressibleByStringLiteral {
    /// The link of that name.
    public init(stringLiteral name: String) { self = .name(name) }
}
