import CLinux

/// The list in `NFTA_RULE_EXPRESSIONS`, whose elements are `NFTA_LIST_ELEM`.
enum ExpressionListSpace {}

/// `NFTA_EXPR_*`.
enum ExpressionSpace {}

/// What one type of expression has in `NFTA_EXPR_DATA`.
enum ExpressionDataSpace {}

/// `NFTA_DATA_*`.
enum ValueSpace {}

/// `NFTA_VERDICT_*`.
enum VerdictSpace {}

extension Netfilter.Expression {
    /// The expression as an element of a rule.
    var attribute: Attribute<ExpressionListSpace> {
        Attribute(NFTA_LIST_ELEM, nest: [Attribute<ExpressionSpace>(NFTA_EXPR_NAME, name), data])
    }

    private var data: Attribute<ExpressionSpace> {
        if case .other(_, let data) = self {
            return Attribute(NFTA_EXPR_DATA.rawValue | UInt32(NLA_F_NESTED), bytes: data)
        }
        return Attribute(NFTA_EXPR_DATA, nest: attributes)
    }

    private var attributes: [Attribute<ExpressionDataSpace>?] {
        switch self {
        case .meta(let key, let register):
            [.init(NFTA_META_KEY, bigEndian: key.rawValue), .init(NFTA_META_DREG, bigEndian: register.rawValue)]
        case .payload(let base, let offset, let count, let register):
            [
                .init(NFTA_PAYLOAD_DREG, bigEndian: register.rawValue),
                .init(NFTA_PAYLOAD_BASE, bigEndian: base.rawValue), .init(NFTA_PAYLOAD_OFFSET, bigEndian: offset),
                .init(NFTA_PAYLOAD_LEN, bigEndian: count),
            ]
        case .bitwise(let source, let destination, let mask, let xor):
            [
                .init(NFTA_BITWISE_SREG, bigEndian: source.rawValue),
                .init(NFTA_BITWISE_DREG, bigEndian: destination.rawValue),
                .init(NFTA_BITWISE_LEN, bigEndian: UInt32(mask.count)),
                .init(NFTA_BITWISE_OP, bigEndian: CLINUX_NFT_BITWISE_BOOL),
                .init(NFTA_BITWISE_MASK, nest: value(mask)), .init(NFTA_BITWISE_XOR, nest: value(xor)),
            ]
        case .compare(let register, let comparison, let bytes):
            [
                .init(NFTA_CMP_SREG, bigEndian: register.rawValue),
                .init(NFTA_CMP_OP, bigEndian: comparison.rawValue), .init(NFTA_CMP_DATA, nest: value(bytes)),
            ]
        case .range(let register, let isInside, let first, let last):
            [
                .init(NFTA_RANGE_SREG, bigEndian: register.rawValue),
                .init(NFTA_RANGE_OP, bigEndian: (isInside ? NFT_RANGE_EQ : NFT_RANGE_NEQ).rawValue),
                .init(NFTA_RANGE_FROM_DATA, nest: value(first)), .init(NFTA_RANGE_TO_DATA, nest: value(last)),
            ]
        case .counter(let packets, let bytes):
            [.init(NFTA_COUNTER_BYTES, bigEndian: bytes), .init(NFTA_COUNTER_PACKETS, bigEndian: packets)]
        case .constant(let bytes, let register):
            [
                .init(NFTA_IMMEDIATE_DREG, bigEndian: register.rawValue),
                .init(NFTA_IMMEDIATE_DATA, nest: value(bytes)),
            ]
        case .verdict(let verdict):
            [
                .init(NFTA_IMMEDIATE_DREG, bigEndian: Netfilter.Register.verdict.rawValue),
                .init(NFTA_IMMEDIATE_DATA, nest: [verdict.attribute]),
            ]
        case .connection(let key, let register):
            [.init(NFTA_CT_KEY, bigEndian: key.rawValue), .init(NFTA_CT_DREG, bigEndian: register.rawValue)]
        case .route(let result, let selectors, let register):
            [
                .init(NFTA_FIB_FLAGS, bigEndian: selectors.rawValue),
                .init(NFTA_FIB_RESULT, bigEndian: result.rawValue),
                .init(NFTA_FIB_DREG, bigEndian: register.rawValue),
            ]
        case .lookup(let set, let key, let value):
            [
                .init(NFTA_LOOKUP_SREG, bigEndian: key.rawValue),
                value.map { .init(NFTA_LOOKUP_DREG, bigEndian: $0.rawValue) }, .init(NFTA_LOOKUP_SET, set),
            ]
        case .destinationNAT(let family, let address, let port):
            [
                .init(NFTA_NAT_TYPE, bigEndian: NFT_NAT_DNAT.rawValue),
                .init(NFTA_NAT_FAMILY, bigEndian: UInt32(family.rawValue)),
                .init(NFTA_NAT_REG_ADDR_MIN, bigEndian: address.rawValue),
                .init(NFTA_NAT_REG_PROTO_MIN, bigEndian: port.rawValue),
            ]
        case .sourceNAT(let family, let address):
            [
                .init(NFTA_NAT_TYPE, bigEndian: NFT_NAT_SNAT.rawValue),
                .init(NFTA_NAT_FAMILY, bigEndian: UInt32(family.rawValue)),
                .init(NFTA_NAT_REG_ADDR_MIN, bigEndian: address.rawValue),
            ]
        case .match(let match):
            [
                .init(NFTA_MATCH_NAME, match.name), .init(NFTA_MATCH_REV, bigEndian: match.revision),
                .init(NFTA_MATCH_INFO, bytes: match.info),
            ]
        case .target(let target):
            [
                .init(NFTA_TARGET_NAME, target.name), .init(NFTA_TARGET_REV, bigEndian: target.revision),
                .init(NFTA_TARGET_INFO, bytes: target.info),
            ]
        case .masquerade, .other: []
        }
    }

    private func value(_ bytes: [UInt8]) -> [Attribute<ValueSpace>?] { [Attribute(NFTA_DATA_VALUE, bytes: bytes)] }
}

extension Netfilter.Verdict {
    /// The kernel's number.
    var code: Int32 {
        switch self {
        case .accept: NF_ACCEPT
        case .drop: NF_DROP
        case .return: NFT_RETURN.rawValue
        case .jump: NFT_JUMP.rawValue
        case .goto: NFT_GOTO.rawValue
        }
    }

    /// The chain that it leads to.
    public var chain: String? {
        switch self {
        case .jump(let chain), .goto(let chain): chain
        case .accept, .drop, .return: nil
        }
    }

    /// The verdict as the value of an immediate expression.
    var attribute: Attribute<ValueSpace> {
        Attribute(
            NFTA_DATA_VERDICT,
            nest: [
                Attribute<VerdictSpace>(NFTA_VERDICT_CODE, bigEndian: code),
                chain.map { Attribute(NFTA_VERDICT_CHAIN, $0) },
            ])
    }
}
