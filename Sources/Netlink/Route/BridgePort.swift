import CLinux

/// How a bridge treats one of its ports (`bridge-link(8)`).
///
/// Also the space of the attributes `IFLA_BRPORT_*`, inside `IFLA_INFO_SLAVE_DATA`.
public struct BridgePort: Hashable, Sendable {
    /// Whether a frame may leave by the port it came in (`IFLA_BRPORT_MODE`).
    public var hairpin: Bool?
    /// Whether the port reaches only ports that are not isolated (`IFLA_BRPORT_ISOLATED`).
    public var isolated: Bool?
    /// Whether the bridge learns hardware addresses from the port (`IFLA_BRPORT_LEARNING`).
    public var learning: Bool?
    /// Whether frames to unknown addresses go out there (`IFLA_BRPORT_UNICAST_FLOOD`).
    public var unicastFlood: Bool?
    /// Whether the bridge answers neighbour requests in the place of those behind the port
    /// (`IFLA_BRPORT_NEIGH_SUPPRESS`).
    public var neighbourSuppression: Bool?
    /// Whether frames pass (`IFLA_BRPORT_STATE`): not before the port has a carrier, and the bridge is up.
    public private(set) var isForwarding: Bool?

    /// A port with these settings; `nil` leaves a setting as it is.
    public init(
        hairpin: Bool? = nil, isolated: Bool? = nil, learning: Bool? = nil, unicastFlood: Bool? = nil,
        neighbourSuppression: Bool? = nil
    ) {
        self.hairpin = hairpin
        self.isolated = isolated
        self.learning = learning
        self.unicastFlood = unicastFlood
        self.neighbourSuppression = neighbourSuppression
    }

    var attributes: [Attribute<BridgePort>?] {
        func flag(_ type: Int, _ value: Bool?) -> Attribute<BridgePort>? {
            value.map { .init(type, UInt8($0 ? 1 : 0)) }
        }
        return [
            flag(IFLA_BRPORT_MODE, hairpin), flag(IFLA_BRPORT_ISOLATED, isolated),
            flag(IFLA_BRPORT_LEARNING, learning), flag(IFLA_BRPORT_UNICAST_FLOOD, unicastFlood),
            flag(IFLA_BRPORT_NEIGH_SUPPRESS, neighbourSuppression),
        ]
    }

    /// Reads the attributes in `IFLA_INFO_SLAVE_DATA`.
    init(parsing data: RawSpan) throws(NetlinkError) {
        var port = BridgePort()
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case IFLA_BRPORT_MODE: port.hairpin = try value.integer(UInt8.self) != 0
            case IFLA_BRPORT_ISOLATED: port.isolated = try value.integer(UInt8.self) != 0
            case IFLA_BRPORT_LEARNING: port.learning = try value.integer(UInt8.self) != 0
            case IFLA_BRPORT_UNICAST_FLOOD: port.unicastFlood = try value.integer(UInt8.self) != 0
            case IFLA_BRPORT_STATE: port.isForwarding = try value.integer(UInt8.self) == BR_STATE_FORWARDING
            case IFLA_BRPORT_NEIGH_SUPPRESS: port.neighbourSuppression = try value.integer(UInt8.self) != 0
            default: break
            }
        }
        self = port
    }
}
