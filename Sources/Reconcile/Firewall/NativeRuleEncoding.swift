import Addressing
import Netlink
import Planning

extension NativeRule {
    /// The rule as `nft` writes it.
    var record: Netfilter.Rule {
        Netfilter.Rule(
            Netfilter.Family(table.family), table: table.name, chain: chain,
            steps.flatMap { $0.expressions(table.family) })
    }
}

extension NativeRule.Step {
    fileprivate func expressions(_ family: IPFamily) -> [Netfilter.Expression] {
        switch self {
        case .isReply: connection(.state, hasAnyOf: ConnectionBit.established | ConnectionBit.related)
        case .isTranslated: connection(.status, hasAnyOf: ConnectionBit.destinationTranslated)
        case .isToLocalAddress:
            [
                .route(.addressType, of: .destination, .first),
                .compare(.first, .equal, ConnectionBit.bytes(RouteType.local)),
            ]
        case .isNotInput(let name):
            [.meta(.inputName, .first), .compare(.first, .notEqual, Array(paddedName: name))]
        case .isOutput(let name):
            [.meta(.outputName, .first), .compare(.first, .equal, Array(paddedName: name))]
        case .isWithin(let selector, let subnet):
            Rule.Match.equal(subnet).expressions(at: selector.addressOffset(family))
        case .isIn(let selectors, let set):
            load(selectors, family) + [.lookup(set: set.name, .first, into: nil)]
        case .verdict(let selectors, let map):
            load(selectors, family) + [.lookup(set: map.name, .first, into: .verdict)]
        case .destination(let selectors, let map):
            load(selectors, family) + [
                .lookup(set: map.name, .first, into: .first),
                .destinationNAT(
                    Netfilter.Family(family), address: .first, port: .word(family.byteCount / Register.wordSize)),
            ]
        case .source(let selectors, let map):
            load(selectors, family) + [
                .lookup(set: map.name, .first, into: .first), .sourceNAT(Netfilter.Family(family), address: .first),
            ]
        case .sourceAddress(let address):
            [.constant(address.bytes, .first), .sourceNAT(Netfilter.Family(family), address: .first)]
        case .masquerade: [.masquerade]
        case .accept: [.verdict(.accept)]
        case .drop: [.verdict(.drop)]
        case .jump(let chain): [.verdict(.jump(chain))]
        }
    }

    private func connection(
        _ key: Netfilter.ConnectionKey, hasAnyOf bits: UInt32
    ) -> [Netfilter.Expression] {
        let none = ConnectionBit.bytes(0)
        return [
            .connection(key, .first),
            .bitwise(from: .first, .first, mask: ConnectionBit.bytes(bits), xor: none),
            .compare(.first, .notEqual, none),
        ]
    }

    /// Loads what is selected into registers one after the other.
    private func load(_ selectors: [NativeRule.Selector], _ family: IPFamily) -> [Netfilter.Expression] {
        var word = 0
        return selectors.map { selector in
            let register = Netfilter.Register.word(word)
            word += selector.byteCount(family) / Register.wordSize
            return selector.load(register, family)
        }
    }
}

/// How the kernel's registers are divided (`NFT_REG32_SIZE`, linux/netfilter/nf_tables.h).
private enum Register {
    /// Bytes of the smallest.
    static let wordSize = 4
}

/// Bits of `ct state` (`NF_CT_STATE_BIT`) and `ct status` (`enum ip_conntrack_status`), linux/netfilter/nf_conntrack_common.h.
enum ConnectionBit {
    static let established: UInt32 = 1 << 1
    static let related: UInt32 = 1 << 2
    static let new: UInt32 = 1 << 3
    static let destinationTranslated: UInt32 = 1 << 5

    /// The number as it lies in a register: in the machine's byte order.
    static func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }
}

/// `enum` of `RTN_*` (linux/rtnetlink.h).
enum RouteType {
    static let local: UInt32 = 2
}

extension NativeRule.Selector {
    /// Bytes of the registers that it fills.
    fileprivate func byteCount(_ family: IPFamily) -> Int {
        switch self {
        case .inputInterface, .outputInterface: [UInt8].nameSize
        case .source, .destination: family.byteCount
        case .transport, .destinationPort: Register.wordSize
        }
    }

    fileprivate func load(_ register: Netfilter.Register, _ family: IPFamily) -> Netfilter.Expression {
        switch self {
        case .inputInterface: .meta(.inputName, register)
        case .outputInterface: .meta(.outputName, register)
        case .transport: .meta(.transportProtocol, register)
        case .source, .destination:
            .payload(.network, offset: addressOffset(family), count: UInt32(family.byteCount), register)
        case .destinationPort: .payload(.transport, offset: TransportHeader.destinationPort, count: 2, register)
        }
    }

    /// Where in the IP header the address is.
    fileprivate func addressOffset(_ family: IPFamily) -> UInt32 {
        self == .source ? IPHeader(family).source : IPHeader(family).destination
    }
}

extension [UInt8] {
    /// Bytes of the name of an interface, its zero bytes included (`IFNAMSIZ`, linux/if.h).
    static let nameSize = 16

    /// The name of an interface, filled up with zeros.
    init(paddedName name: String) {
        let bytes = name.utf8.prefix(Self.nameSize - 1)
        self = bytes + [UInt8](repeating: 0, count: Self.nameSize - bytes.count)
    }
}
