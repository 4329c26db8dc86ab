public import Addressing
import CLinux

/// A route (`ip-route(8)`, rtnetlink(7)).
///
/// Also the space of the attributes `RTA_*`.
public struct Route: Hashable, Sendable {
    /// Where to; the prefix of length 0 is the default route (`RTA_DST`).
    public var destination: Subnet
    /// What becomes of a packet.
    public var kind: Kind = .unicast
    /// The next router (`RTA_GATEWAY`); `nil` where the destination is on link.
    public var gateway: IPAddress?
    /// The index of the link that the packet leaves by (`RTA_OIF`); `nil` leaves it to the gateway's.
    public var link: Int32?
    /// Which of several routes to a destination comes first, the lowest (`RTA_PRIORITY`).
    ///
    /// `nil` is the kernel's default: 0, or 1024 for IPv6.
    public var metric: UInt32?
    /// The address that packets of this machine are sent from (`RTA_PREFSRC`).
    public var source: IPAddress?
    /// How far the destination is; `nil` is `link` where it is on link and `universe` behind a gateway.
    public var scope: Scope?
    /// Who set it: our mark (`rtm_protocol`).
    public var originator: UInt8 = UInt8(RTPROT_BOOT)
    /// The table that the route is in (`RTA_TABLE`).
    public var table: UInt32 = Route.mainTable

    /// The table that all packets are routed by, unless a rule says otherwise.
    public static let mainTable = UInt32(RT_TABLE_MAIN.rawValue)
    /// The table of the machine's own addresses, which the kernel keeps.
    public static let localTable = UInt32(RT_TABLE_LOCAL.rawValue)

    /// A route to `destination` by the way of `gateway`, or of the link with the index `link`.
    public init(to destination: Subnet, gateway: IPAddress? = nil, link: Int32? = nil) {
        self.destination = destination
        self.gateway = gateway
        self.link = link
    }

    /// The default route of the gateway's family.
    public init(defaultBy gateway: IPAddress, link: Int32? = nil) {
        self.init(to: gateway.family.everything, gateway: gateway, link: link)
    }

    /// What becomes of a packet (`RTN_*`).
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The number.
        public let rawValue: UInt8

        /// The kind with the number `rawValue`.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// It is sent on.
        public static let unicast = Kind(rawValue: 1)
        /// It is for this machine.
        public static let local = Kind(rawValue: 2)
        /// It is for all on the link.
        public static let broadcast = Kind(rawValue: 3)
        /// It is for a group.
        public static let multicast = Kind(rawValue: 5)
        /// It is dropped without a word.
        public static let blackhole = Kind(rawValue: 6)
        /// It is dropped and the sender told that there is no such host.
        public static let unreachable = Kind(rawValue: 7)
        /// It is dropped and the sender told that it is forbidden.
        public static let prohibit = Kind(rawValue: 8)

        /// Whether packets go to a link.
        var hasNextHop: Bool { self == .unicast || self == .local || self == .broadcast || self == .multicast }
    }
}

extension Route {
    /// Reads what follows the header of an `RTM_NEWROUTE` message.
    init(parsing body: RawSpan) throws(NetlinkError) {
        let header = try body.structure(rtmsg.self)
        guard let family = IPFamily(number: header.rtm_family) else {
            throw .malformedReply("route of the family \(header.rtm_family)")
        }
        var route = Route(to: family.everything)
        route.kind = Kind(rawValue: header.rtm_type)
        route.scope = Scope(rawValue: header.rtm_scope)
        route.originator = header.rtm_protocol
        route.table = UInt32(header.rtm_table)
        try body.forEachAttribute(after: rtmsg.self) { type, value throws(NetlinkError) in
            switch type {
            case Int(RTA_DST.rawValue):
                let address = try value.address()
                guard let subnet = Subnet(containing: address, prefixLength: Int(header.rtm_dst_len)) else {
                    throw .malformedReply("prefix of \(header.rtm_dst_len) bits")
                }
                route.destination = subnet
            case Int(RTA_GATEWAY.rawValue): route.gateway = try value.address()
            case Int(RTA_OIF.rawValue): route.link = try value.integer()
            case Int(RTA_PRIORITY.rawValue): route.metric = try value.integer()
            case Int(RTA_PREFSRC.rawValue): route.source = try value.address()
            case Int(RTA_TABLE.rawValue): route.table = try value.integer()
            default: break
            }
        }
        self = route
    }

    /// What `nil` stands for, as iproute2 has it.
    private var effectiveScope: Scope {
        if let scope { return scope }
        guard destination.family == .v4 else { return .universe }
        switch kind {
        case .local: return .host
        case .unicast, .broadcast, .multicast: return gateway == nil ? .link : .universe
        default: return .universe
        }
    }

    fileprivate var header: rtmsg {
        var header = rtmsg()
        header.rtm_family = destination.family.number
        header.rtm_dst_len = UInt8(destination.prefixLength)
        // A table beyond 255 is in the attribute alone.
        header.rtm_table = UInt8(exactly: table) ?? UInt8(RT_TABLE_UNSPEC.rawValue)
        header.rtm_protocol = originator
        header.rtm_scope = effectiveScope.rawValue
        header.rtm_type = kind.rawValue
        return header
    }

    fileprivate var attributes: [Attribute<Route>?] {
        [
            destination.prefixLength == 0 ? nil : .init(RTA_DST.rawValue, bytes: destination.network.bytes),
            gateway.map { .init(RTA_GATEWAY.rawValue, bytes: $0.bytes) },
            kind.hasNextHop ? link.map { .init(RTA_OIF.rawValue, $0) } : nil,
            metric.map { .init(RTA_PRIORITY.rawValue, $0) },
            source.map { .init(RTA_PREFSRC.rawValue, bytes: $0.bytes) },
            table > UInt8.max ? .init(RTA_TABLE.rawValue, table) : nil,
        ]
    }
}

extension Route: CustomStringConvertible {
    /// As `ip route` writes it: `default via 10.0.0.1`.
    public var description: String {
        let kind =
            switch kind {
            case .blackhole: "blackhole "
            case .unreachable: "unreachable "
            case .prohibit: "prohibit "
            default: ""
            }
        let destination = destination.prefixLength == 0 ? "default" : "\(destination)"
        return kind + destination + (gateway.map { " via \($0)" } ?? "") + (link.map { " dev #\($0)" } ?? "")
    }
}

extension MessageType {
    static let newRoute = MessageType(RTM_NEWROUTE, "RTM_NEWROUTE")
    static let deleteRoute = MessageType(RTM_DELROUTE, "RTM_DELROUTE")
    static let getRoute = MessageType(RTM_GETROUTE, "RTM_GETROUTE", modifies: false)
}

extension Request {
    /// Makes a route; `EEXIST` if there is one to its destination with its metric.
    ///
    /// Equivalent to: `ip route add [KIND] PREFIX [via …] [dev …] [metric …] [src …] [proto …]`.
    public static func addRoute(_ route: Route) -> Request {
        Request(.newRoute, [.create, .exclusive], about: "route \(route)", header: route.header, route.attributes)
    }

    /// Makes a route, in the place of the one to its destination with its metric if there is one.
    ///
    /// Equivalent to: `ip route replace …`.
    public static func replaceRoute(_ route: Route) -> Request {
        Request(.newRoute, [.create, .replace], about: "route \(route)", header: route.header, route.attributes)
    }

    /// Deletes a route; `ESRCH` if there is none that agrees in all that `route` says.
    ///
    /// Equivalent to: `ip route delete …`.
    public static func deleteRoute(_ route: Route) -> Request {
        Request(.deleteRoute, about: "route \(route)", header: route.header, route.attributes)
    }
}

extension NetlinkSocket {
    /// All routes of the namespace, of both families and all tables.
    ///
    /// Equivalent to: `ip route show table all`, and the same with `-6`.
    public func routes() throws(NetlinkError) -> [Route] {
        let request = Request(.getRoute, about: "routes", header: rtmsg(), [Attribute<Route>]())
        return try dump(request) { body throws(NetlinkError) in
            let header = try body.structure(rtmsg.self)
            // What the kernel has learned of one destination is no route that anybody has made.
            guard IPFamily(number: header.rtm_family) != nil, header.rtm_flags & UInt32(RTM_F_CLONED) == 0 else {
                return nil
            }
            return try Route(parsing: body)
        }
    }
}
