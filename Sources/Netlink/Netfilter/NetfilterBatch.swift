import CLinux
import Glibc
import Linux

/// `NFNL_BATCH_*` (linux/netfilter/nfnetlink.h).
enum BatchSpace {}

/// `NFTA_GEN_*`.
enum GenerationSpace {}

extension Request {
    /// Asks for the generation of the rule set (`NFT_MSG_GETGEN`); see `NetlinkSocket.ruleSetGeneration`.
    static var ruleSetGeneration: Request {
        Request(
            MessageType(NFT_MSG_GETGEN, "NFT_MSG_GETGEN", modifies: false), about: "rule set",
            header: nfgenmsg(.any), [Attribute<GenerationSpace>]())
    }

    /// The first message of a transaction (`NFNL_MSG_BATCH_BEGIN`).
    static func batchBegin(generation: UInt32?) -> Request {
        Request(
            MessageType(NFNL_MSG_BATCH_BEGIN, "NFNL_MSG_BATCH_BEGIN", modifies: false), about: "rule set",
            header: nfgenmsg(.any, resource: NFNL_SUBSYS_NFTABLES),
            [generation.map { Attribute<BatchSpace>(NFNL_BATCH_GENID, bigEndian: $0) }])
    }

    /// The last message of a transaction (`NFNL_MSG_BATCH_END`).
    static var batchEnd: Request {
        Request(
            MessageType(NFNL_MSG_BATCH_END, "NFNL_MSG_BATCH_END", modifies: false), about: "rule set",
            header: nfgenmsg(.any, resource: NFNL_SUBSYS_NFTABLES), [Attribute<BatchSpace>]())
    }

    /// `changes` as one transaction for `NetlinkSocket.transact`: all of them happen at once, or none.
    ///
    /// - Parameter generation: What the rule set was when the changes were thought out. If it has changed since, nothing
    ///   happens, and the refusal's error is `ERESTART`.
    public static func transaction(_ changes: [Request], generation: UInt32? = nil) -> [Request] {
        guard var last = changes.last else { return [] }
        last.flags.insert(.acknowledge)
        return [.batchBegin(generation: generation)] + changes.dropLast() + [last, .batchEnd]
    }
}

extension NetlinkSocket {
    /// The number of the rule set of the socket's namespace, which every transaction changes (`NFTA_GEN_ID`).
    public func ruleSetGeneration() throws(NetlinkError) -> UInt32 {
        try get(.ruleSetGeneration) { body throws(NetlinkError) in
            var generation: UInt32?
            try body.forEachAttribute(after: nfgenmsg.self) { type, value throws(NetlinkError) in
                if type == NFTA_GEN_ID.rawValue { generation = try value.bigEndian() }
            }
            return generation
        }
    }
}

extension NetlinkError {
    /// Whether a transaction was refused because the rule set is not of the generation that it was made for (`ERESTART`).
    public var isOutdatedRuleSet: Bool { errno?.rawValue == ERESTART }
}
