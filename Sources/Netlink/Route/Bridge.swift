import CLinux

/// The settings of a bridge (`ip-link(8)`, type bridge).
///
/// Also the space of the attributes `IFLA_BR_*`, inside `IFLA_INFO_DATA`.
public struct Bridge: Hashable, Sendable {
    /// The kind's name.
    public static let kind = "bridge"

    /// Whether it speaks the spanning tree protocol (`IFLA_BR_STP_STATE`); `nil` leaves the kernel's default, off.
    public var spanningTree: Bool?
    /// Whether it filters by VLAN (`IFLA_BR_VLAN_FILTERING`); `nil` leaves the kernel's default, off.
    public var vlanFiltering: Bool?
    /// Hundredths of a second before a port of a bridge that has just come up forwards, if the spanning tree
    /// protocol is spoken (`IFLA_BR_FORWARD_DELAY`); `nil` leaves the kernel's default, 1500.
    public var forwardDelay: UInt32?
    /// Whether it learns who listens to which group, and floods only to those (`IFLA_BR_MCAST_SNOOPING`); `nil`
    /// leaves the kernel's default, on.
    public var multicastSnooping: Bool?

    /// A bridge with these settings; `nil` leaves the kernel's default.
    public init(
        spanningTree: Bool? = nil, vlanFiltering: Bool? = nil, forwardDelay: UInt32? = nil,
        multicastSnooping: Bool? = nil
    ) {
        self.spanningTree = spanningTree
        self.vlanFiltering = vlanFiltering
        self.forwardDelay = forwardDelay
        self.multicastSnooping = multicastSnooping
    }

    var attributes: [Attribute<Bridge>?] {
        [
            forwardDelay.map { .init(IFLA_BR_FORWARD_DELAY, $0) },
            spanningTree.map { .init(IFLA_BR_STP_STATE, UInt32($0 ? 1 : 0)) },
            vlanFiltering.map { .init(IFLA_BR_VLAN_FILTERING, UInt8($0 ? 1 : 0)) },
            multicastSnooping.map { .init(IFLA_BR_MCAST_SNOOPING, UInt8($0 ? 1 : 0)) },
        ]
    }

    /// Reads the attributes in `IFLA_INFO_DATA`.
    init(parsing data: RawSpan) throws(NetlinkError) {
        var bridge = Bridge()
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case IFLA_BR_STP_STATE: bridge.spanningTree = try value.integer(UInt32.self) != 0
            case IFLA_BR_VLAN_FILTERING: bridge.vlanFiltering = try value.integer(UInt8.self) != 0
            case IFLA_BR_FORWARD_DELAY: bridge.forwardDelay = try value.integer()
            case IFLA_BR_MCAST_SNOOPING: bridge.multicastSnooping = try value.integer(UInt8.self) != 0
            default: break
            }
        }
        self = bridge
    }
}

extension LinkKind {
    /// A bridge.
    ///
    /// Equivalent to: `ip link add … type bridge [stp_state …] [mcast_snooping …]`.
    public static func bridge(_ settings: Bridge = Bridge()) -> LinkKind { LinkKind(Bridge.kind, settings.attributes) }
}
