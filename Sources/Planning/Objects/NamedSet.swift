import Addressing

/// A named set of nf_tables, or a map that leads from its keys to verdicts or addresses.
public struct NamedSet: Hashable, Sendable {
    /// A part of a key.
    public enum Field: Hashable, Sendable {
        /// The name of an interface.
        case interface
        /// An address of the table's family.
        case address
        /// The number of a protocol over IP.
        case transport
        /// A port.
        case port
    }

    /// What the keys of a map lead to.
    public enum Values: Hashable, Sendable {
        /// What becomes of the packet.
        case verdicts
        /// An address for the packet to leave with.
        case addresses
        /// An address and a port to send the packet to.
        case destinations
    }

    /// The table that holds the set.
    public var table: Table
    /// Its name.
    public var name: String
    /// The parts of a key.
    public var key: [Field]
    /// What the keys of a map lead to; absent for a set.
    public var values: Values?
    /// Whether an address in a key stands for a prefix.
    public var hasRanges: Bool

    /// The set `name` of `table`, or the map if it has `values`.
    public init(_ table: Table, _ name: String, key: [Field], values: Values? = nil, hasRanges: Bool = false) {
        self.table = table
        self.name = name
        self.key = key
        self.values = values
        self.hasRanges = hasRanges
    }

    /// The identity of the set `name` of `table`.
    public static func id(_ table: Table, _ name: String) -> ObjectID {
        ObjectID(.set, table.namespace, "\(table.idName) \(name)")
    }
}

extension NamedSet: Reconcilable {
    /// Table and name.
    public var id: ObjectID { Self.id(table, name) }
    /// The table.
    public var requires: [ObjectID] { [table.id] }
    /// The namespace alone: elements, sets and tables are deleted one by one, so that what others put there is not taken along.
    public var owners: [ObjectID] { table.owners }
    /// A set has nothing that could change.
    public func canBecome(_ other: NamedSet) -> Bool { true }
}

extension NamedSet {
    /// `set` or `map`, as nft calls it.
    var noun: String { values == nil ? "set" : "map" }

    /// The set's type in the words of nft: `{ type ifname . ipv4_addr; flags interval; }`.
    var specification: String {
        let isIPv4 = table.family == .v4
        let address = isIPv4 ? "ipv4_addr" : "ipv6_addr"
        let fields = key.map { field in
            switch field {
            case .interface: "ifname"
            case .address: address
            case .transport: "inet_proto"
            case .port: "inet_service"
            }
        }
        let value =
            switch values {
            case nil: ""
            case .verdicts: " : verdict"
            case .addresses: " : \(address)"
            case .destinations: " : \(address) . inet_service"
            }
        return "{ type \(fields.joined(separator: " . "))\(value);" + (hasRanges ? " flags interval;" : "") + " }"
    }
}
