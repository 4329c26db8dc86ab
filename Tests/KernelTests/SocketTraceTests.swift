import Glibc
import Linux
import Netlink
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct SocketTraceTests {
    @Test func `the trace tells changes from questions, with the bytes if asked for`() async throws {
        // In a process of its own: the environment is read once.
        let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
            setenv("WEFT_NETLINK_TRACE", "2", 1)
            try await inPrivateNamespaces {
                let route = try NetlinkSocket(.route)
                try route.send(.addLink("br0", .bridge()))
                _ = try route.link("br0")
                let web = try NetworkNamespace.create("web") { (namespace) throws(SystemCallError) in namespace }
                _ = try NetlinkSocket(.route, in: web).link("lo")
            }
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("netlink ") }
        #expect(lines.contains("netlink route modify #1 RTM_NEWLINK link br0 flags 0x600"))
        #expect(lines.contains("netlink route ask #2 RTM_GETLINK link br0 flags 0x4"))
        #expect(lines.contains("netlink route ask #1 RTM_GETLINK link lo flags 0x4 in web"))
        #expect(lines.contains { $0.hasPrefix("netlink > 0000: ") && $0.contains("10 00 05 06") })
        #expect(lines.contains { $0.hasPrefix("netlink < 0000: ") })
    }
}
