import CLinux

/// `NFTA_SET_ELEM_LIST_*`.
enum ElementListSpace {}

/// The list in `NFTA_SET_ELEM_LIST_ELEMENTS`, whose elements are `NFTA_LIST_ELEM`.
enum ElementSpace {}

/// `NFTA_SET_ELEM_*`.
enum ElementPartSpace {}

extension Netfilter {
    /// An element of a set, or of a map if it has a value.
    public struct Element: Hashable, Sendable {
        /// What a key leads to.
        public enum Value: Hashable, Sendable {
            /// A verdict.
            case verdict(Verdict)
            /// Bytes that a rule loads.
            case data([UInt8])
        }

        /// The key, or the first key of a range (`NFTA_SET_ELEM_KEY`).
        public var key: [UInt8]
        /// The last key of a range (`NFTA_SET_ELEM_KEY_END`); absent where the set has no ranges.
        public var last: [UInt8]?
        /// What the key leads to (`NFTA_SET_ELEM_DATA`).
        public var value: Value?
        /// What its maker noted (`NFTA_SET_ELEM_USERDATA`).
        public var userData: UserData

        /// The element of that key.
        public init(key: [UInt8], last: [UInt8]? = nil, value: Value? = nil, userData: UserData = UserData()) {
            self.key = key
            self.last = last
            self.value = value
            self.userData = userData
        }
    }
}

extension Request {
    /// Adds an element to a set or map; one with the same key and value that is there stays as it is (`NFT_MSG_NEWSETELEM`).
    ///
    /// Equivalent to: `nft add element FAMILY TABLE SET { … }`.
    /// - Parameter subject: The element in words that the user knows.
    public static func addElement(
        _ element: Netfilter.Element, to set: Netfilter.NamedSet, subject: String
    ) -> Request {
        Request(
            MessageType(NFT_MSG_NEWSETELEM, "NFT_MSG_NEWSETELEM"), .create, about: subject,
            header: nfgenmsg(set.family), attributes(of: element, in: set))
    }

    /// Takes an element out of a set or map; `ENOENT` if it is not there (`NFT_MSG_DELSETELEM`).
    ///
    /// Equivalent to: `nft delete element FAMILY TABLE SET { … }`.
    /// - Parameter subject: The element in words that the user knows.
    public static func deleteElement(
        _ element: Netfilter.Element, of set: Netfilter.NamedSet, subject: String
    ) -> Request {
        let bare = Netfilter.Element(key: element.key, last: element.last)
        return Request(
            MessageType(NFT_MSG_DELSETELEM, "NFT_MSG_DELSETELEM"), about: subject, header: nfgenmsg(set.family),
            attributes(of: bare, in: set))
    }

    private static func attributes(
        of element: Netfilter.Element, in set: Netfilter.NamedSet
    ) -> [Attribute<ElementListSpace>?] {
        [
            Attribute(NFTA_SET_ELEM_LIST_TABLE, set.table), Attribute(NFTA_SET_ELEM_LIST_SET, set.name),
            Attribute(
                NFTA_SET_ELEM_LIST_ELEMENTS,
                nest: element.parts(in: set).map { Attribute<ElementSpace>(NFTA_LIST_ELEM, nest: $0.attributes) }),
        ]
    }

    /// Asks for the elements of a set or map; for `NetlinkSocket.dump` (`NFT_MSG_GETSETELEM`).
    public static func elements(of set: Netfilter.NamedSet) -> Request {
        Request(
            MessageType(NFT_MSG_GETSETELEM, "NFT_MSG_GETSETELEM", modifies: false), about: "elements of \(set)",
            header: nfgenmsg(set.family),
            [
                Attribute<ElementListSpace>(NFTA_SET_ELEM_LIST_TABLE, set.table),
                Attribute(NFTA_SET_ELEM_LIST_SET, set.name),
            ])
    }
}

/// An element as the kernel keeps it.
///
/// In a set of ranges whose keys have one field, a range is two of them: the first key, and the one after the last, which has
/// the flag `NFT_SET_ELEM_INTERVAL_END`.
private struct ElementPart {
    var element: Netfilter.Element
    var isEnd = false

    var attributes: [Attribute<ElementPartSpace>?] {
        [
            isEnd ? Attribute(NFTA_SET_ELEM_FLAGS, bigEndian: NFT_SET_ELEM_INTERVAL_END.rawValue) : nil,
            Attribute(NFTA_SET_ELEM_KEY, nest: data(element.key)),
            element.last.map { Attribute(NFTA_SET_ELEM_KEY_END, nest: data($0)) },
            element.value.map { value in
                switch value {
                case .verdict(let verdict): Attribute(NFTA_SET_ELEM_DATA, nest: [verdict.attribute])
                case .data(let bytes): Attribute(NFTA_SET_ELEM_DATA, nest: data(bytes))
                }
            },
            element.userData.isEmpty ? nil : Attribute(NFTA_SET_ELEM_USERDATA, bytes: element.userData.bytes),
        ]
    }

    private func data(_ bytes: [UInt8]) -> [Attribute<ValueSpace>?] { [Attribute(NFTA_DATA_VALUE, bytes: bytes)] }

    init(_ element: Netfilter.Element, isEnd: Bool = false) {
        self.element = element
        self.isEnd = isEnd
    }

    /// Reads an element of `NFTA_SET_ELEM_LIST_ELEMENTS`.
    init(parsing nest: RawSpan) throws(NetlinkError) {
        var element = Netfilter.Element(key: [])
        var flags: UInt32 = 0
        try nest.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_set_elem_attributes(UInt32(type)) {
            case NFTA_SET_ELEM_KEY: element.key = try Netfilter.Expression.value(value) ?? []
            case NFTA_SET_ELEM_KEY_END: element.last = try Netfilter.Expression.value(value)
            case NFTA_SET_ELEM_DATA:
                if let verdict = try Netfilter.Verdict(parsing: value) {
                    element.value = .verdict(verdict)
                } else if let bytes = try Netfilter.Expression.value(value) {
                    element.value = .data(bytes)
                }
            case NFTA_SET_ELEM_FLAGS: flags = try value.bigEndian()
            case NFTA_SET_ELEM_USERDATA: element.userData = Netfilter.UserData(bytes: value.array())
            default: break
            }
        }
        self.init(element, isEnd: flags & NFT_SET_ELEM_INTERVAL_END.rawValue != 0)
    }

    /// The elements of one message.
    static func list(_ body: RawSpan) throws(NetlinkError) -> [ElementPart] {
        var parts: [ElementPart] = []
        try body.forEachAttribute(after: nfgenmsg.self) { type, value throws(NetlinkError) in
            guard type == NFTA_SET_ELEM_LIST_ELEMENTS.rawValue else { return }
            try value.forEachAttribute { _, element throws(NetlinkError) in
                parts.append(try ElementPart(parsing: element))
            }
        }
        return parts
    }
}

extension Netfilter.NamedSet {
    /// Whether a range is two elements.
    fileprivate var keepsEndsApart: Bool { hasRanges && key.count == 1 }
}

extension Netfilter.Element {
    /// What the kernel keeps for the element.
    fileprivate func parts(in set: Netfilter.NamedSet) -> [ElementPart] {
        guard set.keepsEndsApart else { return [ElementPart(self)] }
        var first = self
        first.last = nil
        let end = (last ?? key).successor.map { ElementPart(Netfilter.Element(key: $0), isEnd: true) }
        return [ElementPart(first)] + (end.map { [$0] } ?? [])
    }

    /// The elements that `parts` of a set stand for.
    fileprivate static func joined(_ parts: [ElementPart], in set: Netfilter.NamedSet) -> [Netfilter.Element] {
        guard set.keepsEndsApart else { return parts.map(\.element) }
        // Of an end and a beginning with the same key, the end belongs to the range before.
        let sorted = parts.sorted { left, right in
            left.element.key == right.element.key
                ? left.isEnd && !right.isEnd : left.element.key.lexicographicallyPrecedes(right.element.key)
        }
        return sorted.indices.filter { !sorted[$0].isEnd }.map { index in
            var element = sorted[index].element
            let end = index + 1 < sorted.count && sorted[index + 1].isEnd ? sorted[index + 1].element.key : nil
            element.last = end?.predecessor ?? element.key.map { _ in .max }
            return element
        }
    }
}

extension [UInt8] {
    /// The bytes as a number, and one more; `nil` after the greatest.
    fileprivate var successor: [UInt8]? {
        var bytes = self
        for index in indices.reversed() {
            bytes[index] &+= 1
            if bytes[index] != 0 { return bytes }
        }
        return nil
    }

    /// The bytes as a number, and one less; `nil` before zero.
    fileprivate var predecessor: [UInt8]? {
        var bytes = self
        for index in indices.reversed() {
            bytes[index] &-= 1
            if bytes[index] != .max { return bytes }
        }
        return nil
    }
}

extension NetlinkSocket {
    /// The elements of a set or map, in no order.
    ///
    /// Equivalent to: `nft list set FAMILY TABLE SET`.
    public func elements(of set: Netfilter.NamedSet) throws(NetlinkError) -> [Netfilter.Element] {
        let parts = try dump(.elements(of: set)) { body throws(NetlinkError) in try ElementPart.list(body) }
        return Netfilter.Element.joined(parts.flatMap(\.self), in: set)
    }
}
