import CLinux
import Links

/// The attributes `IFLA_VLAN_*`.
extension VLAN: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<VLAN>?] {
        [.init(IFLA_VLAN_ID, id), .init(IFLA_VLAN_PROTOCOL, bigEndian: tagging.number)]
    }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        var vlan = VLAN(id: 0)
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case IFLA_VLAN_ID: vlan.id = try value.integer()
            case IFLA_VLAN_PROTOCOL:
                let number: UInt16 = try value.bigEndian()
                guard let tagging = Tagging.allCases.first(where: { $0.number == number }) else {
                    throw .malformedReply("VLAN protocol \(number)")
                }
                vlan.tagging = tagging
            default: break
            }
        }
        self = vlan
    }
}

extension VLAN.Tagging {
    /// `ETH_P_*`.
    fileprivate var number: UInt16 { UInt16(self == .customer ? ETH_P_8021Q : ETH_P_8021AD) }
}
