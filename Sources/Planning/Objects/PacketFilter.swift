/// A program that all packets go through which leave by a link.
public struct PacketFilter: Hashable, Sendable {
    /// Which program it is.
    public enum Program: Hashable, Sendable {
        /// The one of ours that turns IPv6 packets into IPv4 ones and back.
        case translator
        /// Another, of this name.
        case other(String)
    }

    /// Where the link is.
    public var namespace: Namespace
    /// The link.
    public var link: String
    /// What the packets go through.
    public var program: Program

    /// `program` at the way out of `link`.
    public init(namespace: Namespace, link: String, program: Program) {
        self.namespace = namespace
        self.link = link
        self.program = program
    }
}

extension PacketFilter: Reconcilable {
    /// The link.
    public var id: ObjectID { ObjectID(.filter, namespace, link) }
    /// The link's hook.
    public var requires: [ObjectID] { [Qdisc.id(namespace, link)] }
    /// The same.
    public var owners: [ObjectID] { requires }
    /// One program takes another's place with no packet in between.
    public func canBecome(_ other: PacketFilter) -> Bool { true }
}

extension PacketFilter.Program: CustomStringConvertible {
    /// What the program does, or what it is called.
    public var description: String {
        switch self {
        case .translator: "IPv6 to IPv4"
        case .other(let name): name
        }
    }
}
