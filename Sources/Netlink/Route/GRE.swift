import Addressing
import CLinux
import Links

/// The attributes `IFLA_GRE_*`.
extension GRE: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<GRE>?] {
        let common: [Attribute<GRE>?] = [
            lower.map { .init(IFLA_GRE_LINK, $0) },
            .init(IFLA_GRE_IFLAGS, Self.flags(inputKey, inputChecksum, inputSequence)),
            .init(IFLA_GRE_OFLAGS, Self.flags(outputKey, outputChecksum, outputSequence)),
            inputKey.map { .init(IFLA_GRE_IKEY, bigEndian: $0) },
            outputKey.map { .init(IFLA_GRE_OKEY, bigEndian: $0) },
            local.map { .init(IFLA_GRE_LOCAL, bytes: $0.bytes) },
            remote.map { .init(IFLA_GRE_REMOTE, bytes: $0.bytes) },
            ttl.map { .init(IFLA_GRE_TTL, $0) },
        ]
        switch variant.family {
        case .v4:
            return common + [
                tos == 0 ? nil : .init(IFLA_GRE_TOS, tos),
                .flag(IFLA_GRE_PMTUDISC, pathMTUDiscovery),
                .flag(IFLA_GRE_IGNORE_DF, ignoresDF),
            ]
        case .v6:
            let isFixed = tos != 0 && !inheritsTOS
            return common + [
                encapsulationLimit.map { .init(IFLA_GRE_ENCAP_LIMIT, $0) },
                isFixed ? .init(IFLA_GRE_FLOWINFO, bigEndian: UInt32(tos) << Self.trafficClassShift) : nil,
                .init(
                    IFLA_GRE_FLAGS,
                    (encapsulationLimit == nil ? UInt32(IP6_TNL_F_IGN_ENCAP_LIMIT) : 0)
                        | (inheritsTOS ? UInt32(IP6_TNL_F_USE_ORIG_TCLASS) : 0)),
            ]
        }
    }

    /// Over IPv6 a flag says what over IPv4 the number 1 does.
    private var inheritsTOS: Bool { tos == 1 }

    /// Where the traffic class is in the first word of an IPv6 header (RFC 8200 §3).
    private static let trafficClassShift: UInt32 = 20

    /// As they are on the wire, in network byte order.
    private static func flags(_ key: UInt32?, _ checksum: Bool, _ sequence: Bool) -> UInt16 {
        (key == nil ? 0 : CLINUX_GRE_KEY) | (checksum ? CLINUX_GRE_CSUM : 0) | (sequence ? CLINUX_GRE_SEQ : 0)
    }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        guard let variant = Variant(rawValue: kind) else { throw .malformedReply("a GRE link of kind \(kind)") }
        var gre = GRE(variant)
        var inputFlags: UInt16 = 0
        var outputFlags: UInt16 = 0
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case IFLA_GRE_IFLAGS: inputFlags = try value.integer()
            case IFLA_GRE_OFLAGS: outputFlags = try value.integer()
            default: try gre.read(type, value)
            }
        }
        gre.inputChecksum = inputFlags & CLINUX_GRE_CSUM != 0
        gre.outputChecksum = outputFlags & CLINUX_GRE_CSUM != 0
        gre.inputSequence = inputFlags & CLINUX_GRE_SEQ != 0
        gre.outputSequence = outputFlags & CLINUX_GRE_SEQ != 0
        // A key that is not used is told too.
        if inputFlags & CLINUX_GRE_KEY == 0 { gre.inputKey = nil }
        if outputFlags & CLINUX_GRE_KEY == 0 { gre.outputKey = nil }
        self = gre
    }

    private mutating func read(_ type: Int, _ value: RawSpan) throws(NetlinkError) {
        switch type {
        case IFLA_GRE_IKEY: inputKey = try value.bigEndian()
        case IFLA_GRE_OKEY: outputKey = try value.bigEndian()
        case IFLA_GRE_LOCAL: local = try value.specifiedAddress()
        case IFLA_GRE_REMOTE: remote = try value.specifiedAddress()
        case IFLA_GRE_TTL: ttl = try value.nonzero()
        case IFLA_GRE_TOS where variant.family == .v4: tos = try value.integer()
        case IFLA_GRE_PMTUDISC: pathMTUDiscovery = try value.flag()
        case IFLA_GRE_IGNORE_DF: ignoresDF = try value.flag()
        case IFLA_GRE_ENCAP_LIMIT where variant.family == .v6: encapsulationLimit = try value.integer()
        case IFLA_GRE_FLOWINFO:
            let flow: UInt32 = try value.bigEndian()
            tos = UInt8(truncatingIfNeeded: flow >> Self.trafficClassShift)
        // The flags come after the limit that they make void.
        case IFLA_GRE_FLAGS:
            let flags: UInt32 = try value.integer()
            if flags & UInt32(IP6_TNL_F_IGN_ENCAP_LIMIT) != 0 { encapsulationLimit = nil }
            if flags & UInt32(IP6_TNL_F_USE_ORIG_TCLASS) != 0 { tos = 1 }
        default: break
        }
    }

    static func lower(in data: RawSpan) throws(NetlinkError) -> Int32? { try data.lower(IFLA_GRE_LINK) }
}
