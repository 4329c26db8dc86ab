public import Addressing

/// A rule of our own tables, in the terms of nft.
public struct NativeRule: Hashable, Sendable {
    /// What of a packet is looked up.
    public enum Selector: Hashable, Sendable {
        case inputInterface, outputInterface, source, destination, transport, destinationPort
    }

    /// One step of a rule; a condition that does not hold ends the rule.
    public enum Step: Hashable, Sendable {
        /// The packet belongs to a connection that is known, or is about one.
        case isReply
        /// The connection's destination was rewritten.
        case isTranslated
        /// The packet goes to an address of the host.
        case isToLocalAddress
        /// It came in by another interface.
        case isNotInput(String)
        /// It leaves by that interface.
        case isOutput(String)
        /// An address of the packet is one of the subnet.
        case isWithin(Selector, Subnet)
        /// What is selected is in the set.
        case isIn([Selector], NamedSet)
        /// What the map says becomes of the packet; what it does not know of goes on.
        case verdict([Selector], NamedSet)
        /// The connection is sent where the map says.
        case destination([Selector], NamedSet)
        /// The connection leaves with the address that the map says.
        case source([Selector], NamedSet)
        /// The connection leaves with that address.
        case sourceAddress(IPAddress)
        /// The connection gets the address of the interface that it leaves by.
        case masquerade
        case accept, drop
        case jump(String)
    }

    /// The table that holds the rule.
    public var table: Table
    /// The chain that holds the rule.
    public var chain: String
    /// Its place among our rules of the chain: lower ones come first.
    public var place: Int
    /// What it does, in order.
    public var steps: [Step]
    /// How many rules that say the same come before it in the chain; 0 but for what somebody doubled.
    public var occurrence = 0
    /// Whether it stands on the wrong side of others of ours in its chain, where somebody moved it to.
    public var isMisplaced = false

    /// A rule of `chain` at that place.
    public init(_ table: Table, _ chain: String, place: Int, _ steps: [Step]) {
        self.table = table
        self.chain = chain
        self.place = place
        self.steps = steps
    }

    /// The chain that the rule leads to.
    public var destination: String? {
        for case .jump(let chain) in steps { return chain }
        return nil
    }

    /// The sets and maps in which the rule looks things up.
    public var sets: [NamedSet] {
        steps.compactMap { step in
            switch step {
            case .isIn(_, let set), .verdict(_, let set), .destination(_, let set), .source(_, let set): set
            default: nil
            }
        }
    }
}

extension NativeRule: Reconcilable {
    /// Table, chain and the rule as nft writes it.
    public var id: ObjectID {
        ObjectID(
            .rule, table.namespace,
            "\(table.idName) \(specification)" + (occurrence > 0 ? " #\(occurrence)" : ""))
    }
    /// Its chain, the one it leads to, and the sets.
    public var requires: [ObjectID] {
        [Chain.id(table, chain)] + (destination.map { [Chain.id(table, $0)] } ?? []) + sets.map(\.id)
    }
    /// The namespace.
    public var owners: [ObjectID] { table.owners }
    /// The place in the chain is all that can differ between rules that say the same.
    public func canBecome(_ other: NativeRule) -> Bool { true }
}

extension NativeRule {
    /// The chain and the rule in the words of nft: `forward oifname vmap @into-bridge`.
    public var specification: String { ([chain] + steps.map { text(of: $0) }).joined(separator: " ") }

    private var family: String { table.family == .v4 ? "ip" : "ip6" }

    private func text(of step: Step) -> String {
        switch step {
        case .isReply: "ct state established,related"
        case .isTranslated: "ct status dnat"
        case .isToLocalAddress: "fib daddr type local"
        case .isNotInput(let name): "iifname != \"\(name)\""
        case .isOutput(let name): "oifname \"\(name)\""
        case .isWithin(let selector, let subnet): "\(text(of: [selector])) \(subnet)"
        case .isIn(let selectors, let set): "\(text(of: selectors)) @\(set.name)"
        case .verdict(let selectors, let map): "\(text(of: selectors)) vmap @\(map.name)"
        case .destination(let selectors, let map): "dnat \(family) to \(text(of: selectors)) map @\(map.name)"
        case .source(let selectors, let map): "snat \(family) to \(text(of: selectors)) map @\(map.name)"
        case .sourceAddress(let address): "snat \(family) to \(address)"
        case .masquerade: "masquerade"
        case .accept: "accept"
        case .drop: "drop"
        case .jump(let chain): "jump \(chain)"
        }
    }

    private func text(of selectors: [Selector]) -> String {
        selectors.map { selector in
            switch selector {
            case .inputInterface: "iifname"
            case .outputInterface: "oifname"
            case .source: "\(family) saddr"
            case .destination: "\(family) daddr"
            case .transport: "meta l4proto"
            case .destinationPort: "th dport"
            }
        }.joined(separator: " . ")
    }
}
