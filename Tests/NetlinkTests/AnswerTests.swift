import Addressing
import CLinux
import Linux
@testable import Netlink
import Testing

struct AnswerTests {
    /// The name of a link in a message that has nothing else.
    private func message(_ name: String, sequence: UInt8, flags: [UInt8] = [2, 0]) -> [UInt8] {
        [
            [40, 0, 0, 0, 16, 0] + flags,  // length, RTM_NEWLINK, NLM_F_MULTI
            [sequence, 0, 0, 0, 0, 0, 0, 0],  // sequence, port id
            [UInt8](repeating: 0, count: 16),  // struct ifinfomsg
            [7, 0, 3, 0],  // IFLA_IFNAME
            ascii(name) + [0, 0],  // two letters, a zero and padding
        ].flatMap { $0 }
    }

    private func done(sequence: UInt8, error: [UInt8] = [0, 0, 0, 0]) -> [UInt8] {
        [20, 0, 0, 0, 3, 0, 2, 0, sequence, 0, 0, 0, 0, 0, 0, 0] + error  // NLMSG_DONE
    }

    /// What an answer to the message 5 is made of.
    private func answer(_ messages: [UInt8]...) throws -> Answer<String> {
        var answer = Answer<String>(request: .deleteLink("web0"), sequence: 5)
        for bytes in messages {
            try read(bytes) { span throws(NetlinkError) in
                try span.forEachMessage { header, body throws(NetlinkError) in
                    try answer.add(header, body) { body throws(NetlinkError) in try Link(parsing: body).name }
                }
            }
        }
        return answer
    }

    @Test func `an answer goes on until its end is said, over several receives`() throws {
        let half = try answer(message("ab", sequence: 5) + message("cd", sequence: 5))
        #expect(!half.isComplete)
        let whole = try answer(message("ab", sequence: 5), message("cd", sequence: 5), done(sequence: 5))
        #expect(whole.isComplete)
        #expect(whole.isConsistent)
        #expect(whole.records == ["ab", "cd"])
        #expect(whole.failure == nil)
    }

    @Test func `an answer during which the objects changed is not consistent`() throws {
        // NLM_F_MULTI | NLM_F_DUMP_INTR
        let answer = try answer(message("ab", sequence: 5, flags: [0x12, 0]), done(sequence: 5))
        #expect(answer.isComplete)
        #expect(!answer.isConsistent)
    }

    @Test func `what is left of an earlier exchange is passed over`() throws {
        let answer = try answer(
            message("xx", sequence: 4), done(sequence: 4), message("ab", sequence: 5), done(sequence: 5))
        #expect(answer.records == ["ab"])
        #expect(answer.isComplete)
    }

    @Test func `an error at the end of a dump is its failure`() throws {
        // -EPERM
        let answer = try answer(message("ab", sequence: 5), done(sequence: 5, error: [0xff, 0xff, 0xff, 0xff]))
        #expect(answer.isComplete)
        #expect(answer.failure?.description == "link web0: Operation not permitted (EPERM)")
    }

    @Test func `a record that makes no sense fails the answer, but is read to the end`() throws {
        var broken = message("ab", sequence: 5)
        broken[32] = 99  // the length of IFLA_IFNAME
        let answer = try answer(broken, message("cd", sequence: 5), done(sequence: 5))
        #expect(answer.isComplete)
        #expect(answer.failure == .malformedReply("attribute 3 of length 99 in 8 bytes"))
    }
}
