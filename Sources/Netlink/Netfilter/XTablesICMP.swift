public import Addressing
import CLinux

extension Netfilter {
    /// What sort of message a packet of ICMP or ICMPv6 is.
    public struct Message: Hashable, Sendable {
        /// The protocol's number over IP.
        public let transport: UInt8
        /// What it is about, the header's first byte.
        public let type: UInt8
        /// More about that, the second byte.
        public let code: UInt8

        /// An echo request, or the reply to one (RFC 792, RFC 4443 §4).
        public static func echo(_ family: IPFamily, isReply: Bool) -> Message {
            switch family {
            case .v4:
                Message(
                    transport: UInt8(IPPROTO_ICMP), type: UInt8(isReply ? ICMP_ECHOREPLY : ICMP_ECHO), code: 0)
            case .v6:
                Message(
                    transport: UInt8(IPPROTO_ICMPV6), type: UInt8(isReply ? ICMPV6_ECHO_REPLY : ICMPV6_ECHO_REQUEST),
                    code: 0)
            }
        }
    }
}

extension Netfilter.Extension {
    /// Whether `-m icmp` or `-m icmp6` is true of a message of its protocol; `nil` for other matches.
    public func matches(_ message: Netfilter.Message) -> Bool? {
        if let info = structure("icmp", revision: 0, ipt_icmp.self) {
            // A type of 255 is every one (`icmp_type_code_match`, net/ipv4/netfilter/ip_tables.c).
            let isOfType = info.type == .max || info.type == message.type && isWithin(info.code, message.code)
            return isOfType != (info.invflags & UInt8(IPT_ICMP_INV) != 0)
        }
        if let info = structure("icmp6", revision: 0, ip6t_icmp.self) {
            let isOfType = info.type == message.type && isWithin(info.code, message.code)
            return isOfType != (info.invflags & UInt8(IP6T_ICMP_INV) != 0)
        }
        return nil
    }

    private func isWithin(_ range: (UInt8, UInt8), _ code: UInt8) -> Bool { range.0 <= code && code <= range.1 }
}
