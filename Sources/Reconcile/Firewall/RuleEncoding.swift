import Addressing
import Netlink
import Planning

extension Rule {
    /// The rule as iptables-nft 1.8.9 writes it, so that every iptables can list it.
    ///
    /// Interfaces come first, then protocol, addresses, port, matches in the order of the command line, a counter, the target.
    var record: Netfilter.Rule {
        let expressions = expressions
        let usesExtension = expressions.contains { expression in
            switch expression {
            case .match, .target: true
            default: false
            }
        }
        return Netfilter.Rule(
            Netfilter.Family(table.family), table: table.name, chain: chain, expressions,
            compatProtocol: usesExtension ? `protocol`?.rawValue : nil)
    }

    private var expressions: [Netfilter.Expression] {
        let header = IPHeader(table.family)
        var result: [Netfilter.Expression] = []
        if let input { result += input.expressions(.inputName) }
        if let output { result += output.expressions(.outputName) }
        if let `protocol` {
            result += [.meta(.transportProtocol, .first), .compare(.first, .equal, [`protocol`.rawValue])]
        }
        if let source { result += source.expressions(at: header.source) }
        if let destination { result += destination.expressions(at: header.destination) }
        if let destinationPort { result += portExpressions(destinationPort) }
        if isToLocalAddress { result.append(.match(.localDestination)) }
        if let connectionState { result.append(.match(.connectionState(connectionState.rawValue))) }
        if let comment { result.append(.match(.comment(comment))) }
        return result + [.newCounter, target.expression(table.family)]
    }

    private func portExpressions(_ port: UInt16) -> [Netfilter.Expression] {
        guard `protocol` != .sctp else { return [.match(.sctpDestinationPort(port))] }
        return [
            .payload(.transport, offset: TransportHeader.destinationPort, count: 2, .first),
            .compare(.first, .equal, [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]),
        ]
    }
}

/// Where the fields of a packet's IP header are, in bytes.
struct IPHeader {
    /// The number of the protocol above, or in IPv6 of the first header that follows.
    let nextProtocol: UInt32
    /// The sender's address.
    let source: UInt32
    /// The receiver's address.
    let destination: UInt32

    /// The header of RFC 791 §3.1 or RFC 8200 §3.
    init(_ family: IPFamily) {
        switch family {
        case .v4: (nextProtocol, source, destination) = (9, 12, 16)
        case .v6: (nextProtocol, source, destination) = (6, 8, 24)
        }
    }
}

/// Where the fields of TCP's, UDP's and SCTP's headers are, in bytes.
enum TransportHeader {
    /// The port that the packet goes to.
    static let destinationPort: UInt32 = 2
}

extension Rule.Match {
    fileprivate var comparison: Netfilter.Comparison { isInverted ? .notEqual : .equal }
}

extension Rule.Match<String> {
    /// The kernel's names end with a zero byte; a comparison without it is for all names that begin so.
    fileprivate func expressions(_ key: Netfilter.MetaKey) -> [Netfilter.Expression] {
        let name = value.hasSuffix("+") ? Array(value.utf8.dropLast()) : Array(value.utf8) + [0]
        return [.meta(key, .first), .compare(.first, comparison, name)]
    }
}

extension Rule.Match<Subnet> {
    /// Whole bytes of a prefix are compared as they are; where it ends within a byte, the address is masked first.
    func expressions(at offset: UInt32) -> [Netfilter.Expression] {
        let bytes = value.network.bytes
        guard value.prefixLength % 8 != 0 else {
            let count = value.prefixLength / 8
            return [
                .payload(.network, offset: offset, count: UInt32(count), .first),
                .compare(.first, comparison, Array(bytes.prefix(count))),
            ]
        }
        return [
            .payload(.network, offset: offset, count: UInt32(bytes.count), .first),
            .bitwise(from: .first, .first, mask: value.mask, xor: bytes.map { _ in 0 }),
            .compare(.first, comparison, bytes),
        ]
    }
}

extension Subnet {
    /// The address whose bits are one within the prefix.
    var mask: [UInt8] {
        let ones = IPAddress(family, bits: .max).bits
        return IPAddress(family, bits: hostBits == 128 ? 0 : ones << UInt128(hostBits)).bytes
    }
}

extension Rule.Target {
    fileprivate func expression(_ family: IPFamily) -> Netfilter.Expression {
        switch self {
        case .accept: .verdict(.accept)
        case .drop: .verdict(.drop)
        case .return: .verdict(.return)
        case .jump(let chain): .verdict(.jump(chain))
        case .masquerade: .target(.masquerade(family))
        case .sourceNAT(let address): .target(.sourceNAT(address))
        case .destinationNAT(let address, let port): .target(.destinationNAT(address, port: port))
        }
    }
}
