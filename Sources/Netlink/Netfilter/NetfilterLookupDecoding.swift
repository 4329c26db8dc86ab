import CLinux

// What rules of maps are made of; as with all others, an attribute that a case has no place for makes it `.other`.
extension Netfilter.Expression {
    static func connection(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var key: UInt32?
        var register: UInt32?
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_ct_attributes(UInt32(type)) {
            case NFTA_CT_KEY: key = try value.bigEndian()
            case NFTA_CT_DREG: register = try value.bigEndian()
            default: isKnown = false
            }
        }
        guard isKnown, let key, let register else { return nil }
        return .connection(.init(rawValue: key), .init(rawValue: register))
    }

    static func route(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var result: UInt32?
        var selectors: UInt32?
        var register: UInt32?
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch UInt32(type) {
            case UInt32(NFTA_FIB_RESULT.rawValue): result = try value.bigEndian()
            case UInt32(NFTA_FIB_FLAGS.rawValue): selectors = try value.bigEndian()
            case UInt32(NFTA_FIB_DREG.rawValue): register = try value.bigEndian()
            default: isKnown = false
            }
        }
        guard isKnown, let result, let selectors, let register else { return nil }
        return .route(.init(rawValue: result), of: .init(rawValue: selectors), .init(rawValue: register))
    }

    static func lookup(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var set: String?
        var key: UInt32?
        var into: UInt32?
        var flags: UInt32 = 0
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_lookup_attributes(UInt32(type)) {
            case NFTA_LOOKUP_SET: set = value.text()
            case NFTA_LOOKUP_SREG: key = try value.bigEndian()
            case NFTA_LOOKUP_DREG: into = try value.bigEndian()
            case NFTA_LOOKUP_FLAGS: flags = try value.bigEndian()
            default: isKnown = false
            }
        }
        guard isKnown, flags == 0, let set, let key else { return nil }
        return .lookup(set: set, .init(rawValue: key), into: into.map { .init(rawValue: $0) })
    }

    /// The kernel sends the register of a single address or port also as that of the range's end, and flags that follow from both.
    static func translation(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var kind: UInt32?
        var family: UInt32?
        var address: UInt32?
        var port: UInt32?
        var lastAddress: UInt32?
        var lastPort: UInt32?
        var flags: UInt32 = 0
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_nat_attributes(UInt32(type)) {
            case NFTA_NAT_TYPE: kind = try value.bigEndian()
            case NFTA_NAT_FAMILY: family = try value.bigEndian()
            case NFTA_NAT_REG_ADDR_MIN: address = try value.bigEndian()
            case NFTA_NAT_REG_ADDR_MAX: lastAddress = try value.bigEndian()
            case NFTA_NAT_REG_PROTO_MIN: port = try value.bigEndian()
            case NFTA_NAT_REG_PROTO_MAX: lastPort = try value.bigEndian()
            case NFTA_NAT_FLAGS: flags = try value.bigEndian()
            default: isKnown = false
            }
        }
        let implied = UInt32(NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED)
        guard isKnown, flags | implied == implied, let family = family.map({ UInt8(truncatingIfNeeded: $0) }),
            let address, lastAddress ?? address == address, lastPort == nil || lastPort == port
        else { return nil }
        switch (kind, port) {
        case (NFT_NAT_DNAT.rawValue, let port?):
            return .destinationNAT(
                .init(rawValue: family), address: .init(rawValue: address), port: .init(rawValue: port))
        case (NFT_NAT_SNAT.rawValue, nil):
            return .sourceNAT(.init(rawValue: family), address: .init(rawValue: address))
        default: return nil
        }
    }

    static func masquerade(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var isPlain = true
        try data.forEachAttribute { _, _ throws(NetlinkError) in isPlain = false }
        return isPlain ? .masquerade : nil
    }
}
