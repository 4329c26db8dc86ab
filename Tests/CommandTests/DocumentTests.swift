import Glibc
import Linux
import TestSupport
import Testing

/// What `--json` prints of plans and applies, and refusals that change nothing.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct DocumentTests {
    private let folder: ScratchFolder
    private let file: String

    init() throws {
        folder = try ScratchFolder()
        file = try folder.write("lab.yaml", "name: lab\nservices: {a: {image: nginx, ports: [\"8080:80\"]}}\n")
    }

    @Test func `a plan's document has every operation with its commands`() async throws {
        try await inPrivateNamespaces {
            let result = try WeftProgram.run("plan", "--json", file)
            #expect(result.status == 2)
            #expect(result.stderr == "")
            let document = try JSON(text: result.stdout)
            #expect(document["topology"].string == "lab")
            #expect(document["ignored"].elements.compactMap(\.string) == ["services.*.image"])
            let changes = document["changes"].elements
            let counts = [document["create"].int, document["change"].int, document["remove"].int].compactMap(\.self)
            #expect(counts.reduce(0, +) == changes.count)
            #expect(changes.count { $0["action"].string == "create" } == counts[0])
            let namespace = document["changes"].first(where: "kind", is: "namespace")
            #expect(namespace["object"].string == "namespace lab-a")
            #expect(namespace["equivalents"][0].string == "ip netns add lab-a")

            let apply = try JSON(text: try WeftProgram.run("apply", "--json", file).stdout)
            #expect(apply["topology"].string == "lab")
            #expect(apply["created"].int == counts[0])
            #expect(apply["changed"].int == counts[1])
            #expect(apply["removed"].int == 0)
            #expect(apply["milliseconds"] != .null)
            #expect(apply["ignored"].elements.count == 1)

            let after = try WeftProgram.run("plan", "--json", file)
            #expect(after.status == 0)
            #expect(try JSON(text: after.stdout)["changes"] == .array([]))
        }
    }

    @Test func `a change's document says what differs`() async throws {
        try await inPrivateNamespaces {
            #expect(try WeftProgram.run("apply", file).status == 0)
            try output(of: "ip", "-n", "lab-a", "link", "set", "eth0", "address", "02:00:00:00:00:01")
            let document = try JSON(text: try WeftProgram.run("plan", "--json", file).stdout)
            #expect(document["change"].int == 1)
            #expect(document["changes"][0]["action"].string == "change")
            #expect(document["changes"][0]["kind"].string == "veth")
            #expect(
                document["changes"][0]["differences"].elements.compactMap(\.string)
                    == ["peer mac 02:00:00:00:00:01 → 02:42:ac:12:00:02"])
        }
    }

    @Test func `a port that something listens on is refused before anything changes`() async throws {
        try await inPrivateNamespaces {
            let script = "import socket; s = socket.create_server(('', 8080)); print('up', flush=True); input()"
            let server = try start(["python3", "-c", script])
            try server.waitForOutput(containing: "up")
            let result = try WeftProgram.run("apply", file)
            #expect(result.status == 1)
            #expect(
                result.stderr.hasPrefix(
                    "weft: ignored: services.*.image\nweft: ports are in use:\n  0.0.0.0:8080->80/tcp of lab-a: ")
                    || result.stderr.hasPrefix("weft: ports are in use:\n  0.0.0.0:8080->80/tcp of lab-a: "),
                "\(result.stderr)")
            #expect(try NetworkNamespace.list() == [])
            #expect(try output(of: "nft", "list", "ruleset") == "")
        }
    }

    @Test func `a folder of records that somebody planted is refused`() async throws {
        try await inPrivateNamespaces {
            #expect(symlink("/tmp", "/run/weft") == 0)
            let link = try WeftProgram.run("apply", file)
            #expect(link.status == 1)
            #expect(link.stderr.hasPrefix("weft: /run/weft: a symbolic link or a file, "), "\(link.stderr)")
            #expect(unlink("/run/weft") == 0)
            try output(of: "mkdir", "-m", "777", "/run/weft")
            let open = try WeftProgram.run("plan", file)
            #expect(open.status == 1)
            #expect(
                open.stderr == """
                    weft: open /run/weft, which others may write to: Operation not permitted (EPERM)
                      hint: weft did not make it so: see who did, and remove it

                    """)
            #expect(try NetworkNamespace.list() == [])
        }
    }
}
