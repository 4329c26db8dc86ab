import CLinux
import Links

/// The attributes `IFLA_MACVLAN_*`.
extension MACVLAN: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<MACVLAN>?] { [.init(IFLA_MACVLAN_MODE, mode.number)] }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        var macvlan = MACVLAN()
        try data.forEachAttribute { type, value throws(NetlinkError) in
            guard type == IFLA_MACVLAN_MODE else { return }
            let number: UInt32 = try value.integer()
            guard let mode = Mode.allCases.first(where: { $0.number == number }) else {
                throw .malformedReply("macvlan mode \(number)")
            }
            macvlan.mode = mode
        }
        self = macvlan
    }
}

extension MACVLAN.Mode {
    /// `MACVLAN_MODE_*`.
    fileprivate var number: UInt32 {
        switch self {
        case .bridge: MACVLAN_MODE_BRIDGE.rawValue
        case .private: MACVLAN_MODE_PRIVATE.rawValue
        case .vepa: MACVLAN_MODE_VEPA.rawValue
        case .passthru: MACVLAN_MODE_PASSTHRU.rawValue
        }
    }
}
