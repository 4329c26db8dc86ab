import CLinux
import Links

/// The attributes `IFLA_VRF_*`.
extension VRF: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<VRF>?] { [.init(IFLA_VRF_TABLE, table)] }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        var vrf = VRF(table: 0)
        try data.forEachAttribute { type, value throws(NetlinkError) in
            if type == IFLA_VRF_TABLE { vrf.table = try value.integer() }
        }
        self = vrf
    }
}
