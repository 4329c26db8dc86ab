import Glibc
import Linux
import TestSupport
import Testing

/// Files in a folder that no other test has.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct FileTests {
    @Test func `a file is replaced as a whole, with the mode that is asked for`() async throws {
        try await inPrivateNamespaces {
            try atomicWrite("/run/state", "one".utf8, mode: 0o644)
            try atomicWrite("/run/state", "two two".utf8, mode: 0o600)
            #expect(try String(decoding: readFile("/run/state"), as: UTF8.self) == "two two")
            #expect(try output(of: "stat", "-c", "%a", "/run/state") == "600\n")
            #expect(try listDirectory("/run") == ["netns", "state"])
        }
    }

    @Test func `what is written into a file is seen by whoever has it mounted, and nothing of the old is left`()
        async throws
    {
        try await inPrivateNamespaces {
            try atomicWrite("/run/state", "one, long".utf8, mode: 0o644)
            try output(of: "sh", "-c", "touch /run/place; mount --bind /run/state /run/place")
            #expect(try overwriteFile("/run/state", "two".utf8))
            #expect(try output(of: "cat", "/run/place") == "two")
            #expect(try !overwriteFile("/run/absent", "x".utf8))
            try output(of: "ln", "-s", "state", "/run/link")
            #expect(try !overwriteFile("/run/link", "x".utf8))
            #expect(try output(of: "cat", "/run/state") == "two")
        }
    }

    @Test func `a link that somebody has planted is replaced, not followed`() async throws {
        try await inPrivateNamespaces {
            try output(of: "sh", "-c", "echo precious > /run/precious; ln -s precious /run/state")
            try atomicWrite("/run/state", "new".utf8, mode: 0o600)
            #expect(try output(of: "cat", "/run/precious") == "precious\n")
            #expect(try output(of: "cat", "/run/state") == "new")
        }
    }

    @Test func `a file that can't be written leaves nothing behind`() async throws {
        try await inPrivateNamespaces {
            try output(of: "mkdir", "/run/state")
            let error = try #require(throws: SystemCallError.self) {
                try atomicWrite("/run/state", "x".utf8, mode: 0o600)
            }
            #expect("\(error)" == "rename /run/state: Is a directory (EISDIR)")
            #expect(try listDirectory("/run") == ["netns", "state"])
        }
    }

    @Test func `a folder of hosts files that is mounted from elsewhere stays, empty`() async throws {
        try await inPrivateNamespaces {
            try output(of: "sh", "-c", "mkdir -p /etc/netns; mount -t tmpfs tmpfs /etc/netns")
            try apply("name: lab\nservices: {a: {network_mode: none}}")
            #expect(try listDirectory("/etc/netns") == ["lab-a"])
            try remove("lab")
            #expect(try listDirectory("/etc/netns") == [])
        }
    }

    @Test func `a file over the limit is refused, one at the limit is read`() async throws {
        try await inPrivateNamespaces {
            try atomicWrite("/run/file", [UInt8](repeating: 7, count: 100_000), mode: 0o600)
            #expect(try readFile("/run/file", limit: 100_000).count == 100_000)
            let error = try #require(throws: SystemCallError.self) { try readFile("/run/file", limit: 99_999) }
            #expect(error.errno == .fileTooLarge)
            #expect(throws: SystemCallError.self) { try readFile("/dev/zero", limit: 1 << 20) }
        }
    }

    @Test func `a folder is made for us alone, and found again`() async throws {
        try await inPrivateNamespaces {
            try secureDirectory("/run/weft")
            try secureDirectory("/run/weft")
            #expect(try output(of: "stat", "-c", "%a %u", "/run/weft") == "700 \(geteuid())\n")
        }
    }

    @Test(arguments: [
        ("ln -s /tmp /run/weft", "open /run/weft: Not a directory (ENOTDIR)"),
        ("ln -s nowhere /run/weft", "open /run/weft: Not a directory (ENOTDIR)"),
        ("touch /run/weft", "open /run/weft: Not a directory (ENOTDIR)"),
        ("mkdir -m 777 /run/weft", "open /run/weft, which others may write to: Operation not permitted (EPERM)"),
    ])
    func `a folder that somebody else could have planted is refused`(plant: String, reason: String) async throws {
        try await inPrivateNamespaces {
            try output(of: "sh", "-c", plant)
            let error = try #require(throws: SystemCallError.self) { try secureDirectory("/run/weft") }
            #expect("\(error)" == reason)
        }
    }

    @Test(.enabled(if: isMachinesRoot, "needs root: a user namespace has no second user"))
    func `a folder of another user is refused`() async throws {
        try await inPrivateNamespaces {
            try output(of: "sh", "-c", "mkdir -m 755 /run/weft; chown 65534 /run/weft")
            let error = try #require(throws: SystemCallError.self) { try secureDirectory("/run/weft") }
            #expect("\(error)" == "open /run/weft, owned by user 65534: Operation not permitted (EPERM)")
        }
    }

    @Test func `a lock that another process holds is told of once, and waited for`() async throws {
        try await inPrivateNamespaces {
            let holder = try start(["flock", "/run/lock", "sh", "-c", "echo held; read line"])
            try holder.waitForOutput(containing: "held")
            var told = 0
            let lock = try FileLock.acquire("/run/lock") {
                told += 1
                holder.closeInput()
            }
            #expect(told == 1)
            try holder.wait()
            #expect(try run(["flock", "--nonblock", "/run/lock", "true"]).status == 1)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func `a lock ends with its owner`() async throws {
        try await inPrivateNamespaces {
            _ = try FileLock.acquire("/run/lock") { Issue.record("nobody holds it") }
            #expect(try run(["flock", "--nonblock", "/run/lock", "true"]).status == 0)
        }
    }

    @Test func `a lock file that its holder has deleted is no lock`() async throws {
        try await inPrivateNamespaces {
            let holder = try start(["flock", "/run/lock", "sh", "-c", "echo held; read line; rm /run/lock"])
            try holder.waitForOutput(containing: "held")
            let lock = try FileLock.acquire("/run/lock") { holder.closeInput() }
            try holder.wait()
            // Ours is the file that is there now.
            #expect(try run(["flock", "--nonblock", "/run/lock", "true"]).status == 1)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func `a lock is not taken through a planted link`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ln", "-s", "/run/elsewhere", "/run/lock")
            let error = try #require(throws: SystemCallError.self) { try FileLock.acquire("/run/lock") {} }
            #expect(error.errno == .symbolicLink)
        }
    }

    @Test func `the capabilities that the kernel lists are known by name`() async throws {
        try await inPrivateNamespaces {
            #expect(try Capability.effective() == Set(Capability.allCases))
            let listed = try output(of: "grep", "CapEff", "/proc/self/status")
            let mask = try #require(listed.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) })
            // CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_ADMIN of capabilities(7).
            #expect(mask & (1 << 12 | 1 << 13 | 1 << 21) == 1 << 12 | 1 << 13 | 1 << 21)
        }
    }
}

private let isMachinesRoot: Bool = {
    do { return try geteuid() == 0 && !isInUserNamespace() } catch { return false }
}()
