import Addressing
import Linux
@testable import Netlink
import TestSupport
import Testing

/// What the kernel says of its tables, chains and rules.
struct NetfilterDecodingTests {
    private static let rule = Netfilter.Rule(
        .ip6, table: "filter", chain: "WEFT",
        [
            .meta(.inputName, .first), .compare(.first, .equal, ascii("br0")),
            .payload(.network, offset: 8, count: 16, .first),
            .bitwise(
                from: .first, Netfilter.Register(rawValue: 2), mask: [UInt8](repeating: 0xf0, count: 16),
                xor: [UInt8](repeating: 0, count: 16)),
            .compare(Netfilter.Register(rawValue: 2), .notEqual, [UInt8](repeating: 0xa0, count: 16)),
            .match(.comment("weft:shop")), .counter(packets: 3, bytes: 4000), .verdict(.jump("WEFT-CT")),
        ], userData: Netfilter.UserData(comment: "made by hand"))

    private static let chain = Netfilter.Chain(
        .ip, table: "nat", "OUTPUT", hook: .init(type: "nat", number: 3, priority: -100, policy: .drop),
        userData: Netfilter.UserData(comment: "weft"))

    private static let table = Netfilter.Table(.inet, "other", userData: Netfilter.UserData(comment: "weft"))

    private func body(_ request: Request) throws -> [UInt8] { Array(try request.encoded().dropFirst(16)) }

    @Test func `tables, chains and rules are read back as they were written`() throws {
        #expect(
            try read(body(.addTable(Self.table))) { span throws(NetlinkError) in try Netfilter.Table(parsing: span) }
                == Self.table)
        #expect(
            try read(body(.addChain(Self.chain))) { span throws(NetlinkError) in try Netfilter.Chain(parsing: span) }
                == Self.chain)
        #expect(
            try read(body(.addRule(Self.rule, .last, subject: "rule"))) { span throws(NetlinkError) in
                try Netfilter.Rule(parsing: span)
            } == Self.rule)
    }

    @Test(arguments: [Netfilter.Verdict.accept, .drop, .return, .jump("A"), .goto("B")])
    func `every verdict is read back`(_ verdict: Netfilter.Verdict) throws {
        #expect(try readBack(.verdict(verdict)) == .verdict(verdict))
    }

    @Test func `an expression of no known name keeps its name and bytes`() throws {
        let data: [UInt8] = [8, 0, 1, 0, 0, 0, 0, 5]
        #expect(try readBack(.other(name: "limit", data: data)) == .other(name: "limit", data: data))
    }

    @Test func `what a known expression has besides makes it another`() throws {
        // NFTA_META_SREG: the rule sets the mark instead of reading it.
        let data: [UInt8] = [8, 0, 2, 0, 0, 0, 0, 3, 8, 0, 3, 0, 0, 0, 0, 1]
        #expect(try readBack(.other(name: "meta", data: data)) == .other(name: "meta", data: data))
        // NFTA_BITWISE_OP: NFT_BITWISE_LSHIFT.
        let shift: [UInt8] = [8, 0, 6, 0, 0, 0, 0, 1]
        #expect(try readBack(.other(name: "bitwise", data: shift)) == .other(name: "bitwise", data: shift))
        // NFTA_CMP_OP and NFTA_RANGE_OP: none that there is.
        let compared: [UInt8] = [8, 0, 1, 0, 0, 0, 0, 1, 8, 0, 2, 0, 0, 0, 0, 6, 8, 0, 3, 0x80, 4, 0, 1, 0]
        #expect(try readBack(.other(name: "cmp", data: compared)) == .other(name: "cmp", data: compared))
        let range = compared + [8, 0, 4, 0x80, 4, 0, 1, 0]
        #expect(try readBack(.other(name: "range", data: range)) == .other(name: "range", data: range))
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5] as [UInt32])
    func `every comparison is read back`(_ number: UInt32) throws {
        let comparison = try #require(Netfilter.Comparison(rawValue: number))
        #expect(
            try readBack(.compare(.first, comparison, [15, 160])) == .compare(.first, comparison, [15, 160]))
    }

    @Test(arguments: [true, false])
    func `a range is read back, from within and from without`(_ isInside: Bool) throws {
        let range = Netfilter.Expression.range(.first, isInside: isInside, first: [15, 160], last: [19, 136])
        #expect(try readBack(range) == range)
    }

    private func readBack(_ expression: Netfilter.Expression) throws -> Netfilter.Expression? {
        let rule = Netfilter.Rule(.ip, table: "t", chain: "c", [expression])
        return try read(body(.addRule(rule, .last, subject: "rule"))) { span throws(NetlinkError) in
            try Netfilter.Rule(parsing: span)
        }.expressions.first
    }

    @Test func `a match is what it seems only if nothing else is in it`() throws {
        #expect(Netfilter.Extension.connectionState(6).connectionStates == 6)
        #expect(Netfilter.Extension.comment("a b").commentText == "a b")
        let address = try #require(IPAddress("fd00::2"))
        #expect(Netfilter.Extension.sourceNAT(address).sourceNAT(.v6) == address)
        #expect(Netfilter.Extension.destinationNAT(address, port: 7).destinationNAT(.v6)?.port == 7)
        #expect(Netfilter.Extension.destinationNAT(address, port: 7).destinationNAT(.v4) == nil)
        for port in [Netfilter.Extension.tcpDestinationPort(80), .udpDestinationPort(80), .sctpDestinationPort(80)] {
            #expect(port.destinationPort == 80)
        }
        let known: [Netfilter.Extension] = [
            .connectionState(6), .sourceNAT(address), .destinationNAT(address, port: 7), .tcpDestinationPort(80),
            .udpDestinationPort(80), .sctpDestinationPort(80),
        ]
        for match in known {
            for index in match.info.indices {
                var changed = match
                changed.info[index] ^= 0x55
                // The value itself may have changed; then it is another one of the same.
                if let states = changed.connectionStates { #expect(.connectionState(states) == changed) }
                if let address = changed.sourceNAT(.v6) { #expect(.sourceNAT(address) == changed) }
                if let (address, port) = changed.destinationNAT(.v6) {
                    #expect(.destinationNAT(address, port: port) == changed)
                }
                if changed.destinationPort != nil { #expect(changed.info == match.info) }
            }
            var shorter = match
            shorter.info.removeLast()
            #expect(shorter.connectionStates == nil && shorter.sourceNAT(.v6) == nil)
            #expect(shorter.destinationNAT(.v6) == nil && shorter.destinationPort == nil)
        }
    }

    @Test func `user data without a comment, or cut short, has none`() {
        #expect(Netfilter.UserData(comment: "weft").comment == "weft")
        #expect(Netfilter.UserData(bytes: [7, 2, 1, 1, 0, 2, 65, 0]).comment == "A")
        #expect(Netfilter.UserData().comment == nil)
        #expect(Netfilter.UserData(bytes: [0]).comment == nil)
        #expect(Netfilter.UserData(bytes: [0, 9, 65]).comment == nil)
        #expect(Netfilter.UserData(bytes: [7, 1, 1]).comment == nil)
    }

    @Test func `whatever the bytes, a message is read or refused`() throws {
        let samples = try [
            body(.addTable(Self.table)), body(.addChain(Self.chain)), body(.addRule(Self.rule, .last, subject: "")),
        ]
        for sample in samples {
            for count in 0...sample.count { parseWithAll(Array(sample.prefix(count))) }
            for index in sample.indices {
                for value: UInt8 in [0, 1, 4, 0x7f, 0x80, 0xff] {
                    var changed = sample
                    changed[index] = value
                    parseWithAll(changed)
                }
            }
        }
        var random = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            parseWithAll((0..<Int(random.next() % 120)).map { _ in UInt8(truncatingIfNeeded: random.next() % 32) })
        }
    }

    private func parseWithAll(_ bytes: [UInt8]) {
        func attempt(_ parse: (RawSpan) throws(NetlinkError) -> Void) {
            do throws(NetlinkError) { try read(bytes, parse) } catch { _ = "\(error)" }
        }
        attempt { span throws(NetlinkError) in _ = try Netfilter.Table(parsing: span) }
        attempt { span throws(NetlinkError) in _ = try Netfilter.Chain(parsing: span) }
        attempt { span throws(NetlinkError) in
            let rule = try Netfilter.Rule(parsing: span)
            for case .match(let match) in rule.expressions {
                _ = (match.connectionStates, match.commentText, match.destinationPort)
            }
            for case .target(let target) in rule.expressions {
                _ = (target.sourceNAT(.v4), target.sourceNAT(.v6), target.destinationNAT(.v4)?.port)
            }
        }
    }

    @Test func `a refusal names the match that the kernel has not got`() throws {
        let request = Request.addRule(
            Netfilter.Rule(.ip, table: "nat", chain: "WEFT", [.newCounter, .match(.localDestination)]), .last,
            subject: "rule ip nat WEFT")
        func missing(_ errno: Errno, _ offset: Int?) -> String? {
            Refusal(errno: errno, message: nil, offset: offset, request: request).missingExpression
        }
        // nlmsghdr, nfgenmsg, table, chain, the list's header, the counter.
        let offset = 16 + 4 + 8 + 12 + 4 + 44
        #expect(missing(.noEntry, offset) == "match addrtype")
        #expect(missing(.notSupported, offset) == "match addrtype")
        #expect(missing(.invalid, offset) == nil)
        #expect(missing(.noEntry, offset + 4) == nil)
        #expect(missing(.noEntry, 99999) == nil)
        #expect(missing(.noEntry, nil) == nil)
    }
}
