import Addressing
import CLinux
import Links

/// The attributes `IFLA_GENEVE_*`.
extension Geneve: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<Geneve>?] {
        let common: [Attribute<Geneve>?] = [
            .init(IFLA_GENEVE_ID, id),
            remote.map { .init($0.family == .v4 ? IFLA_GENEVE_REMOTE : IFLA_GENEVE_REMOTE6, bytes: $0.bytes) },
            ttl.map { .init(IFLA_GENEVE_TTL, $0) },
            tos == 0 ? nil : .init(IFLA_GENEVE_TOS, tos),
            .init(IFLA_GENEVE_PORT, bigEndian: port),
        ]
        switch remote?.family ?? .v4 {
        case .v4: return common + [.flag(IFLA_GENEVE_UDP_CSUM, checksum)]
        case .v6:
            return common + [
                .flag(IFLA_GENEVE_UDP_ZERO_CSUM6_TX, sendsZeroChecksum6),
                .flag(IFLA_GENEVE_UDP_ZERO_CSUM6_RX, acceptsZeroChecksum6),
            ]
        }
    }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        var geneve = Geneve(id: 0)
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case IFLA_GENEVE_ID: geneve.id = try value.integer()
            case IFLA_GENEVE_REMOTE, IFLA_GENEVE_REMOTE6: geneve.remote = try value.specifiedAddress()
            case IFLA_GENEVE_TTL: geneve.ttl = try value.nonzero()
            case IFLA_GENEVE_TOS: geneve.tos = try value.integer()
            case IFLA_GENEVE_PORT: geneve.port = try value.bigEndian()
            case IFLA_GENEVE_UDP_CSUM: geneve.checksum = try value.flag()
            case IFLA_GENEVE_UDP_ZERO_CSUM6_TX: geneve.sendsZeroChecksum6 = try value.flag()
            case IFLA_GENEVE_UDP_ZERO_CSUM6_RX: geneve.acceptsZeroChecksum6 = try value.flag()
            default: break
            }
        }
        // What concerns IPv6 is told, and is on, over IPv4 too.
        if geneve.remote?.family != .v6 {
            geneve.sendsZeroChecksum6 = false
            geneve.acceptsZeroChecksum6 = false
        }
        self = geneve
    }
}
