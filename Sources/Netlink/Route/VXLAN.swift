import Addressing
import CLinux
import Links

/// The attributes `IFLA_VXLAN_*`.
extension VXLAN: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<VXLAN>?] {
        [
            isExternal ? nil : .init(IFLA_VXLAN_ID, id),
            remote.map { .init($0.family == .v4 ? IFLA_VXLAN_GROUP : IFLA_VXLAN_GROUP6, bytes: $0.bytes) },
            lower.map { .init(IFLA_VXLAN_LINK, $0) },
            local.map { .init($0.family == .v4 ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6, bytes: $0.bytes) },
            ttl.map { .init(IFLA_VXLAN_TTL, $0) },
            tos == 0 ? nil : .init(IFLA_VXLAN_TOS, tos),
            .flag(IFLA_VXLAN_LEARNING, learning),
            .init(IFLA_VXLAN_AGEING, ageing),
            .flag(IFLA_VXLAN_PROXY, proxy),
            .flag(IFLA_VXLAN_L2MISS, l2miss),
            .flag(IFLA_VXLAN_L3MISS, l3miss),
            isExternal ? .flag(IFLA_VXLAN_COLLECT_METADATA, true) : nil,
            .init(IFLA_VXLAN_PORT, bigEndian: port),
            .flag(IFLA_VXLAN_UDP_CSUM, checksum),
            .flag(IFLA_VXLAN_UDP_ZERO_CSUM6_TX, sendsZeroChecksum6),
            .flag(IFLA_VXLAN_UDP_ZERO_CSUM6_RX, acceptsZeroChecksum6),
        ]
    }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        var vxlan = VXLAN(id: 0)
        try data.forEachAttribute { type, value throws(NetlinkError) in try vxlan.read(type, value) }
        self = vxlan
    }

    private mutating func read(_ type: Int, _ value: RawSpan) throws(NetlinkError) {
        switch type {
        case IFLA_VXLAN_ID: id = try value.integer()
        case IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6: remote = try value.address()
        case IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6: local = try value.address()
        case IFLA_VXLAN_TTL: ttl = try value.nonzero()
        case IFLA_VXLAN_TOS: tos = try value.integer()
        case IFLA_VXLAN_LEARNING: learning = try value.flag()
        case IFLA_VXLAN_AGEING: ageing = try value.integer()
        case IFLA_VXLAN_PROXY: proxy = try value.flag()
        case IFLA_VXLAN_L2MISS: l2miss = try value.flag()
        case IFLA_VXLAN_L3MISS: l3miss = try value.flag()
        case IFLA_VXLAN_COLLECT_METADATA: isExternal = try value.flag()
        case IFLA_VXLAN_PORT: port = try value.bigEndian()
        case IFLA_VXLAN_UDP_CSUM: checksum = try value.flag()
        case IFLA_VXLAN_UDP_ZERO_CSUM6_TX: sendsZeroChecksum6 = try value.flag()
        case IFLA_VXLAN_UDP_ZERO_CSUM6_RX: acceptsZeroChecksum6 = try value.flag()
        default: break
        }
    }

    static func lower(in data: RawSpan) throws(NetlinkError) -> Int32? { try data.lower(IFLA_VXLAN_LINK) }
}
