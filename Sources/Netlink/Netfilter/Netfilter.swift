public import Addressing
import CLinux

/// nf_tables, the kernel's packet filter (`linux/netfilter/nf_tables.h`): its tables, chains and rules.
///
/// All integers in its messages are in network byte order.
public enum Netfilter {
    /// The family of protocols whose packets a table sees (`NFPROTO_…`, linux/netfilter.h).
    public struct Family: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: UInt8
        /// The family with that number.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// In a question: all families (`NFPROTO_UNSPEC`).
        public static let any = Family(rawValue: UInt8(NFPROTO_UNSPEC))
        /// IPv4 and IPv6 alike (`NFPROTO_INET`).
        public static let inet = Family(rawValue: UInt8(NFPROTO_INET))
        /// IPv4 (`NFPROTO_IPV4`).
        public static let ip = Family(rawValue: UInt8(NFPROTO_IPV4))
        /// IPv6 (`NFPROTO_IPV6`).
        public static let ip6 = Family(rawValue: UInt8(NFPROTO_IPV6))

        /// The family of the packets of one version of the Internet Protocol.
        public init(_ family: IPFamily) { self = family == .v4 ? .ip : .ip6 }
    }
}

extension Netfilter.Family: CustomStringConvertible {
    /// The name that `nft` gives it, such as `ip6`.
    public var description: String {
        switch self {
        case .any: "any"
        case .inet: "inet"
        case .ip: "ip"
        case .ip6: "ip6"
        default: "family \(rawValue)"
        }
    }
}

extension nfgenmsg {
    /// The header of every message of netfilter.
    init(_ family: Netfilter.Family, resource: Int32 = 0) {
        self.init(
            nfgen_family: family.rawValue, version: UInt8(NFNETLINK_V0), res_id: UInt16(resource).bigEndian)
    }
}

extension MessageType {
    /// The message `type` of nf_tables, called `name`.
    init(_ type: nf_tables_msg_types, _ name: String, modifies: Bool = true) {
        self.init(UInt32(NFNL_SUBSYS_NFTABLES) << 8 | type.rawValue, name, modifies: modifies)
    }
}

// The attributes of nf_tables are members of named enumerations.
extension Attribute {
    init(_ type: some RawRepresentable<UInt32>, bigEndian value: some FixedWidthInteger & BitwiseCopyable) {
        self.init(type.rawValue, bigEndian: value)
    }

    init(_ type: some RawRepresentable<UInt32>, _ text: String) { self.init(type.rawValue, text) }

    init(_ type: some RawRepresentable<UInt32>, bytes: [UInt8]) { self.init(type.rawValue, bytes: bytes) }

    init<Inner>(_ type: some RawRepresentable<UInt32>, nest: [Attribute<Inner>?]) {
        self.init(type.rawValue, nest: nest)
    }
}
