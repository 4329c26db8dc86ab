import Addressing
import Netlink
import Planning
@testable import Reconcile
import TestSupport
import Testing

/// What is taken for a rule of ours, and what is not, without a kernel.
struct FirewallDecodingTests {
    private static let filter = Table(.v4, "filter")

    private func decode(_ expressions: [Netfilter.Expression], _ family: IPFamily = .v4) -> Rule? {
        let record = Netfilter.Rule(Netfilter.Family(family), table: "filter", chain: "WEFT", expressions)
        return Rule(record, in: Table(family, "filter"))
    }

    /// What `iptables -A WEFT -s 10.77.0.0/20 ! -i br0 -p tcp --dport 80 -m comment --comment weft:shop -j ACCEPT` adds.
    private static let rule: Rule = {
        var rule = Rule(filter, "WEFT", comment: "weft:shop", target: .accept)
        rule.source = Subnet("10.77.0.0/20").map { .equal($0) }
        rule.input = .not("br0")
        rule.protocol = .tcp
        rule.destinationPort = 80
        return rule
    }()

    @Test func `order, registers and counts do not matter`() {
        let (one, two) = (Netfilter.Register(rawValue: 1), Netfilter.Register(rawValue: 9))
        let port = Netfilter.Expression.payload(.transport, offset: 2, count: 2, two)
        let rule = decode([
            .match(.comment("weft:shop")), port, .counter(packets: 7, bytes: 8000),
            .payload(.network, offset: 12, count: 4, one), .meta(.inputName, Netfilter.Register(rawValue: 2)),
            .bitwise(from: one, one, mask: [255, 255, 240, 0], xor: [0, 0, 0, 0]),
            .compare(one, .equal, [10, 77, 0, 0]),
            .compare(Netfilter.Register(rawValue: 2), .notEqual, Array("br0".utf8) + [0]),
            .compare(two, .equal, [0, 80]),
            .meta(.transportProtocol, one), .compare(one, .equal, [6]), .verdict(.accept),
        ])
        #expect(rule == Self.rule)
    }

    @Test func `the forms of older iptables are understood`() {
        // The protocol from the header, the port by a match, the prefix always masked, the comment beside the expressions.
        let expressions: [Netfilter.Expression] = [
            .payload(.network, offset: 9, count: 1, .first), .compare(.first, .equal, [6]),
            .payload(.network, offset: 12, count: 4, .first),
            .bitwise(from: .first, .first, mask: [255, 255, 240, 0], xor: [0, 0, 0, 0]),
            .compare(.first, .equal, [10, 77, 0, 0]), .meta(.inputName, .first),
            .compare(.first, .notEqual, Array("br0".utf8) + [0]), .match(.tcpDestinationPort(80)), .newCounter,
            .verdict(.accept),
        ]
        let record = Netfilter.Rule(
            .ip, table: "filter", chain: "WEFT", expressions, userData: Netfilter.UserData(comment: "weft:shop"))
        #expect(Rule(record, in: Self.filter) == Self.rule)
        let masked = decode([
            .payload(.network, offset: 16, count: 4, .first),
            .bitwise(from: .first, .first, mask: [255, 255, 0, 0], xor: [0, 0, 0, 0]),
            .compare(.first, .notEqual, [10, 77, 0, 0]), .verdict(.drop),
        ])
        #expect(masked?.destination == Subnet("10.77.0.0/16").map { .not($0) })
    }

    @Test(
        arguments: [
            [.newCounter],
            [.verdict(.goto("WEFT-CT"))],
            [.verdict(.accept), .newCounter],
            [.other(name: "limit", data: []), .verdict(.accept)],
            [.compare(.first, .equal, [6]), .verdict(.accept)],
            [.meta(.transportProtocol, .first), .compare(.first, .notEqual, [6]), .verdict(.accept)],
            [.meta(.transportProtocol, .first), .compare(.first, .equal, [47]), .verdict(.accept)],
            [.meta(.transportProtocol, .first), .compare(.first, .equal, []), .verdict(.accept)],
            [.meta(.inputName, .first), .compare(.first, .equal, []), .verdict(.accept)],
            [.meta(.init(rawValue: 3), .first), .compare(.first, .equal, [0, 0, 0, 1]), .verdict(.accept)],
            [.payload(.transport, offset: 2, count: 2, .first), .compare(.first, .equal, [0, 80]), .verdict(.accept)],
            [.payload(.transport, offset: 0, count: 2, .first), .compare(.first, .equal, [0, 80]), .verdict(.accept)],
            [.match(.tcpDestinationPort(80)), .verdict(.accept)],
            [
                .payload(.network, offset: 12, count: 4, .first), .compare(.first, .less, [10, 77, 0, 0]),
                .verdict(.accept),
            ],
            [
                .meta(.transportProtocol, .first), .range(.first, isInside: true, first: [6], last: [6]),
                .verdict(.accept),
            ],
            [
                .meta(.transportProtocol, .first), .compare(.first, .equal, [17]), .match(.tcpDestinationPort(80)),
                .verdict(.accept),
            ],
            [.match(.localDestination), .match(.localDestination), .verdict(.accept)],
            [.match(.comment("a")), .match(.comment("b")), .verdict(.accept)],
            [.match(Netfilter.Extension("limit", info: [1, 2, 3])), .verdict(.accept)],
            // NEW besides ESTABLISHED.
            [.match(.connectionState(1 << 3 | 1 << 1)), .verdict(.accept)],
            [.target(Netfilter.Extension("LOG", info: []))],
            [.target(.masquerade(.v6))],
            [
                .payload(.network, offset: 12, count: 5, .first), .compare(.first, .equal, [1, 2, 3, 4, 5]),
                .verdict(.drop),
            ],
            [.payload(.network, offset: 12, count: 4, .first), .compare(.first, .equal, [1, 2, 3]), .verdict(.drop)],
            [
                .payload(.network, offset: 12, count: 4, .first),
                .bitwise(from: .first, .first, mask: [255, 0, 255, 0], xor: [0, 0, 0, 0]),
                .compare(.first, .equal, [10, 0, 1, 0]), .verdict(.drop),
            ],
            [
                .payload(.network, offset: 12, count: 4, .first),
                .bitwise(from: .first, .first, mask: [255, 0, 0, 0], xor: [0, 0, 0, 1]),
                .compare(.first, .equal, [10, 0, 0, 0]), .verdict(.drop),
            ],
            [
                .payload(.network, offset: 12, count: 4, .first),
                .bitwise(from: .first, .first, mask: [255, 0, 0, 0], xor: [0, 0, 0, 0]),
                .compare(.first, .equal, [10, 1, 0, 0]), .verdict(.drop),
            ],
        ] as [[Netfilter.Expression]])
    func `what a rule of ours can't say is none`(_ expressions: [Netfilter.Expression]) {
        #expect(decode(expressions) == nil)
    }

    @Test func `whatever the expressions, a rule is read or not`() {
        var random = SeededGenerator(seed: 3)
        let pieces: [Netfilter.Expression] = [
            .meta(.inputName, .first), .meta(.transportProtocol, .first), .newCounter, .match(.localDestination),
            .match(.tcpDestinationPort(1)), .match(.connectionState(2)), .verdict(.accept), .target(.masquerade(.v4)),
        ]
        var known = 0
        for _ in 0..<50_000 {
            let expressions = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                let bytes = (0..<Int.random(in: 0...17, using: &random)).map { _ in
                    UInt8.random(in: 0...9, using: &random)
                }
                switch Int.random(in: 0...5, using: &random) {
                case 0: return Netfilter.Expression.compare(.first, .equal, bytes)
                case 1:
                    return .payload(
                        .network, offset: .random(in: 0...24, using: &random),
                        count: .random(in: 0...17, using: &random),
                        .first)
                case 2: return .bitwise(from: .first, .first, mask: bytes, xor: bytes.map { _ in 0 })
                case 3: return .target(Netfilter.Extension("DNAT", revision: 2, info: bytes))
                default: return pieces[Int.random(in: pieces.indices, using: &random)]
                }
            }
            for family in IPFamily.allCases {
                guard let rule = decode(expressions, family) else { continue }
                known += 1
                #expect(Rule(rule.record, in: rule.table) == rule)
            }
        }
        #expect(known > 100)
    }
}
