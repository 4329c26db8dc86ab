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

    /// Programs are loaded only by the machine's own root: in a user namespace there is the rest without them.
    @Test(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
    func `without the right to load programs a topology comes up, and a note says what is not`() async throws {
        try folder.write("shop.yaml", "services: {web: {ports: ['8080:80']}}\n")
        let folder = folder
        try await inPrivateNamespaces {
            let steps = """
                mount -t tmpfs t /run && mkdir /run/netns && mount -t tmpfs t /etc && ip link set lo up
                $weft apply shop.yaml && $weft plan shop.yaml && $weft ping shop.yaml && $weft ps && $weft down --all
                """
            let result = try WeftProgram.shell("unshare -rnm sh -ec '\(steps)'", in: folder.path)
            #expect(result.status == 0, "\(result.stderr)")
            let note =
                "note: IPv6 clients do not reach published ports of IPv4-only containers: bpf(2): Operation not permitted"
            #expect(result.stderr.contains(note), "\(result.stderr)")
            #expect(result.stdout.contains("nothing to do"))
            #expect(!result.stdout.contains("[::]:8080"))
        }
    }
}
