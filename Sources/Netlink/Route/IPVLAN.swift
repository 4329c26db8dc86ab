import CLinux
import Links

/// The attributes `IFLA_IPVLAN_*`.
extension IPVLAN: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<IPVLAN>?] {
        [.init(IFLA_IPVLAN_MODE, mode.number), .init(IFLA_IPVLAN_FLAGS, flag.number)]
    }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        var ipvlan = IPVLAN()
        try data.forEachAttribute { type, value throws(NetlinkError) in
            guard type == IFLA_IPVLAN_MODE || type == IFLA_IPVLAN_FLAGS else { return }
            let number: UInt16 = try value.integer()
            if type == IFLA_IPVLAN_MODE, let mode = Mode.allCases.first(where: { $0.number == number }) {
                ipvlan.mode = mode
            } else if type == IFLA_IPVLAN_FLAGS, let flag = Flag.allCases.first(where: { $0.number == number }) {
                ipvlan.flag = flag
            } else {
                throw .malformedReply("ipvlan mode or flag \(number)")
            }
        }
        self = ipvlan
    }
}

extension IPVLAN.Mode {
    /// `IPVLAN_MODE_*`.
    fileprivate var number: UInt16 {
        switch self {
        case .l2: UInt16(IPVLAN_MODE_L2.rawValue)
        case .l3: UInt16(IPVLAN_MODE_L3.rawValue)
        case .l3s: UInt16(IPVLAN_MODE_L3S.rawValue)
        }
    }
}

extension IPVLAN.Flag {
    /// `IPVLAN_F_*`.
    fileprivate var number: UInt16 {
        switch self {
        case .bridge: 0
        case .private: UInt16(IPVLAN_F_PRIVATE)
        case .vepa: UInt16(IPVLAN_F_VEPA)
        }
    }
}
