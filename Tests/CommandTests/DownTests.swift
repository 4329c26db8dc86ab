import Glibc
import Linux
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct DownTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// Applies a small topology from a file in the folder.
    private func apply(_ name: String) throws {
        try folder.write("\(name).yaml", "name: \(name)\nservices: {a: {}}\n")
        let result = try WeftProgram.run("apply", "\(name).yaml", in: folder.path)
        #expect(result.status == 0, "\(result.stderr)")
    }

    private func down(_ words: String...) throws -> ProgramResult {
        try run(["env", "-C", folder.path, WeftProgram.path, "down"] + words)
    }

    @Test func `a name is enough`() async throws {
        try await inPrivateNamespaces {
            try apply("one")
            let result = try down("one")
            #expect(result.status == 0)
            #expect(result.stdout.wholeMatch(of: /one: \d+ removed in \d+ ms\n/) != nil, "\(result.stdout)")
            #expect(try NetworkNamespace.list() == [])
        }
    }

    @Test func `a file whose content is wrong by now still says the name`() async throws {
        try await inPrivateNamespaces {
            try apply("one")
            try folder.write("one.yaml", "name: one\nservices: [unclosed\n")
            #expect(try down("one.yaml").status == 0)
            #expect(try NetworkNamespace.list() == [])
        }
    }

    @Test func `a file that is gone, or says no name any more, is known by its path`() async throws {
        try await inPrivateNamespaces {
            try apply("one")
            #expect(unlink("\(folder.path)/one.yaml") == 0)
            #expect(try down("one.yaml").status == 0)
            try apply("two")
            try folder.write("two.yaml", "][\n")
            #expect(try down("two.yaml").status == 0)
            #expect(try NetworkNamespace.list() == [])
        }
    }

    @Test func `a file that nobody knows is an error that says what helps`() async throws {
        try await inPrivateNamespaces {
            let missing = try down("three.yaml")
            #expect(missing.status == 65)
            #expect(missing.stderr == "weft: three.yaml: no such file\n")
            try folder.write("broken.yaml", "][\n")
            let nameless = try down("broken.yaml")
            #expect(nameless.status == 65)
            #expect(
                nameless.stderr == """
                    weft: broken.yaml: the topology's name cannot be read
                      hint: `weft ls` lists the names, and `weft down NAME` does without the file

                    """)
        }
    }

    @Test func `what is not there is no error`() async throws {
        try await inPrivateNamespaces {
            let result = try down("nothing")
            #expect(result.status == 0)
            #expect(result.stdout == "nothing of nothing is here\n")
            #expect(try down("--all").stdout == "no topology is here\n")
            #expect(try JSON(text: try down("--all", "--json").stdout) == .array([]))
        }
    }

    @Test func `all topologies go at once, and only they`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ip", "netns", "add", "foreign")
            try apply("one")
            try apply("two")
            let result = try down("--all", "--json")
            #expect(result.status == 0)
            let documents = try JSON(text: result.stdout)
            #expect(documents.elements.compactMap { $0["topology"].string } == ["one", "two"])
            #expect(documents.elements.allSatisfy { ($0["removed"].int ?? 0) > 0 && $0["created"].int == 0 })
            #expect(try NetworkNamespace.list() == ["foreign"])
        }
    }

    @Test func `a global switch that stays on is said`() async throws {
        try await inPrivateNamespaces {
            try Sysctl("net", "ipv4", "ip_forward").write("0")
            try apply("one")
            let result = try down("one")
            #expect(
                result.stderr
                    == "weft: note: net.ipv4.ip_forward stays on, others may need it; it was 0 before\n")
        }
    }
}
