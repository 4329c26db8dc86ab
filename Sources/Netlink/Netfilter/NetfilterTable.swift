import CLinux

/// `NFTA_TABLE_*`.
enum TableSpace {}

extension Netfilter {
    /// A table of nf_tables.
    public struct Table: Hashable, Sendable {
        /// The packets that it sees.
        public var family: Family
        /// Its name (`NFTA_TABLE_NAME`).
        public var name: String
        /// How many chains, sets and objects it holds, when the kernel told of it (`NFTA_TABLE_USE`).
        public var use: UInt32?
        /// What its maker noted (`NFTA_TABLE_USERDATA`).
        public var userData: UserData

        /// The table `name` of `family`.
        public init(_ family: Family, _ name: String, userData: UserData = UserData()) {
            self.family = family
            self.name = name
            self.userData = userData
        }
    }
}

extension Netfilter.Table: CustomStringConvertible {
    /// `ip filter`.
    public var description: String { "\(family) \(name)" }
}

extension MessageType {
    static let newTable = MessageType(NFT_MSG_NEWTABLE, "NFT_MSG_NEWTABLE")
}

extension Request {
    /// Makes a table; one that is there stays as it is (`NFT_MSG_NEWTABLE`).
    ///
    /// Equivalent to: `nft add table FAMILY NAME`.
    public static func addTable(_ table: Netfilter.Table) -> Request {
        Request(
            .newTable, .create, about: "table \(table)",
            header: nfgenmsg(table.family),
            [
                Attribute<TableSpace>(NFTA_TABLE_NAME, table.name),
                table.userData.isEmpty ? nil : Attribute(NFTA_TABLE_USERDATA, bytes: table.userData.bytes),
            ])
    }

    /// Deletes a table; `EBUSY` if anything is in it (`NFT_MSG_DELTABLE`, `NLM_F_NONREC`).
    public static func deleteTable(_ table: Netfilter.Table) -> Request {
        Request(
            MessageType(NFT_MSG_DELTABLE, "NFT_MSG_DELTABLE"), .nonRecursive, about: "table \(table)",
            header: nfgenmsg(table.family), [Attribute<TableSpace>(NFTA_TABLE_NAME, table.name)])
    }

    /// Asks for the tables of a family; for `NetlinkSocket.dump` (`NFT_MSG_GETTABLE`).
    public static func tables(_ family: Netfilter.Family) -> Request {
        Request(
            MessageType(NFT_MSG_GETTABLE, "NFT_MSG_GETTABLE", modifies: false), about: "tables of \(family)",
            header: nfgenmsg(family), [Attribute<TableSpace>]())
    }
}

extension Request.Flags {
    /// Refuse to delete what is not empty (`NLM_F_NONREC`).
    static let nonRecursive = Request.Flags(rawValue: UInt16(NLM_F_NONREC))
}

extension Netfilter.Table {
    /// Reads what follows the header of a message `NFT_MSG_NEWTABLE`.
    init(parsing body: RawSpan) throws(NetlinkError) {
        self.init(Netfilter.Family(rawValue: try body.structure(nfgenmsg.self).nfgen_family), "")
        var table = self
        try body.forEachAttribute(after: nfgenmsg.self) { type, value throws(NetlinkError) in
            switch nft_table_attributes(UInt32(type)) {
            case NFTA_TABLE_NAME: table.name = value.text()
            case NFTA_TABLE_USE: table.use = try value.bigEndian()
            case NFTA_TABLE_USERDATA: table.userData = Netfilter.UserData(bytes: value.array())
            default: break
            }
        }
        self = table
    }
}

extension NetlinkSocket {
    /// The tables of a family.
    ///
    /// Equivalent to: `nft list tables FAMILY`.
    public func tables(_ family: Netfilter.Family) throws(NetlinkError) -> [Netfilter.Table] {
        try dump(.tables(family)) { body throws(NetlinkError) in try Netfilter.Table(parsing: body) }
    }
}
