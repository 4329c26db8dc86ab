import Addressing
@testable import Netlink
import Testing

/// Messages about sets and their elements, byte by byte as nft 1.0.6 sends them for the same purpose.
struct NetfilterSetTests {
    private static let ranges = Netfilter.NamedSet(
        .ip, table: "weft", "inside", key: [.interfaceName, .ipv4Address], hasRanges: true)
    private static let prefixes = Netfilter.NamedSet(.ip, table: "weft", "nets", key: [.ipv4Address], hasRanges: true)

    @Test func `a set of ranges in a concatenation says how long its fields are`() throws {
        #expect(
            try lines(.addSet(Self.ranges, number: 2))
                == lines([
                    [120, 0, 0, 0],  // nlmsg_len
                    [9, 10, 1, 4],  // NFT_MSG_NEWSET, NLM_F_REQUEST | NLM_F_CREATE
                    [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port
                    [2, 0, 0, 0],  // NFPROTO_IPV4, NFNETLINK_V0
                    [9, 0, 1, 0], ascii("weft") + [0, 0, 0, 0],  // NFTA_SET_TABLE
                    [11, 0, 2, 0], ascii("inside") + [0, 0],  // NFTA_SET_NAME
                    [8, 0, 3, 0], [0, 0, 0, 0x84],  // NFTA_SET_FLAGS: NFT_SET_INTERVAL | NFT_SET_CONCAT
                    [8, 0, 4, 0], [0, 0, 0x0a, 0x47],  // NFTA_SET_KEY_TYPE: ifname (41) . ipv4_addr (7)
                    [8, 0, 5, 0], [0, 0, 0, 20],  // NFTA_SET_KEY_LEN
                    [8, 0, 10, 0], [0, 0, 0, 2],  // NFTA_SET_ID
                    [32, 0, 9, 0x80], [28, 0, 2, 0x80],  // NFTA_SET_DESC, NFTA_SET_DESC_CONCAT
                    [12, 0, 1, 0x80], [8, 0, 1, 0], [0, 0, 0, 16],  // NFTA_SET_FIELD_LEN
                    [12, 0, 1, 0x80], [8, 0, 1, 0], [0, 0, 0, 4],  // NFTA_SET_FIELD_LEN
                    [10, 0, 13, 0], [0, 4, 0, 0, 0, 0, 0, 0],  // NFTA_SET_USERDATA: no single byte order
                ]))
    }

    @Test func `a range of a single field is two elements, the end that of the next key`() throws {
        let element = Netfilter.Element(
            key: [10, 77, 0, 0], last: [10, 77, 255, 255], userData: Netfilter.UserData(comment: "weft:a"))
        #expect(
            try lines(.addElement(element, to: Self.prefixes, subject: "element"))
                == lines([
                    [104, 0, 0, 0],  // nlmsg_len
                    [12, 10, 1, 4],  // NFT_MSG_NEWSETELEM, NLM_F_REQUEST | NLM_F_CREATE
                    [0, 0, 0, 0], [0, 0, 0, 0],  // sequence, port
                    [2, 0, 0, 0],  // NFPROTO_IPV4, NFNETLINK_V0
                    [9, 0, 1, 0], ascii("weft") + [0, 0, 0, 0],  // NFTA_SET_ELEM_LIST_TABLE
                    [9, 0, 2, 0], ascii("nets") + [0, 0, 0, 0],  // NFTA_SET_ELEM_LIST_SET
                    [60, 0, 3, 0x80],  // NFTA_SET_ELEM_LIST_ELEMENTS
                    [32, 0, 1, 0x80],  // NFTA_LIST_ELEM
                    [12, 0, 1, 0x80], [8, 0, 1, 0], [10, 77, 0, 0],  // NFTA_SET_ELEM_KEY
                    [13, 0, 6, 0], [0, 7], ascii("weft:a") + [0, 0, 0, 0],  // NFTA_SET_ELEM_USERDATA: comment
                    [24, 0, 1, 0x80],  // NFTA_LIST_ELEM
                    [8, 0, 3, 0], [0, 0, 0, 1],  // NFTA_SET_ELEM_FLAGS: NFT_SET_ELEM_INTERVAL_END
                    [12, 0, 1, 0x80], [8, 0, 1, 0], [10, 78, 0, 0],  // NFTA_SET_ELEM_KEY
                ]))
    }

    @Test func `a map's types are read as they were written`() throws {
        let map = Netfilter.NamedSet(
            .ip6, table: "weft", "ports", key: [.internetProtocol, .service], values: .data([.ipv6Address, .service]))
        for set in [map, Self.ranges, Self.prefixes] {
            let body = Array(try Request.addSet(set, number: 1).encoded().dropFirst(16))
            #expect(try read(body) { body throws(NetlinkError) in try Netfilter.NamedSet(parsing: body) } == set)
        }
    }

    @Test func `registers are numbered as the kernel does: whole ones of 16 bytes by their own numbers`() {
        #expect((0...5).map { Netfilter.Register.word($0).rawValue } == [1, 9, 10, 11, 2, 13])
    }
}
