import CLinux

/// `NFTA_RULE_*`.
enum RuleSpace {}

/// `NFTA_RULE_COMPAT_*`.
enum RuleCompatSpace {}

extension Netfilter {
    /// A rule of nf_tables.
    public struct Rule: Hashable, Sendable {
        /// The family of its table.
        public var family: Family
        /// The name of its table (`NFTA_RULE_TABLE`).
        public var table: String
        /// The name of its chain (`NFTA_RULE_CHAIN`).
        public var chain: String
        /// What its chain knows it by, which the kernel gives (`NFTA_RULE_HANDLE`).
        public var handle: UInt64?
        /// What it does, in order (`NFTA_RULE_EXPRESSIONS`).
        public var expressions: [Expression]
        /// The protocol that matches and targets of x_tables in it may count on; not to be read back (`NFTA_RULE_COMPAT_PROTO`).
        public var compatProtocol: UInt8?
        /// What its maker noted (`NFTA_RULE_USERDATA`).
        public var userData: UserData

        /// A rule of the chain `chain`.
        public init(
            _ family: Family, table: String, chain: String, _ expressions: [Expression],
            compatProtocol: UInt8? = nil, userData: UserData = UserData()
        ) {
            self.family = family
            self.table = table
            self.chain = chain
            self.expressions = expressions
            self.compatProtocol = compatProtocol
            self.userData = userData
        }
    }

    /// Where in its chain a new rule is put.
    public enum Placement: Hashable, Sendable {
        /// Before all others.
        case first
        /// After all others.
        case last
        /// Before the rule of that handle.
        case before(UInt64)
        /// After the rule of that handle.
        case after(UInt64)
    }
}

extension MessageType {
    static let newRule = MessageType(NFT_MSG_NEWRULE, "NFT_MSG_NEWRULE")
}

extension Request {
    /// Makes a rule (`NFT_MSG_NEWRULE`).
    ///
    /// Equivalent to: `nft add rule …`, `nft insert rule …`.
    /// - Parameter subject: The rule in words that the user knows.
    public static func addRule(_ rule: Netfilter.Rule, _ placement: Netfilter.Placement, subject: String) -> Request {
        let place: (flags: Flags, handle: UInt64?) =
            switch placement {
            case .first: (.create, nil)
            case .last: ([.create, .append], nil)
            case .before(let handle): (.create, handle)
            case .after(let handle): ([.create, .append], handle)
            }
        return Request(
            .newRule, place.flags, about: subject,
            header: nfgenmsg(rule.family),
            [
                Attribute<RuleSpace>(NFTA_RULE_TABLE, rule.table),
                Attribute(NFTA_RULE_CHAIN, rule.chain),
                place.handle.map { Attribute(NFTA_RULE_POSITION, bigEndian: $0) },
                Attribute(NFTA_RULE_EXPRESSIONS, nest: rule.expressions.map(\.attribute)),
                rule.compatProtocol.map { Attribute(NFTA_RULE_COMPAT, nest: compatibility($0)) },
                rule.userData.isEmpty ? nil : Attribute(NFTA_RULE_USERDATA, bytes: rule.userData.bytes),
            ])
    }

    private static func compatibility(_ number: UInt8) -> [Attribute<RuleCompatSpace>?] {
        [
            Attribute(NFTA_RULE_COMPAT_PROTO, bigEndian: UInt32(number)),
            Attribute(NFTA_RULE_COMPAT_FLAGS, bigEndian: UInt32(0)),
        ]
    }

    /// Deletes the rule of that handle (`NFT_MSG_DELRULE`).
    ///
    /// Equivalent to: `nft delete rule FAMILY TABLE CHAIN handle HANDLE`.
    /// - Parameter subject: The rule in words that the user knows.
    public static func deleteRule(
        _ family: Netfilter.Family, table: String, chain: String, handle: UInt64, subject: String
    ) -> Request {
        Request(
            MessageType(NFT_MSG_DELRULE, "NFT_MSG_DELRULE"), about: subject, header: nfgenmsg(family),
            [
                Attribute<RuleSpace>(NFTA_RULE_TABLE, table),
                Attribute(NFTA_RULE_CHAIN, chain),
                Attribute(NFTA_RULE_HANDLE, bigEndian: handle),
            ])
    }

    /// Asks for the rules of a family, or of one table of it; for `NetlinkSocket.dump` (`NFT_MSG_GETRULE`).
    public static func rules(_ family: Netfilter.Family, table: String? = nil) -> Request {
        Request(
            MessageType(NFT_MSG_GETRULE, "NFT_MSG_GETRULE", modifies: false),
            about: "rules of \(family)\(table.map { " \($0)" } ?? "")", header: nfgenmsg(family),
            [table.map { Attribute<RuleSpace>(NFTA_RULE_TABLE, $0) }])
    }
}

extension Netfilter.Rule {
    /// Reads what follows the header of a message `NFT_MSG_NEWRULE`.
    init(parsing body: RawSpan) throws(NetlinkError) {
        let family = Netfilter.Family(rawValue: try body.structure(nfgenmsg.self).nfgen_family)
        var rule = Self(family, table: "", chain: "", [])
        try body.forEachAttribute(after: nfgenmsg.self) { type, value throws(NetlinkError) in
            switch nft_rule_attributes(UInt32(type)) {
            case NFTA_RULE_TABLE: rule.table = value.text()
            case NFTA_RULE_CHAIN: rule.chain = value.text()
            case NFTA_RULE_HANDLE: rule.handle = try value.bigEndian()
            case NFTA_RULE_USERDATA: rule.userData = Netfilter.UserData(bytes: value.array())
            case NFTA_RULE_EXPRESSIONS:
                try value.forEachAttribute { _, element throws(NetlinkError) in
                    rule.expressions.append(try Netfilter.Expression(parsing: element))
                }
            default: break
            }
        }
        self = rule
    }
}

extension NetlinkSocket {
    /// The rules of a family, or of one table of it, by chain and in the order in which packets meet them.
    ///
    /// Equivalent to: `nft -a list table FAMILY TABLE`.
    public func rules(
        _ family: Netfilter.Family, table: String? = nil
    ) throws(NetlinkError) -> [Netfilter.Rule] {
        try dump(.rules(family, table: table)) { body throws(NetlinkError) in try Netfilter.Rule(parsing: body) }
    }
}
