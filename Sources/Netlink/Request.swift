import CLinux

/// A message to the kernel: a value that can be compared, printed and sent.
public struct Request: Hashable, Sendable {
    /// What the kernel is asked to do.
    public let type: MessageType
    /// How: `NLM_F_*`.
    public var flags: Flags
    /// What it is about, for people, such as `link web0`.
    public let subject: String
    /// The fixed structure before the attributes, such as `struct ifinfomsg`.
    let header: [UInt8]
    let attributes: [Node]

    /// A message of the protocol's fixed `header` and attributes of the space that belongs to it.
    init<Header: BitwiseCopyable, Space>(
        _ type: MessageType, _ flags: Flags = [], about subject: String, header: Header,
        _ attributes: [Attribute<Space>?]
    ) {
        self.type = type
        self.flags = flags
        self.subject = subject
        self.header = wireBytes(of: header)
        var nodes: [Node] = []
        nodes.reserveCapacity(attributes.count)
        for attribute in attributes { if let attribute { nodes.append(attribute.node) } }
        self.attributes = nodes
    }

    /// Flags of a request (`NLM_F_*`, netlink(7)).
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits.
        public let rawValue: UInt16

        /// The flags of these bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        private init(_ flag: Int32) { rawValue = UInt16(truncatingIfNeeded: flag) }

        /// Make the object if it is not there.
        public static let create = Flags(NLM_F_CREATE)
        /// Refuse if the object is there (`EEXIST`).
        public static let exclusive = Flags(NLM_F_EXCL)
        /// Replace the object if it is there.
        public static let replace = Flags(NLM_F_REPLACE)
        /// Add after the objects that are there.
        public static let append = Flags(NLM_F_APPEND)
        /// Return all objects.
        public static let dump = Flags(NLM_F_DUMP)
        /// Answer also when it went well.
        public static let acknowledge = Flags(NLM_F_ACK)
        /// Send the object back as it was made.
        public static let echo = Flags(NLM_F_ECHO)
    }
}

extension Request: CustomStringConvertible {
    /// `RTM_NEWLINK link web0`.
    public var description: String { "\(type.name) \(subject)" }
}

/// The type of a message; what a number means depends on the protocol.
public struct MessageType: Hashable, Sendable {
    /// The number in the message's header.
    public let rawValue: UInt16
    /// The kernel's name, such as `RTM_NEWLINK`.
    public let name: String
    /// Whether such a message changes the machine, rather than asks it.
    public let modifies: Bool

    /// The type `rawValue`, called `name`.
    init(_ rawValue: some BinaryInteger, _ name: String, modifies: Bool = true) {
        self.rawValue = UInt16(rawValue)
        self.name = name
        self.modifies = modifies
    }

    /// Compares the numbers; the name says the same.
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
    /// Hashes the number.
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
