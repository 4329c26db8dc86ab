extension Netfilter {
    /// What the maker of an object noted on it: entries of a type, a length and a value, as libnftnl lays them out.
    public struct UserData: Hashable, Sendable {
        /// The entries one after the other.
        public let bytes: [UInt8]

        /// The entries in `bytes`.
        public init(bytes: [UInt8] = []) { self.bytes = bytes }

        /// A comment, which `nft list` shows (`NFTNL_UDATA_{TABLE,CHAIN,RULE,SET_ELEM}_COMMENT`, libnftnl/udata.h).
        ///
        /// - Precondition: It is shorter than 255 bytes.
        public init(comment: String) {
            let text = Array(comment.utf8) + [0]
            bytes = [Self.commentType, UInt8(text.count)] + text
        }

        /// In what order `nft` finds the bytes of a set's keys and values (`NFTNL_UDATA_SET_{KEY,DATA}BYTEORDER`).
        init(keyByteOrder: UInt32, valueByteOrder: UInt32?) {
            let orders = [keyByteOrder] + (valueByteOrder.map { [$0] } ?? [])
            bytes = orders.enumerated().flatMap { type, order in [UInt8(type), 4] + wireBytes(of: order) }
        }

        /// Whether there are none.
        public var isEmpty: Bool { bytes.isEmpty }

        /// The comment, if there is one.
        public var comment: String? {
            var rest = bytes[...]
            while let type = rest.popFirst(), let length = rest.popFirst(), length <= rest.count {
                let value = rest.prefix(Int(length))
                if type == Self.commentType { return String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
                rest = rest.dropFirst(Int(length))
            }
            return nil
        }

        private static let commentType: UInt8 = 0
    }
}
