import CLinux

extension Netfilter {
    /// One step of a rule: it loads something, compares it, counts, or says what becomes of the packet.
    ///
    /// A comparison that fails ends the rule.
    public enum Expression: Hashable, Sendable {
        /// Loads something that the kernel knows of the packet (`meta`).
        case meta(MetaKey, Register)
        /// Loads bytes of the packet (`payload`).
        case payload(PayloadBase, offset: UInt32, count: UInt32, Register)
        /// Replaces what was loaded by `(loaded & mask) ^ xor` (`bitwise`).
        case bitwise(from: Register, Register, mask: [UInt8], xor: [UInt8])
        /// Compares as many bytes as are given with what was loaded (`cmp`).
        case compare(Register, Comparison, [UInt8])
        /// Compares what was loaded with the first and the last of a range (`range`).
        case range(Register, isInside: Bool, first: [UInt8], last: [UInt8])
        /// Counts the packets that come this far (`counter`).
        case counter(packets: UInt64, bytes: UInt64)
        /// Loads these bytes (`immediate`).
        case constant([UInt8], Register)
        /// Says what becomes of the packet (`immediate` into the verdict's register).
        case verdict(Verdict)
        /// Loads what the kernel knows of the packet's connection (`ct`).
        case connection(ConnectionKey, Register)
        /// Loads what the routing tables say of the packet (`fib`).
        case route(RouteResult, of: RouteSelectors, Register)
        /// Looks what was loaded up in a set; in a map also loads what it leads to, or does it if that is a verdict (`lookup`).
        case lookup(set: String, Register, into: Register?)
        /// Sends the packet's connection to the loaded address and port (`nat`, `NFT_NAT_DNAT`).
        case destinationNAT(Family, address: Register, port: Register)
        /// Lets the packet's connection leave with the loaded address (`nat`, `NFT_NAT_SNAT`).
        case sourceNAT(Family, address: Register)
        /// Gives the packet's connection the address of the interface that it leaves by (`masq`).
        case masquerade
        /// Asks a match of x_tables (`match`).
        case match(Extension)
        /// Leaves the packet to a target of x_tables (`target`).
        case target(Extension)
        /// Anything else: its name, and the attributes as they are.
        case other(name: String, data: [UInt8])

        /// An expression that counts from zero.
        public static let newCounter = Expression.counter(packets: 0, bytes: 0)
    }

    /// Where expressions keep what they loaded (`enum nft_registers`).
    public struct Register: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: UInt32
        /// The register of that number.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// The first of 16 bytes (`NFT_REG_1`).
        public static let first = Register(rawValue: NFT_REG_1.rawValue)
        /// The register that begins after so many words of four bytes, as the kernel names it (`nft_dump_register`).
        ///
        /// - Parameter index: From 0 to 15.
        public static func word(_ index: Int) -> Register {
            let number = UInt32(index)
            return Register(
                rawValue: index % 4 == 0 ? NFT_REG_1.rawValue + number / 4 : UInt32(NFT_REG32_00.rawValue) + number)
        }
        /// That of the verdict (`NFT_REG_VERDICT`).
        public static let verdict = Register(rawValue: NFT_REG_VERDICT.rawValue)
    }

    /// What the kernel knows of a packet (`enum nft_meta_keys`).
    public struct MetaKey: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: UInt32
        /// The key of that number.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// Name of the interface that it came in by (`NFT_META_IIFNAME`).
        public static let inputName = MetaKey(rawValue: NFT_META_IIFNAME.rawValue)
        /// Name of the interface that it leaves by (`NFT_META_OIFNAME`).
        public static let outputName = MetaKey(rawValue: NFT_META_OIFNAME.rawValue)
        /// Number of the interface that it came in by (`NFT_META_IIF`).
        public static let inputIndex = MetaKey(rawValue: NFT_META_IIF.rawValue)
        /// Number of the interface that it leaves by (`NFT_META_OIF`).
        public static let outputIndex = MetaKey(rawValue: NFT_META_OIF.rawValue)
        /// The packet's family, for a table of more than one (`NFT_META_NFPROTO`).
        public static let networkProtocol = MetaKey(rawValue: NFT_META_NFPROTO.rawValue)
        /// Number of the protocol over IP, past IPv6's extension headers (`NFT_META_L4PROTO`).
        public static let transportProtocol = MetaKey(rawValue: NFT_META_L4PROTO.rawValue)
    }

    /// What the kernel knows of a connection (`enum nft_ct_keys`).
    public struct ConnectionKey: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: UInt32
        /// The key of that number.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// Bits `NF_CT_STATE_BIT` of the packet's place in the connection (`NFT_CT_STATE`).
        public static let state = ConnectionKey(rawValue: NFT_CT_STATE.rawValue)
        /// Bits `IPS_*` of the connection (`NFT_CT_STATUS`).
        public static let status = ConnectionKey(rawValue: NFT_CT_STATUS.rawValue)
    }

    /// What the routing tables are asked for (`enum nft_fib_result`).
    public struct RouteResult: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: UInt32
        /// The result of that number.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// The type of the address (`RTN_*`; `NFT_FIB_RESULT_ADDRTYPE`).
        public static let addressType = RouteResult(rawValue: UInt32(NFT_FIB_RESULT_ADDRTYPE.rawValue))
    }

    /// What of the packet the routing tables are asked about (`enum nft_fib_flags`).
    public struct RouteSelectors: OptionSet, Hashable, Sendable {
        /// The kernel's bits.
        public let rawValue: UInt32
        /// The selectors of these bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// Its destination (`NFTA_FIB_F_DADDR`).
        public static let destination = RouteSelectors(rawValue: UInt32(NFTA_FIB_F_DADDR.rawValue))
    }

    /// Where in a packet an offset counts from (`enum nft_payload_bases`).
    public struct PayloadBase: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: UInt32
        /// The base of that number.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// The IP header (`NFT_PAYLOAD_NETWORK_HEADER`).
        public static let network = PayloadBase(rawValue: NFT_PAYLOAD_NETWORK_HEADER.rawValue)
        /// The header after it (`NFT_PAYLOAD_TRANSPORT_HEADER`).
        public static let transport = PayloadBase(rawValue: NFT_PAYLOAD_TRANSPORT_HEADER.rawValue)
    }

    /// How two values are compared (`enum nft_cmp_ops`).
    public enum Comparison: UInt32, Hashable, Sendable {
        /// `NFT_CMP_EQ`.
        case equal = 0
        /// `NFT_CMP_NEQ`.
        case notEqual = 1
        /// `NFT_CMP_LT`, byte by byte from the first, as all that follow (memcmp(3)).
        case less = 2
        /// `NFT_CMP_LTE`.
        case lessOrEqual = 3
        /// `NFT_CMP_GT`.
        case greater = 4
        /// `NFT_CMP_GTE`.
        case greaterOrEqual = 5
    }

    /// What becomes of a packet (`enum nft_verdicts`, `NF_ACCEPT`, `NF_DROP`).
    public enum Verdict: Hashable, Sendable {
        /// It goes on its way.
        case accept
        /// It goes nowhere.
        case drop
        /// Back to the rule after the one that led to this chain.
        case `return`
        /// Through another chain, and then back here.
        case jump(String)
        /// Through another chain, and not back here.
        case goto(String)
    }

    /// A match or target of x_tables within a rule of nf_tables (linux/netfilter/nf_tables_compat.h).
    public struct Extension: Hashable, Sendable {
        /// Its name, as after iptables' `-m` or `-j`.
        public var name: String
        /// Which of the structures of that name `info` is.
        public var revision: UInt32
        /// Its structure, as it lies in memory.
        public var info: [UInt8]

        /// The match or target `name`.
        public init(_ name: String, revision: UInt32 = 0, info: [UInt8]) {
            self.name = name
            self.revision = revision
            self.info = info
        }
    }
}

extension Netfilter.Expression {
    /// The name of its type (`NFTA_EXPR_NAME`).
    public var name: String {
        switch self {
        case .meta: "meta"
        case .payload: "payload"
        case .bitwise: "bitwise"
        case .compare: "cmp"
        case .range: "range"
        case .counter: "counter"
        case .verdict, .constant: "immediate"
        case .connection: "ct"
        case .route: "fib"
        case .lookup: "lookup"
        case .destinationNAT, .sourceNAT: "nat"
        case .masquerade: "masq"
        case .match: "match"
        case .target: "target"
        case .other(let name, _): name
        }
    }
}
