import CLinux

/// `NFTA_CHAIN_*`.
enum ChainSpace {}

/// `NFTA_HOOK_*`.
enum HookSpace {}

extension Netfilter {
    /// A chain of nf_tables.
    public struct Chain: Hashable, Sendable {
        /// Where packets come to a base chain.
        public struct Hook: Hashable, Sendable {
            /// The chain's type: `filter`, `nat` or `route` (`NFTA_CHAIN_TYPE`).
            public var type: String
            /// The hook's number (`NF_INET_…`; `NFTA_HOOK_HOOKNUM`).
            public var number: UInt32
            /// Place among the chains of the hook, lowest first (`NFTA_HOOK_PRIORITY`).
            public var priority: Int32
            /// What happens to a packet that comes to the chain's end (`NFTA_CHAIN_POLICY`).
            public var policy: Policy

            /// The hook `number` for a chain of `type`.
            public init(type: String, number: UInt32, priority: Int32, policy: Policy = .accept) {
                self.type = type
                self.number = number
                self.priority = priority
                self.policy = policy
            }
        }

        /// What happens to a packet that comes to the end of a base chain.
        public enum Policy: UInt32, Hashable, Sendable {
            /// `NF_DROP`.
            case drop = 0
            /// `NF_ACCEPT`.
            case accept = 1
        }

        /// The family of its table.
        public var family: Family
        /// The name of its table (`NFTA_CHAIN_TABLE`).
        public var table: String
        /// Its name (`NFTA_CHAIN_NAME`).
        public var name: String
        /// The hook of a base chain.
        public var hook: Hook?
        /// How many rules it holds and how many lead to it, when the kernel told of it (`NFTA_CHAIN_USE`).
        public var use: UInt32?
        /// What its maker noted (`NFTA_CHAIN_USERDATA`).
        public var userData: UserData

        /// The chain `name` of a table.
        public init(
            _ family: Family, table: String, _ name: String, hook: Hook? = nil, userData: UserData = UserData()
        ) {
            self.family = family
            self.table = table
            self.name = name
            self.hook = hook
            self.userData = userData
        }
    }
}

extension Netfilter.Chain: CustomStringConvertible {
    /// `ip filter FORWARD`.
    public var description: String { "\(family) \(table) \(name)" }
}

extension Request {
    /// Makes a chain; one that is there stays, but for its policy (`NFT_MSG_NEWCHAIN`).
    ///
    /// Equivalent to: `nft add chain FAMILY TABLE NAME`.
    public static func addChain(_ chain: Netfilter.Chain) -> Request {
        Request(
            MessageType(NFT_MSG_NEWCHAIN, "NFT_MSG_NEWCHAIN"), .create, about: "chain \(chain)",
            header: nfgenmsg(chain.family),
            [
                Attribute<ChainSpace>(NFTA_CHAIN_TABLE, chain.table),
                Attribute(NFTA_CHAIN_NAME, chain.name),
                chain.hook.map { Attribute(NFTA_CHAIN_HOOK, nest: $0.attributes) },
                chain.hook.map { Attribute(NFTA_CHAIN_POLICY, bigEndian: $0.policy.rawValue) },
                chain.hook.map { Attribute(NFTA_CHAIN_TYPE, $0.type) },
                chain.userData.isEmpty ? nil : Attribute(NFTA_CHAIN_USERDATA, bytes: chain.userData.bytes),
            ])
    }

    /// Deletes a chain; `EBUSY` if it holds a rule, or a rule leads to it (`NFT_MSG_DELCHAIN`, `NLM_F_NONREC`).
    ///
    /// Equivalent to: `nft delete chain FAMILY TABLE NAME`.
    public static func deleteChain(_ chain: Netfilter.Chain) -> Request {
        Request(
            MessageType(NFT_MSG_DELCHAIN, "NFT_MSG_DELCHAIN"), .nonRecursive, about: "chain \(chain)",
            header: nfgenmsg(chain.family),
            [Attribute<ChainSpace>(NFTA_CHAIN_TABLE, chain.table), Attribute(NFTA_CHAIN_NAME, chain.name)])
    }

    /// Asks for the chains of a family; for `NetlinkSocket.dump` (`NFT_MSG_GETCHAIN`).
    public static func chains(_ family: Netfilter.Family) -> Request {
        Request(
            MessageType(NFT_MSG_GETCHAIN, "NFT_MSG_GETCHAIN", modifies: false), about: "chains of \(family)",
            header: nfgenmsg(family), [Attribute<ChainSpace>]())
    }
}

extension Netfilter.Chain.Hook {
    fileprivate var attributes: [Attribute<HookSpace>?] {
        [Attribute(NFTA_HOOK_HOOKNUM, bigEndian: number), Attribute(NFTA_HOOK_PRIORITY, bigEndian: priority)]
    }

    /// Reads the value of `NFTA_CHAIN_HOOK`.
    fileprivate mutating func read(_ nest: RawSpan) throws(NetlinkError) {
        var hook = self
        try nest.forEachAttribute { type, value throws(NetlinkError) in
            switch nft_hook_attributes(UInt32(type)) {
            case NFTA_HOOK_HOOKNUM: hook.number = try value.bigEndian()
            case NFTA_HOOK_PRIORITY: hook.priority = try value.bigEndian()
            default: break
            }
        }
        self = hook
    }
}

extension Netfilter.Chain {
    /// Reads what follows the header of a message `NFT_MSG_NEWCHAIN`.
    init(parsing body: RawSpan) throws(NetlinkError) {
        var chain = Self(Netfilter.Family(rawValue: try body.structure(nfgenmsg.self).nfgen_family), table: "", "")
        var hook = Hook(type: "", number: 0, priority: 0)
        var isBase = false
        try body.forEachAttribute(after: nfgenmsg.self) { type, value throws(NetlinkError) in
            switch nft_chain_attributes(UInt32(type)) {
            case NFTA_CHAIN_TABLE: chain.table = value.text()
            case NFTA_CHAIN_NAME: chain.name = value.text()
            case NFTA_CHAIN_USE: chain.use = try value.bigEndian()
            case NFTA_CHAIN_USERDATA: chain.userData = Netfilter.UserData(bytes: value.array())
            case NFTA_CHAIN_TYPE: hook.type = value.text()
            case NFTA_CHAIN_POLICY: hook.policy = Policy(rawValue: try value.bigEndian()) ?? .drop
            case NFTA_CHAIN_HOOK:
                isBase = true
                try hook.read(value)
            default: break
            }
        }
        if isBase { chain.hook = hook }
        self = chain
    }
}

extension NetlinkSocket {
    /// The chains of a family.
    ///
    /// Equivalent to: `nft list chains FAMILY`.
    public func chains(_ family: Netfilter.Family) throws(NetlinkError) -> [Netfilter.Chain] {
        try dump(.chains(family)) { body throws(NetlinkError) in try Netfilter.Chain(parsing: body) }
    }
}
