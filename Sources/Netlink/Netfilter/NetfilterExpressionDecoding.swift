import CLinux

// What an expression holds that its case has no place for, be it an attribute of a newer kernel, makes it `.other`: two
// rules are the same only where everything in them is.
extension Netfilter.Expression {
    /// Reads an element of `NFTA_RULE_EXPRESSIONS`.
    init(parsing element: RawSpan) throws(NetlinkError) {
        var name = ""
        try element.forEachAttribute { type, value throws(NetlinkError) in
            if type == NFTA_EXPR_NAME.rawValue { name = value.text() }
        }
        var result = Self.other(name: name, data: [])
        try element.forEachAttribute { type, value throws(NetlinkError) in
            guard type == NFTA_EXPR_DATA.rawValue else { return }
            result = try Self(name: name, value) ?? .other(name: name, data: value.array())
        }
        self = result
    }

    private init?(name: String, _ data: RawSpan) throws(NetlinkError) {
        let known: Self? =
            switch name {
            case "meta": try .meta(data)
            case "payload": try .payload(data)
            case "bitwise": try .bitwise(data)
            case "cmp": try .compare(data)
            case "range": try .range(data)
            case "counter": try .counter(data)
            case "immediate": try .immediate(data)
            case "ct": try .connection(data)
            case "fib": try .route(data)
            case "lookup": try .lookup(data)
            case "nat": try .translation(data)
            case "masq": try .masquerade(data)
            case "match": try .match(data)
            case "target": try .target(data)
            default: nil
            }
        guard let known else { return nil }
        self = known
    }

    private static func meta(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var key: UInt32?
        var register: UInt32?
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_meta_attributes(UInt32(type)) {
            case NFTA_META_KEY: key = try value.bigEndian()
            case NFTA_META_DREG: register = try value.bigEndian()
            default: isKnown = false
            }
        }
        guard isKnown, let key, let register else { return nil }
        return .meta(.init(rawValue: key), .init(rawValue: register))
    }

    private static func payload(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var register: UInt32?
        var base: UInt32?
        var offset: UInt32?
        var count: UInt32?
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_payload_attributes(UInt32(type)) {
            case NFTA_PAYLOAD_DREG: register = try value.bigEndian()
            case NFTA_PAYLOAD_BASE: base = try value.bigEndian()
            case NFTA_PAYLOAD_OFFSET: offset = try value.bigEndian()
            case NFTA_PAYLOAD_LEN: count = try value.bigEndian()
            default: isKnown = false
            }
        }
        guard isKnown, let register, let base, let offset, let count else { return nil }
        return .payload(.init(rawValue: base), offset: offset, count: count, .init(rawValue: register))
    }

    private static func bitwise(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var source: UInt32?
        var destination: UInt32?
        var mask: [UInt8]?
        var xor: [UInt8]?
        // Kernels before 5.6 have only this operation, and do not name it.
        var operation = CLINUX_NFT_BITWISE_BOOL
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_bitwise_attributes(UInt32(type)) {
            case NFTA_BITWISE_SREG: source = try value.bigEndian()
            case NFTA_BITWISE_DREG: destination = try value.bigEndian()
            case NFTA_BITWISE_LEN: break
            case NFTA_BITWISE_OP: operation = try value.bigEndian()
            case NFTA_BITWISE_MASK: mask = try Self.value(value)
            case NFTA_BITWISE_XOR: xor = try Self.value(value)
            default: isKnown = false
            }
        }
        guard isKnown, operation == CLINUX_NFT_BITWISE_BOOL, let source, let destination, let mask, let xor else {
            return nil
        }
        return .bitwise(from: .init(rawValue: source), .init(rawValue: destination), mask: mask, xor: xor)
    }

    private static func compare(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var register: UInt32?
        var comparison: UInt32?
        var bytes: [UInt8]?
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_cmp_attributes(UInt32(type)) {
            case NFTA_CMP_SREG: register = try value.bigEndian()
            case NFTA_CMP_OP: comparison = try value.bigEndian()
            case NFTA_CMP_DATA: bytes = try Self.value(value)
            default: isKnown = false
            }
        }
        guard isKnown, let register, let comparison = comparison.flatMap(Netfilter.Comparison.init), let bytes else {
            return nil
        }
        return .compare(.init(rawValue: register), comparison, bytes)
    }

    private static func range(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var register: UInt32?
        var operation: UInt32?
        var first: [UInt8]?
        var last: [UInt8]?
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_range_attributes(UInt32(type)) {
            case NFTA_RANGE_SREG: register = try value.bigEndian()
            case NFTA_RANGE_OP: operation = try value.bigEndian()
            case NFTA_RANGE_FROM_DATA: first = try Self.value(value)
            case NFTA_RANGE_TO_DATA: last = try Self.value(value)
            default: isKnown = false
            }
        }
        let isInside = operation == NFT_RANGE_EQ.rawValue
        guard isKnown, let register, let first, let last, isInside || operation == NFT_RANGE_NEQ.rawValue else {
            return nil
        }
        return .range(.init(rawValue: register), isInside: isInside, first: first, last: last)
    }

    private static func counter(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var packets: UInt64?
        var bytes: UInt64?
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_counter_attributes(UInt32(type)) {
            case NFTA_COUNTER_PACKETS: packets = try value.bigEndian()
            case NFTA_COUNTER_BYTES: bytes = try value.bigEndian()
            case NFTA_COUNTER_PAD: break
            default: isKnown = false
            }
        }
        guard isKnown, let packets, let bytes else { return nil }
        return .counter(packets: packets, bytes: bytes)
    }

    private static func immediate(_ data: RawSpan) throws(NetlinkError) -> Self? {
        var register: UInt32?
        var verdict: Netfilter.Verdict?
        var bytes: [UInt8]?
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_immediate_attributes(UInt32(type)) {
            case NFTA_IMMEDIATE_DREG: register = try value.bigEndian()
            case NFTA_IMMEDIATE_DATA:
                verdict = try Netfilter.Verdict(parsing: value)
                bytes = try Self.value(value)
            default: break
            }
        }
        guard register == Netfilter.Register.verdict.rawValue else {
            guard let register, let bytes else { return nil }
            return .constant(bytes, .init(rawValue: register))
        }
        return verdict.map { .verdict($0) }
    }

    private static func match(_ data: RawSpan) throws(NetlinkError) -> Self? {
        try Netfilter.Extension(
            parsing: data, name: NFTA_MATCH_NAME.rawValue, revision: NFTA_MATCH_REV.rawValue,
            info: NFTA_MATCH_INFO.rawValue
        ).map { .match($0) }
    }

    private static func target(_ data: RawSpan) throws(NetlinkError) -> Self? {
        try Netfilter.Extension(
            parsing: data, name: NFTA_TARGET_NAME.rawValue, revision: NFTA_TARGET_REV.rawValue,
            info: NFTA_TARGET_INFO.rawValue
        ).map { .target($0) }
    }

    /// Reads a nest with `NFTA_DATA_VALUE`.
    static func value(_ nest: RawSpan) throws(NetlinkError) -> [UInt8]? {
        var bytes: [UInt8]?
        try nest.forEachAttribute { type, value throws(NetlinkError) in
            if type == NFTA_DATA_VALUE.rawValue { bytes = value.array() }
        }
        return bytes
    }
}

extension Netfilter.Verdict {
    /// Reads a nest with `NFTA_DATA_VERDICT`; `nil` where it holds another value or another verdict.
    init?(parsing nest: RawSpan) throws(NetlinkError) {
        var code: Int32?
        var chain: String?
        try nest.forEachAttribute { type, value throws(NetlinkError) in
            guard type == NFTA_DATA_VERDICT.rawValue else { return }
            try value.forEachAttribute { type, value throws(NetlinkError) in
                switch nft_verdict_attributes(UInt32(type)) {
                case NFTA_VERDICT_CODE: code = try value.bigEndian()
                case NFTA_VERDICT_CHAIN: chain = value.text()
                default: break
                }
            }
        }
        switch (code, chain) {
        case (NF_ACCEPT, nil): self = .accept
        case (NF_DROP, nil): self = .drop
        case (NFT_RETURN.rawValue, nil): self = .return
        case (NFT_JUMP.rawValue, let chain?): self = .jump(chain)
        case (NFT_GOTO.rawValue, let chain?): self = .goto(chain)
        default: return nil
        }
    }
}

extension Netfilter.Extension {
    /// Reads the attributes of a match or a target, which differ in their numbers.
    fileprivate init?(parsing data: RawSpan, name: UInt32, revision: UInt32, info: UInt32) throws(NetlinkError) {
        var result = Netfilter.Extension("", info: [])
        var isKnown = true
        try data.forEachAttribute { type, value throws(NetlinkError) in
            switch UInt32(type) {
            case name: result.name = value.text()
            case revision: result.revision = try value.bigEndian()
            case info: result.info = value.array()
            default: isKnown = false
            }
        }
        guard isKnown, !result.name.isEmpty else { return nil }
        self = result
    }
}
