import Linux
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct ExecTests {
    private static let file = """
        name: shop
        services:
          web: {}
          api: {scale: 2}
          side: {network_mode: "service:web"}
          node: {network_mode: host}
        """
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        try folder.write("shop.yaml", Self.file)
    }

    /// Runs `body` in private namespaces where the topology is up.
    private func withShop(_ body: @Sendable () throws -> Void) async throws {
        try await inPrivateNamespaces {
            let result = try WeftProgram.run("apply", "\(folder.path)/shop.yaml")
            #expect(result.status == 0, "\(result.stderr)")
            try body()
        }
    }

    @Test(arguments: ["shop-web", "web", "side", "shop-side"])
    func `a program runs in the sandbox, whichever name it is called by`(name: String) async throws {
        try await withShop {
            let expected = try output(of: "ip", "netns", "exec", "shop-web", "readlink", "/proc/self/ns/net")
            #expect(try WeftProgram.run("exec", name, "readlink", "/proc/self/ns/net").stdout == expected)
        }
    }

    @Test func `a container on the host's network runs there`() async throws {
        try await withShop {
            let expected = try output(of: "readlink", "/proc/self/ns/net")
            #expect(try WeftProgram.run("exec", "node", "--", "readlink", "/proc/self/ns/net").stdout == expected)
        }
    }

    @Test func `the sandbox has its own hosts file, and nobody else sees it`() async throws {
        try await withShop {
            let hosts = try output(of: "cat", "/etc/hosts")
            let inside = try WeftProgram.run("exec", "web", "cat", "/etc/hosts").stdout
            #expect(inside.contains("\tshop-web web "))
            #expect(try output(of: "cat", "/etc/hosts") == hosts)
            let cgroups = try output(of: "ls", "/sys/fs/cgroup")
            #expect(try WeftProgram.run("exec", "web", "ls", "/sys/fs/cgroup").stdout == cgroups)
        }
    }

    @Test func `a program has the hostname that the file says, and nobody else has it`() async throws {
        try folder.write(
            "names.yaml",
            "{name: lab, services: {a: {hostname: alpha, domainname: example.org}, b: {domainname: example.net}, c: {}}}\n"
        )
        try await inPrivateNamespaces {
            let machine = try output(of: "hostname")
            _ = try WeftProgram.run("apply", "\(folder.path)/names.yaml")
            #expect(try WeftProgram.run("exec", "a", "hostname").stdout == "alpha\n")
            #expect(try WeftProgram.run("exec", "a", "hostname", "-f").stdout == "alpha.example.org\n")
            #expect(try WeftProgram.run("exec", "b", "hostname", "-f").stdout == "lab-b.example.net\n")
            #expect(try WeftProgram.run("exec", "c", "hostname").stdout == machine)
            #expect(try WeftProgram.run("exec", "a", "domainname").stdout == "example.org\n")
            #expect(
                try output(of: "ip", "netns", "exec", "lab-a", "cat", "/etc/hostname")
                    == "# weft:lab\n# domainname example.org\nalpha\n")
            #expect(try output(of: "hostname") == machine)
            #expect(try WeftProgram.run("plan", "\(folder.path)/names.yaml").status == 0)
            #expect(try WeftProgram.run("down", "lab").status == 0)
            #expect(try run(["test", "-e", "/etc/netns"]).status != 0)
        }
    }

    @Test(arguments: [
        (["web", "true"], 0), (["web", "--", "sh", "-c", "exit 7"], 7),
        // A pipe that is closed must kill the program as anywhere else, though weft itself does not mind.
        (["web", "sh", "-c", "kill -PIPE $$"], 128 + 13),
    ])
    func `the exit code is the program's`(words: [String], status: Int) async throws {
        try await withShop {
            let result = try run([WeftProgram.path, "exec"] + words)
            #expect(Int(result.status) == status)
        }
    }

    @Test func `what cannot be run exits as in a shell`() async throws {
        try await withShop {
            let missing = try WeftProgram.run("exec", "web", "no-such-program")
            #expect(missing.status == 127)
            #expect(missing.stderr == "weft: no-such-program: No such file or directory\n")
            let forbidden = try WeftProgram.run("exec", "web", "/etc/passwd")
            #expect(forbidden.status == 126)
            #expect(forbidden.stderr == "weft: /etc/passwd: Permission denied\n")
        }
    }

    @Test func `standard input, arguments and variables reach the program as they are`() async throws {
        try await withShop {
            let echo = try WeftProgram.run("exec", "web", "cat", input: "a\nb")
            #expect(echo.stdout == "a\nb")
            let words = try WeftProgram.run("exec", "web", "--", "printf", "%s|", "--help", "", "-v")
            #expect(words.stdout == "--help||-v|")
            let variable = try WeftProgram.run("exec", "web", "printenv", "X", environment: ["X": "y"])
            #expect(variable.stdout == "y\n")
            let place = try WeftProgram.run("exec", "web", "pwd", in: folder.path)
            #expect(place.stdout == "\(folder.path)\n")
        }
    }

    @Test func `a name that is ambiguous or unknown is refused`() async throws {
        try await withShop {
            let ambiguous = try WeftProgram.run("exec", "api", "true")
            #expect(ambiguous.status == 1)
            #expect(ambiguous.stderr == "weft: 'api' could be any of shop-api-1, shop-api-2\n")
            #expect(try WeftProgram.run("exec", "api-2", "true").status == 0)
            let unknown = try WeftProgram.run("exec", "wbe", "true")
            #expect(unknown.status == 1)
            #expect(
                unknown.stderr == "weft: no container 'wbe' is on the machine\n  hint: did you mean `web`?\n")
            #expect(try WeftProgram.run("exec", "../run", "true").status == 1)
        }
    }

    @Test func `a namespace that somebody else made can be entered, and only root may`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ip", "netns", "add", "foreign")
            let links = try WeftProgram.run("exec", "foreign", "ip", "-o", "link")
            #expect(links.stdout.split(separator: "\n").count == 1)
            let denied = try WeftProgram.runUnprivileged("exec", "foreign", "true")
            #expect(denied.status == 77)
            #expect(denied.stderr.hasPrefix("weft: not permitted: CAP_SYS_ADMIN is missing\n"))
        }
    }

    @Test func `a file that has no place in etc is noted, and the rest goes on`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ip", "netns", "add", "lab")
            try output(of: "mkdir", "-p", "/etc/netns/lab")
            try atomicWrite("/etc/netns/lab/no-such-file", "x".utf8, mode: 0o644)
            let result = try WeftProgram.run("exec", "lab", "echo", "on")
            #expect(result.stdout == "on\n")
            #expect(result.stderr.hasPrefix("weft: note: mount --bind /etc/netns/lab/no-such-file /etc/no-such-file: "))
        }
    }
}
