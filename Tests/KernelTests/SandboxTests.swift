import Glibc
import Linux
import Netlink
import TestSupport
import Testing

/// The ground that the other kernel tests stand on.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct SandboxTests {
    @Test func `a test sees a loopback that is up and nothing of the machine`() async throws {
        try await inPrivateNamespaces {
            let links = try json(of: "ip", "-j", "link", "show")
            #expect(links.elements.count == 1)
            #expect(links[0]["flags"].elements.contains(.string("UP")))
            #expect(try listDirectory("/run") == ["netns"])
            #expect(try listDirectory("/etc/netns") == [])
            #expect(try listDirectory("/run/netns") == [])
            #expect(try output(of: "cat", "/etc/passwd").contains("root:"))
        }
    }

    @Test func `what a test writes and mounts is gone for the next one`() async throws {
        try await inPrivateNamespaces {
            try output(of: "sh", "-c", "echo 1 > /run/left; mkdir /etc/netns/left; ip netns add left")
        }
        let left = try await inPrivateNamespaces {
            try ["/run", "/etc/netns", "/run/netns"].map { try listDirectory($0) }
        }
        #expect(left == [["netns"], [], []])
        #expect(access("/etc/netns/left", F_OK) != 0)
    }

    @Test func `the census sees each kind of thing that is left behind`() async throws {
        try await inPrivateNamespaces {
            _ = try Census.take()
            let before = try Census.take()
            #expect(try Census.take() == before)
            let changes: [(change: [String], undo: [String])] = [
                (["ip", "link", "add", "name", "a", "type", "bridge"], ["ip", "link", "delete", "dev", "a"]),
                (["ip", "netns", "add", "n"], ["ip", "netns", "delete", "n"]),
                (["nft", "add", "table", "ip", "t"], ["nft", "delete", "table", "ip", "t"]),
                (["touch", "/run/f"], ["rm", "/run/f"]),
                (["mkdir", "/etc/netns/n"], ["rmdir", "/etc/netns/n"]),
            ]
            for (change, undo) in changes {
                #expect(try run(change).status == 0)
                #expect(try Census.take() != before, "\(change)")
                #expect(try run(undo).status == 0)
                #expect(try Census.take() == before, "\(undo)")
            }
            let held = try Descriptor.open("/etc/passwd", O_RDONLY)
            #expect(try Census.take() != before)
            withExtendedLifetime(held) {}
        }
    }

    @Test func `an error reaches the test that it belongs to`() async throws {
        let thrown = await #expect(throws: SystemCallError.self) {
            try await inPrivateNamespaces { () throws in try listDirectory("/nowhere") }
        }
        #expect(thrown?.errno == .noEntry)
    }

    @Test func `a program that doesn't end is killed, and it alone`() async throws {
        try await inPrivateNamespaces {
            let other = try start(["sleep", "100"])
            let error = try #require(throws: ProgramFailure.self) { try run(["sleep", "100"], timeout: 0.2) }
            #expect(error.description.hasPrefix("sleep 100: no end after 0.2 s"))
            #expect(other.isRunning)
            other.kill(SIGTERM)
            #expect(try other.wait().status == 128 + SIGTERM)
        }
    }

    @Test func `a program's input, output, status and environment are its own`() async throws {
        try await inPrivateNamespaces {
            let script = "cat; echo \"$WORD\" >&2; exit 3"
            let result = try run(["sh", "-c", script], input: "in", environment: ["WORD": "out"])
            #expect(result.status == 3)
            #expect(result.stdout == "in")
            #expect(result.stderr == "out\n")
            #expect(throws: SystemCallError.self) { try run(["no-such-program-anywhere"]) }
        }
    }
}
