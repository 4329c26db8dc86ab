import Addressing
@testable import Netlink
import Testing

/// Messages of nf_tables, byte by byte as iptables 1.8.9 sends them for the same purpose.
struct NetfilterEncodingTests {
    @Test func `a transaction begins and ends with nf_tables' own messages, and only the last change is answered`()
        throws
    {
        let table = Netfilter.Table(.ip6, "nat")
        let requests = Request.transaction(
            [.addTable(table), .deleteTable(table)], generation: 0x0102_0304)
        #expect(requests.count == 4)
        #expect(
            try lines(requests[0])
                == lines([
                    [28, 0, 0, 0],  // nlmsg_len
                    [16, 0, 1, 0],  // NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST
                    [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port
                    [0, 0, 0, 10],  // AF_UNSPEC, NFNETLINK_V0, NFNL_SUBSYS_NFTABLES
                    [8, 0, 1, 0], [1, 2, 3, 4],  // NFNL_BATCH_GENID
                ]))
        #expect(requests[1].flags == .create)
        #expect(
            try lines(requests[2])
                == lines([
                    [28, 0, 0, 0],  // nlmsg_len
                    [2, 10, 5, 1],  // NFT_MSG_DELTABLE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_NONREC
                    [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port
                    [10, 0, 0, 0],  // NFPROTO_IPV6, NFNETLINK_V0
                    [8, 0, 1, 0], ascii("nat") + [0],  // NFTA_TABLE_NAME
                ]))
        #expect(
            try lines(requests[3])
                == lines([
                    [20, 0, 0, 0],  // nlmsg_len
                    [17, 0, 1, 0],  // NFNL_MSG_BATCH_END, NLM_F_REQUEST
                    [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port
                    [0, 0, 0, 10],  // AF_UNSPEC, NFNETLINK_V0, NFNL_SUBSYS_NFTABLES
                ]))
        #expect(Request.transaction([]) == [])
    }

    @Test func `a table carries a comment that nft shows`() throws {
        let table = Netfilter.Table(.ip, "filter", userData: Netfilter.UserData(comment: "weft"))
        #expect(
            try lines(.addTable(table))
                == lines([
                    [44, 0, 0, 0],  // nlmsg_len
                    [0, 10, 1, 4],  // NFT_MSG_NEWTABLE, NLM_F_REQUEST | NLM_F_CREATE
                    [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port
                    [2, 0, 0, 0],  // NFPROTO_IPV4, NFNETLINK_V0
                    [11, 0, 1, 0], ascii("filter") + [0, 0],  // NFTA_TABLE_NAME
                    [11, 0, 6, 0], [0, 5], ascii("weft") + [0, 0],  // NFTA_TABLE_USERDATA: comment, 5 bytes
                ]))
    }

    @Test func `a built-in chain is hooked, typed and lets pass`() throws {
        let hook = Netfilter.Chain.Hook(type: "nat", number: 0, priority: -100)
        #expect(
            try lines(.addChain(Netfilter.Chain(.ip, table: "nat", "PREROUTING", hook: hook)))
                == lines([
                    [80, 0, 0, 0],  // nlmsg_len
                    [3, 10, 1, 4],  // NFT_MSG_NEWCHAIN, NLM_F_REQUEST | NLM_F_CREATE
                    [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port
                    [2, 0, 0, 0],  // NFPROTO_IPV4, NFNETLINK_V0
                    [8, 0, 1, 0], ascii("nat") + [0],  // NFTA_CHAIN_TABLE
                    [15, 0, 3, 0], ascii("PREROUTING") + [0, 0],  // NFTA_CHAIN_NAME
                    [20, 0, 4, 0x80],  // NFTA_CHAIN_HOOK, nested
                    [8, 0, 1, 0], [0, 0, 0, 0],  // NFTA_HOOK_HOOKNUM: NF_INET_PRE_ROUTING
                    [8, 0, 2, 0], [0xff, 0xff, 0xff, 0x9c],  // NFTA_HOOK_PRIORITY: -100
                    [8, 0, 5, 0], [0, 0, 0, 1],  // NFTA_CHAIN_POLICY: NF_ACCEPT
                    [8, 0, 7, 0], ascii("nat") + [0],  // NFTA_CHAIN_TYPE
                ]))
    }

    @Test func `a rule with matches of x_tables says which protocol they may count on`() throws {
        let rule = Netfilter.Rule(
            .ip, table: "nat", chain: "WEFT",
            [
                .meta(.outputName, .first), .compare(.first, .notEqual, ascii("br0") + [0]),
                .match(.localDestination), .newCounter, .target(.masquerade(.v4)),
            ], compatProtocol: 132)
        #expect(
            try lines(.addRule(rule, .after(7), subject: "rule"))
                == lines([
                    [72, 1, 0, 0],  // nlmsg_len
                    [6, 10, 1, 12],  // NFT_MSG_NEWRULE, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_APPEND
                    [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port
                    [2, 0, 0, 0],  // NFPROTO_IPV4, NFNETLINK_V0
                    [8, 0, 1, 0], ascii("nat") + [0],  // NFTA_RULE_TABLE
                    [9, 0, 2, 0], ascii("WEFT") + [0, 0, 0, 0],  // NFTA_RULE_CHAIN
                    [12, 0, 6, 0], [0, 0, 0, 0, 0, 0, 0, 7],  // NFTA_RULE_POSITION
                    [0, 1, 4, 0x80],  // NFTA_RULE_EXPRESSIONS, nested
                    [36, 0, 1, 0x80],  // NFTA_LIST_ELEM
                    [9, 0, 1, 0], ascii("meta") + [0, 0, 0, 0],  // NFTA_EXPR_NAME
                    [20, 0, 2, 0x80],  // NFTA_EXPR_DATA
                    [8, 0, 2, 0], [0, 0, 0, 7],  // NFTA_META_KEY: NFT_META_OIFNAME
                    [8, 0, 1, 0], [0, 0, 0, 1],  // NFTA_META_DREG: NFT_REG_1
                    [44, 0, 1, 0x80],  // NFTA_LIST_ELEM
                    [8, 0, 1, 0], ascii("cmp") + [0],  // NFTA_EXPR_NAME
                    [32, 0, 2, 0x80],  // NFTA_EXPR_DATA
                    [8, 0, 1, 0], [0, 0, 0, 1],  // NFTA_CMP_SREG: NFT_REG_1
                    [8, 0, 2, 0], [0, 0, 0, 1],  // NFTA_CMP_OP: NFT_CMP_NEQ
                    [12, 0, 3, 0x80],  // NFTA_CMP_DATA
                    [8, 0, 1, 0], ascii("br0") + [0],  // NFTA_DATA_VALUE
                    [56, 0, 1, 0x80],  // NFTA_LIST_ELEM
                    [10, 0, 1, 0], ascii("match") + [0, 0, 0],  // NFTA_EXPR_NAME
                    [40, 0, 2, 0x80],  // NFTA_EXPR_DATA
                    [13, 0, 1, 0], ascii("addrtype") + [0, 0, 0, 0],  // NFTA_MATCH_NAME
                    [8, 0, 2, 0], [0, 0, 0, 1],  // NFTA_MATCH_REV
                    [12, 0, 3, 0], [0, 0, 4, 0, 0, 0, 0, 0],  // NFTA_MATCH_INFO: dest LOCAL
                    [44, 0, 1, 0x80],  // NFTA_LIST_ELEM
                    [12, 0, 1, 0], ascii("counter") + [0],  // NFTA_EXPR_NAME
                    [28, 0, 2, 0x80],  // NFTA_EXPR_DATA
                    [12, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0],  // NFTA_COUNTER_BYTES
                    [12, 0, 2, 0], [0, 0, 0, 0, 0, 0, 0, 0],  // NFTA_COUNTER_PACKETS
                    [72, 0, 1, 0x80],  // NFTA_LIST_ELEM
                    [11, 0, 1, 0], ascii("target") + [0, 0],  // NFTA_EXPR_NAME
                    [56, 0, 2, 0x80],  // NFTA_EXPR_DATA
                    [15, 0, 1, 0], ascii("MASQUERADE") + [0, 0],  // NFTA_TARGET_NAME
                    [8, 0, 2, 0], [0, 0, 0, 0],  // NFTA_TARGET_REV
                    [28, 0, 3, 0], [1, 0, 0, 0],  // NFTA_TARGET_INFO: rangesize
                    [UInt8](repeating: 0, count: 20),  // no flags, addresses nor ports
                    [20, 0, 5, 0x80],  // NFTA_RULE_COMPAT
                    [8, 0, 1, 0], [0, 0, 0, 132],  // NFTA_RULE_COMPAT_PROTO
                    [8, 0, 2, 0], [0, 0, 0, 0],  // NFTA_RULE_COMPAT_FLAGS
                ]))
    }

    @Test func `the structures of x_tables are as long as the kernel has them, and their padding is zero`() throws {
        let address = try #require(IPAddress("172.17.0.2"))
        let v6 = try #require(IPAddress("fd00::2"))
        #expect(
            lines(Netfilter.Extension.destinationNAT(address, port: 80).info)
                == lines([
                    [3, 0, 0, 0],  // NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED
                    [172, 17, 0, 2], [UInt8](repeating: 0, count: 12),  // min_addr
                    [172, 17, 0, 2], [UInt8](repeating: 0, count: 12),  // max_addr
                    [0, 80, 0, 80, 0, 0],  // min_proto, max_proto, base_proto
                    [UInt8](repeating: 0, count: 6),  // up to XT_ALIGN
                ]))
        #expect(Netfilter.Extension.masquerade(.v6).info == [UInt8](repeating: 0, count: 40))
        #expect(
            lines(Netfilter.Extension.sourceNAT(v6).info)
                == lines([[1, 0, 0, 0], v6.bytes, v6.bytes, [0, 0, 0, 0]]))
        #expect(
            lines(Netfilter.Extension.sourceNAT(address).info)
                == lines([[1, 0, 0, 0], [1, 0, 0, 0], address.bytes, address.bytes, [UInt8](repeating: 0, count: 8)]))
        let conntrack = Netfilter.Extension.connectionState(1 << 1 | 1 << 2).info
        #expect(conntrack.count == 168)
        #expect(Array(conntrack[146..<152]) == [1, 0, 0, 0, 6, 0])
        #expect(Netfilter.Extension.comment("weft:shop").info.count == 256)
        #expect(Netfilter.Extension.comment(String(repeating: "x", count: 300)).info.last == 0)
        #expect(Netfilter.Extension.sctpDestinationPort(9).info.count == 296)
    }
}
