import CLinux

/// `NFTA_SET_*`.
enum SetSpace {}

/// `NFTA_SET_DESC_*`.
enum SetDescriptionSpace {}

/// A list whose elements are `NFTA_LIST_ELEM`, each the description of a field.
enum SetFieldListSpace {}

/// `NFTA_SET_FIELD_*`.
enum SetFieldSpace {}

extension Netfilter {
    /// The type of a part of a key or of a value, by the number that nft gives it (`enum datatypes`, nftables datatype.h).
    ///
    /// The kernel only keeps the number; `nft` lists elements by it.
    public struct DataType: RawRepresentable, Hashable, Sendable {
        /// nft's number.
        public let rawValue: UInt32
        /// The type of that number.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// `ipv4_addr`.
        public static let ipv4Address = DataType(rawValue: 7)
        /// `ipv6_addr`.
        public static let ipv6Address = DataType(rawValue: 8)
        /// `inet_proto`.
        public static let internetProtocol = DataType(rawValue: 12)
        /// `inet_service`.
        public static let service = DataType(rawValue: 13)
        /// `ifname`.
        public static let interfaceName = DataType(rawValue: 41)

        /// Bytes of a value in a key, where each part fills whole registers of four bytes; 0 for a type not listed here.
        var paddedSize: UInt32 {
            switch self {
            case .ipv4Address, .internetProtocol, .service: 4
            case .ipv6Address, .interfaceName: 16
            default: 0
            }
        }

        /// Bytes of a value that stands alone.
        var size: UInt32 {
            switch self {
            case .internetProtocol: 1
            case .service: 2
            default: paddedSize
            }
        }

        /// nft's number of the order of the bytes (`enum byteorder`): names are in the machine's, all else in the network's.
        var byteOrder: UInt32 { self == .interfaceName ? 1 : 2 }
    }

    /// A named set, or a map from keys to values.
    public struct NamedSet: Hashable, Sendable {
        /// What a map's values are.
        public enum Values: Hashable, Sendable {
            /// Verdicts.
            case verdicts
            /// Values of these types, one after the other.
            case data([DataType])
        }

        /// The family of its table.
        public var family: Family
        /// The name of its table (`NFTA_SET_TABLE`).
        public var table: String
        /// Its name (`NFTA_SET_NAME`).
        public var name: String
        /// The types of the parts of a key (`NFTA_SET_KEY_TYPE`).
        public var key: [DataType]
        /// What a map's values are; absent for a set (`NFTA_SET_DATA_TYPE`).
        public var values: Values?
        /// Whether a key may stand for a range (`NFT_SET_INTERVAL`).
        public var hasRanges: Bool

        /// The set `name` of a table, or the map if it has `values`.
        public init(
            _ family: Family, table: String, _ name: String, key: [DataType], values: Values? = nil,
            hasRanges: Bool = false
        ) {
            self.family = family
            self.table = table
            self.name = name
            self.key = key
            self.values = values
            self.hasRanges = hasRanges
        }
    }
}

extension Netfilter.NamedSet: CustomStringConvertible {
    /// `ip weft bridges`.
    public var description: String { "\(family) \(table) \(name)" }
}

extension [Netfilter.DataType] {
    /// The number of the types one after the other, six bits each (`concat_subtype_add`, nftables datatype.h).
    fileprivate var number: UInt32 { reduce(0) { $0 << 6 | $1.rawValue } }

    /// The types that `number` stands for.
    fileprivate init(number: UInt32) {
        self = []
        var rest = number
        while rest > 0 {
            insert(Element(rawValue: rest & 0x3f), at: 0)
            rest >>= 6
        }
    }

    /// Bytes of a key or value of these types.
    fileprivate var size: UInt32 { count == 1 ? self[0].size : reduce(0) { $0 + $1.paddedSize } }

    fileprivate var byteOrder: UInt32 { count == 1 ? self[0].byteOrder : 0 }
}

extension Netfilter.NamedSet.Values {
    /// The types' number; that of verdicts is `NFT_DATA_VERDICT`.
    fileprivate var number: UInt32 {
        switch self {
        case .verdicts: NFT_DATA_VERDICT.rawValue
        case .data(let types): types.number
        }
    }

    fileprivate var size: UInt32 {
        switch self {
        case .verdicts: 0
        case .data(let types): types.size
        }
    }

    fileprivate var byteOrder: UInt32 {
        switch self {
        case .verdicts: 0
        case .data(let types): types.byteOrder
        }
    }
}

extension Request {
    /// Makes a set or map; one of the same kind that is there stays as it is (`NFT_MSG_NEWSET`).
    ///
    /// Equivalent to: `nft add set FAMILY TABLE NAME { type … ; }`, `nft add map …`.
    /// - Parameter number: Another for each set of a transaction (`NFTA_SET_ID`).
    public static func addSet(_ set: Netfilter.NamedSet, number: UInt32) -> Request {
        var flags: UInt32 = set.values == nil ? 0 : NFT_SET_MAP.rawValue
        if set.hasRanges { flags |= NFT_SET_INTERVAL.rawValue }
        // The kernel must know where the fields end only to find ranges in them.
        let isConcatenationOfRanges = set.hasRanges && set.key.count > 1
        if isConcatenationOfRanges { flags |= NFT_SET_CONCAT.rawValue }
        return Request(
            MessageType(NFT_MSG_NEWSET, "NFT_MSG_NEWSET"), .create, about: "set \(set)", header: nfgenmsg(set.family),
            [
                Attribute<SetSpace>(NFTA_SET_TABLE, set.table), Attribute(NFTA_SET_NAME, set.name),
                Attribute(NFTA_SET_FLAGS, bigEndian: flags),
                Attribute(NFTA_SET_KEY_TYPE, bigEndian: set.key.number),
                Attribute(NFTA_SET_KEY_LEN, bigEndian: set.key.size),
                set.values.map { Attribute(NFTA_SET_DATA_TYPE, bigEndian: $0.number) },
                set.values.map { Attribute(NFTA_SET_DATA_LEN, bigEndian: $0.size) },
                Attribute(NFTA_SET_ID, bigEndian: number),
                isConcatenationOfRanges ? Attribute(NFTA_SET_DESC, nest: fields(set.key)) : nil,
                Attribute(NFTA_SET_USERDATA, bytes: set.userData.bytes),
            ])
    }

    private static func fields(_ types: [Netfilter.DataType]) -> [Attribute<SetDescriptionSpace>?] {
        let list = types.map { type in
            Attribute<SetFieldListSpace>(
                NFTA_LIST_ELEM, nest: [Attribute<SetFieldSpace>(NFTA_SET_FIELD_LEN, bigEndian: type.size)])
        }
        return [Attribute(NFTA_SET_DESC_CONCAT, nest: list)]
    }

    /// Deletes a set with all that is in it; `EBUSY` if a rule looks things up in it (`NFT_MSG_DELSET`).
    ///
    /// Equivalent to: `nft delete set FAMILY TABLE NAME`.
    public static func deleteSet(_ set: Netfilter.NamedSet) -> Request {
        Request(
            MessageType(NFT_MSG_DELSET, "NFT_MSG_DELSET"), about: "set \(set)", header: nfgenmsg(set.family),
            [Attribute<SetSpace>(NFTA_SET_TABLE, set.table), Attribute(NFTA_SET_NAME, set.name)])
    }

    /// Asks for the sets and maps of a table; for `NetlinkSocket.dump` (`NFT_MSG_GETSET`).
    public static func sets(_ family: Netfilter.Family, table: String) -> Request {
        Request(
            MessageType(NFT_MSG_GETSET, "NFT_MSG_GETSET", modifies: false), about: "sets of \(family) \(table)",
            header: nfgenmsg(family), [Attribute<SetSpace>(NFTA_SET_TABLE, table)])
    }
}

extension Netfilter.NamedSet {
    /// What `nft` notes on a set to list its elements by: the order of their bytes.
    fileprivate var userData: Netfilter.UserData {
        Netfilter.UserData(keyByteOrder: key.byteOrder, valueByteOrder: values?.byteOrder)
    }

    /// Reads what follows the header of a message `NFT_MSG_NEWSET`.
    init(parsing body: RawSpan) throws(NetlinkError) {
        let family = Netfilter.Family(rawValue: try body.structure(nfgenmsg.self).nfgen_family)
        var set = Self(family, table: "", "", key: [])
        var flags: UInt32 = 0
        var valueType: UInt32 = 0
        try body.forEachAttribute(after: nfgenmsg.self) { type, value throws(NetlinkError) in
            switch nft_set_attributes(UInt32(type)) {
            case NFTA_SET_TABLE: set.table = value.text()
            case NFTA_SET_NAME: set.name = value.text()
            case NFTA_SET_FLAGS: flags = try value.bigEndian()
            case NFTA_SET_KEY_TYPE: set.key = [Netfilter.DataType](number: try value.bigEndian())
            case NFTA_SET_DATA_TYPE: valueType = try value.bigEndian()
            default: break
            }
        }
        set.hasRanges = flags & NFT_SET_INTERVAL.rawValue != 0
        if flags & NFT_SET_MAP.rawValue != 0 {
            set.values =
                valueType == NFT_DATA_VERDICT.rawValue ? .verdicts : .data([Netfilter.DataType](number: valueType))
        }
        self = set
    }
}

extension NetlinkSocket {
    /// The sets and maps of a table.
    ///
    /// Equivalent to: `nft list table FAMILY TABLE`.
    public func sets(_ family: Netfilter.Family, table: String) throws(NetlinkError) -> [Netfilter.NamedSet] {
        try dump(.sets(family, table: table)) { body throws(NetlinkError) in try Netfilter.NamedSet(parsing: body) }
    }
}
