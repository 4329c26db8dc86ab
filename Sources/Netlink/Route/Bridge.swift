import CLinux
public import Links

/// The attributes `IFLA_BR_*`.
extension Bridge: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<Bridge>?] {
        [
            forwardDelay.map { .init(IFLA_BR_FORWARD_DELAY, $0) },
            ageing.map { .init(IFLA_BR_AGEING_TIME, $0) },
            spanningTree.map { .init(IFLA_BR_STP_STATE, UInt32($0 ? 1 : 0)) },
            .flag(IFLA_BR_VLAN_FILTERING, vlanFiltering),
            groupForwardMask.map { .init(IFLA_BR_GROUP_FWD_MASK, $0) },
            .flag(IFLA_BR_MCAST_SNOOPING, multicastSnooping),
            defaultPVID.map { .init(IFLA_BR_VLAN_DEFAULT_PVID, $0) },
        ]
    }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        var bridge = Bridge()
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case IFLA_BR_STP_STATE: bridge.spanningTree = try value.integer(UInt32.self) != 0
            case IFLA_BR_VLAN_FILTERING: bridge.vlanFiltering = try value.flag()
            case IFLA_BR_FORWARD_DELAY: bridge.forwardDelay = try value.integer()
            case IFLA_BR_AGEING_TIME: bridge.ageing = try value.integer()
            case IFLA_BR_GROUP_FWD_MASK: bridge.groupForwardMask = try value.integer()
            case IFLA_BR_VLAN_DEFAULT_PVID: bridge.defaultPVID = try value.integer()
            case IFLA_BR_MCAST_SNOOPING: bridge.multicastSnooping = try value.flag()
            default: break
            }
        }
        self = bridge
    }
}

extension Bridge {
    /// A kernel without VLAN filtering refuses to be told that there is to be none.
    static var unsaid: Bridge? { .new }
}

extension LinkKind {
    /// A bridge.
    ///
    /// Equivalent to: `ip link add … type bridge [stp_state …] [mcast_snooping …]`.
    public static func bridge(_ settings: Bridge = Bridge()) -> LinkKind { .device(.bridge(settings)) }
}
