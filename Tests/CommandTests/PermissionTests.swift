import Glibc
import Linux
import TestSupport
import Testing

@testable import weft

/// The built program without privileges.
@Suite struct PermissionTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test(arguments: [["apply", "my shop.yaml"], ["plan", "my shop.yaml"], ["down", "shop"], ["ls"], ["ps"]])
    func `what the machine must be looked at for needs capabilities`(words: [String]) throws {
        try folder.write("my shop.yaml", "services: {web: {}}\n")
        let unprivileged = geteuid() == 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []
        let result = try run(["env", "-C", folder.path] + unprivileged + [WeftProgram.path] + words)
        #expect(result.status == 77)
        #expect(result.stdout == "")
        let lines = result.stderr.split(separator: "\n").map(String.init)
        #expect(lines.first == "weft: not permitted: CAP_NET_ADMIN and CAP_SYS_ADMIN are missing")
        #expect(lines.count == 2)
    }

    @Test func `a bad file is said before missing privileges`() throws {
        try folder.write("a.yaml", "services: [\n")
        #expect(try WeftProgram.runUnprivileged("apply", "a.yaml", in: folder.path).status == 65)
    }
}
