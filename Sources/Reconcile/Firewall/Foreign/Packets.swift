import Addressing
import Netlink
import Planning

/// Packets of one kind, as far as rules can tell them from others.
struct Packets: Hashable, Sendable {
    /// Where on their way the packets are.
    enum Place: Hashable, Sendable, CaseIterable {
        /// They just came in, and their destination is what the sender wrote.
        case prerouting
        /// They are for the host itself.
        case input
        /// They are about to leave, and came from elsewhere.
        case forward
        /// The host sends them.
        case output

        /// The chain of iptables that is there.
        var chain: BuiltInChain {
            switch self {
            case .prerouting: .prerouting
            case .input: .input
            case .forward: .forward
            case .output: .output
            }
        }

        /// The hook's number (`enum nf_inet_hooks`, linux/netfilter.h).
        var hookNumber: UInt32 { chain.hookNumber }
    }

    /// What is known of an interface.
    enum Interface: Hashable, Sendable {
        /// It has this name, and this number if it is there.
        case known(String, index: Int32?)
        /// It is any but the one of this name.
        case other(than: String?)
        /// There is none yet, or none any more.
        case none
    }

    /// The protocol over IP.
    enum Transport: Hashable, Sendable {
        case udp(destinationPort: UInt16)
        case gre
        /// ICMP or ICMPv6, with this sort of message.
        case message(Netfilter.Message)

        /// Its number in IP's header.
        var number: UInt8 {
            switch self {
            case .udp: 17
            case .gre: 47
            case .message(let message): message.transport
            }
        }

        /// What `count` bytes of its header are; `nil` where the packets differ in them.
        func header(at offset: UInt32, _ count: UInt32) -> [UInt8]? {
            let (start, bytes): (UInt32, [UInt8]) =
                switch self {
                case .udp(let port): (TransportHeader.destinationPort, port.bytes)
                case .gre: (0, [])
                case .message(let message): (0, [message.type, message.code])
                }
            guard offset >= start, count > 0, Int(offset - start) + Int(count) <= bytes.count else { return nil }
            return Array(bytes.dropFirst(Int(offset - start)).prefix(Int(count)))
        }
    }

    var family: IPFamily
    var place: Place
    var input: Interface
    var output: Interface
    /// What the packets' source is one of, if that is known.
    var source: Subnet?
    /// What the packets' destination is one of, if that is known.
    var destination: Subnet?
    /// The protocol; absent where the packets have various.
    var transport: Transport?
    /// Whether the packets go back to who opened the connection.
    var isReply = false
    /// Whether the connection's destination was rewritten.
    var isTranslated = false

    /// Whether they differ in their addresses or their protocols.
    var areVarious: Bool {
        transport == nil || [source, destination].contains { $0.map { $0.hostBits > 0 } ?? true }
    }
}

extension Netfilter.Chain {
    /// Whether the packets come to the chain.
    func sees(_ packets: Packets) -> Bool {
        hook?.number == packets.place.hookNumber
            && (family == .inet || family == Netfilter.Family(packets.family))
    }
}
