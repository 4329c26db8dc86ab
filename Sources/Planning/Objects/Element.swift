public import Addressing

/// An element of a named set or map: what there is to know of one bridge, address or published port.
public struct Element: Hashable, Sendable {
    /// A part of the key.
    public enum Part: Hashable, Sendable {
        /// The name of an interface.
        case interface(String)
        /// An address.
        case address(IPAddress)
        /// All addresses of a prefix.
        case subnet(Subnet)
        /// A protocol over IP.
        case transport(Rule.InternetProtocol)
        /// A port.
        case port(UInt16)
    }

    /// What the key leads to.
    public enum Value: Hashable, Sendable {
        case accept, drop
        case address(IPAddress)
        case destination(IPAddress, UInt16)
    }

    /// The set or map that holds the element.
    public var set: NamedSet
    /// The parts of its key.
    public var key: [Part]
    /// What the key leads to, in a map.
    public var value: Value?
    /// The mark of ownership.
    public var comment: String?

    /// The element of `set` with that key.
    public init(of set: NamedSet, _ key: [Part], value: Value? = nil, comment: String?) {
        self.set = set
        self.key = key
        self.value = value
        self.comment = comment
    }
}

extension Element: Reconcilable {
    /// The set and the key.
    public var id: ObjectID { ObjectID(.element, set.table.namespace, "\(set.table.idName) \(set.name) \(keyText)") }
    /// The set.
    public var requires: [ObjectID] { [set.id] }
    /// The namespace.
    public var owners: [ObjectID] { self.set.table.owners }
    /// An element is deleted and made anew.
    public func canBecome(_ other: Element) -> Bool { false }
}

extension Element {
    private var keyText: String { key.map(\.text).joined(separator: " . ") }

    /// The element in the words of nft: `tcp . 8080 comment "weft:shop" : 10.0.0.2 . 80`.
    var specification: String {
        keyText + (comment.map { " comment \"\($0)\"" } ?? "") + (value.map { " : \($0.text)" } ?? "")
    }

    /// The interfaces in the key.
    public var interfaces: [String] {
        key.compactMap { if case .interface(let name) = $0 { name } else { nil } }
    }
}

extension Element.Part {
    fileprivate var text: String {
        switch self {
        case .interface(let name): "\"\(name)\""
        case .address(let address): "\(address)"
        case .subnet(let subnet): "\(subnet)"
        case .transport(let number): number.name
        case .port(let number): "\(number)"
        }
    }
}

extension Element.Value {
    fileprivate var text: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .address(let address): "\(address)"
        case .destination(let address, let port): "\(address) . \(port)"
        }
    }
}
