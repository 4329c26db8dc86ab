import TestSupport
import Testing

@testable import weft

/// The built program with command lines that make no sense, or ask for words only.
@Suite struct UsageTests {
    @Test(arguments: [
        (
            ["aply"],
            "weft: unknown command 'aply'\n  hint: did you mean `weft apply`?\n  `weft help` lists the commands\n"
        ),
        (["--jsn"], "weft: unknown option --jsn\n  `weft help` lists the commands\n"),
        (
            ["help", "plna"],
            "weft: unknown command 'plna'\n  hint: did you mean `weft plan`?\n  `weft help` lists the commands\n"
        ),
        (
            ["ls", "--jsno"],
            "weft: ls: unknown option --jsno\n  hint: did you mean `--json`?\n  usage: weft ls [OPTIONS]\n  `weft help ls` says more\n"
        ),
        (
            ["exec", "web"],
            "weft: exec: CMD is missing\n  usage: weft exec CONTAINER -- CMD…\n  `weft help exec` says more\n"
        ),
        (
            ["apply", "--firewall", "pf", "x.yaml"],
            "weft: apply: --firewall must be iptables or nftables or none, not 'pf'\n  usage: weft apply [OPTIONS] [FILE]\n  `weft help apply` says more\n"
        ),
        (
            ["down", "--all", "shop"],
            "weft: down: --all and a name exclude each other\n  usage: weft down [OPTIONS] [FILE|NAME]\n  `weft help down` says more\n"
        ),
    ])
    func `a usage error says what is wrong and exits 64`(words: [String], message: String) throws {
        let result = try run([WeftProgram.path] + words)
        #expect(result.status == 64)
        #expect(result.stderr == message)
        #expect(result.stdout == "")
    }

    @Test func `no command is a usage error`() throws {
        let result = try WeftProgram.run()
        #expect(result.status == 64)
        #expect(result.stderr == "weft: no command\n  `weft help` lists the commands\n")
    }

    @Test(arguments: ["apply", "plan", "down", "ping", "validate"])
    func `without FILE and without a file of a usual name the usage is said`(command: String) throws {
        let folder = try ScratchFolder()
        if command == "ping" { return }
        let result = try WeftProgram.run(command, in: folder.path)
        #expect(result.status == 64)
        #expect(
            result.stderr.hasPrefix(
                "weft: \(command): FILE is missing, and the current folder has none of topology.yaml, compose.yaml, "
                    + "compose.yml, docker-compose.yml\n"))
    }

    @Test(arguments: [["help"], ["--help"], ["-h"]])
    func `help is a result`(words: [String]) throws {
        let result = try run([WeftProgram.path] + words)
        #expect(result.status == 0)
        #expect(result.stdout == Help.overview.joined(separator: "\n") + "\n")
        #expect(result.stderr == "")
    }

    @Test(arguments: Command.all.map(\.name))
    func `every command has help at its own level`(name: String) throws {
        let expected = Help.of(try Command.named(name)).joined(separator: "\n") + "\n"
        for words in [["help", name], [name, "--help"], [name, "-h"]] {
            let result = try run([WeftProgram.path] + words)
            #expect(result.status == 0)
            #expect(result.stdout == expected)
        }
    }

    @Test func `the version is a word or JSON`() throws {
        #expect(try WeftProgram.run("version").stdout == "weft \(weftVersion)\n")
        #expect(try WeftProgram.run("--version").stdout == "weft \(weftVersion)\n")
        #expect(try JSON(text: try WeftProgram.run("version", "--json").stdout)["version"].string == weftVersion)
    }

    @Test func `a reader that goes away is no error`() throws {
        let result = try WeftProgram.shell("{ $weft help; echo $? >&2; } | true")
        #expect(result.stderr == "0\n")
    }

    @Test func `a result that cannot be written is an error`() throws {
        let result = try WeftProgram.shell("$weft help >/dev/full")
        #expect(result.status == 1)
        #expect(result.stderr == "weft: standard output: No space left on device\n")
    }

    @Test func `a standard output that is closed is an error`() throws {
        let result = try WeftProgram.shell("$weft help >&-")
        #expect(result.status == 1)
        #expect(result.stderr == "weft: standard output: Bad file descriptor\n")
    }
}
