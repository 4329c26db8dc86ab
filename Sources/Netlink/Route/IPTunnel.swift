import Addressing
import CLinux
import Links

/// The attributes `IFLA_IPTUN_*`.
extension IPTunnel: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<IPTunnel>?] {
        [
            lower.map { .init(IFLA_IPTUN_LINK, $0) },
            local.map { .init(IFLA_IPTUN_LOCAL, bytes: $0.bytes) },
            remote.map { .init(IFLA_IPTUN_REMOTE, bytes: $0.bytes) },
            // Left out, it is 64 for sit.
            .init(IFLA_IPTUN_TTL, ttl ?? 0),
            tos == 0 ? nil : .init(IFLA_IPTUN_TOS, tos),
            .flag(IFLA_IPTUN_PMTUDISC, pathMTUDiscovery),
        ]
    }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        guard let variant = Variant(rawValue: kind) else { throw .malformedReply("an IP tunnel of kind \(kind)") }
        var tunnel = IPTunnel(variant)
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case IFLA_IPTUN_LOCAL: tunnel.local = try value.specifiedAddress()
            case IFLA_IPTUN_REMOTE: tunnel.remote = try value.specifiedAddress()
            case IFLA_IPTUN_TTL: tunnel.ttl = try value.nonzero()
            case IFLA_IPTUN_TOS: tunnel.tos = try value.integer()
            case IFLA_IPTUN_PMTUDISC: tunnel.pathMTUDiscovery = try value.flag()
            default: break
            }
        }
        self = tunnel
    }

    static func lower(in data: RawSpan) throws(NetlinkError) -> Int32? { try data.lower(IFLA_IPTUN_LINK) }
}
