import Glibc
import Linux
import TestSupport
import Testing

/// What a run does while it waits, is interrupted, or has a terminal to show how far it is.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct WaitingTests {
    private let folder: ScratchFolder
    private let file: String

    init() throws {
        folder = try ScratchFolder()
        file = try folder.write("lab.yaml", "name: lab\nservices: {a: {}}\n")
    }

    /// Runs `body` while another process holds the lock.
    private func whileLocked(_ body: (ChildProcess) throws -> Void) throws {
        try output(of: "mkdir", "-m", "700", "/run/weft")
        let holder = try start(["flock", "/run/weft/lock", "sh", "-c", "echo held; exec cat"])
        try holder.waitForOutput(containing: "held")
        try body(holder)
    }

    @Test func `who must wait says so once, and goes on when the other is done`() async throws {
        try await inPrivateNamespaces {
            try whileLocked { holder in
                let apply = try WeftProgram.start("apply", file)
                try apply.waitForOutput(containing: "waiting")
                holder.closeInput()
                let result = try apply.wait()
                #expect(result.status == 0)
                #expect(result.stderr == "weft: waiting for another weft to finish…\n")
                #expect(result.stdout.contains(" created, "))
            }
        }
    }

    @Test func `the wait ends with the time that was given`() async throws {
        try await inPrivateNamespaces {
            try whileLocked { _ in
                let result = try WeftProgram.run("apply", "--timeout", "0.2", file)
                #expect(result.status == 1)
                #expect(
                    result.stderr
                        == "weft: waiting for another weft to finish…\nweft: timed out: nothing was changed\n")
            }
        }
    }

    @Test(arguments: [(SIGINT, "interrupted"), (SIGTERM, "terminated"), (SIGHUP, "the terminal is gone")])
    func `a request to end ends the wait`(signal: Int32, text: String) async throws {
        try await inPrivateNamespaces {
            try whileLocked { _ in
                let apply = try WeftProgram.start("apply", file)
                try apply.waitForOutput(containing: "waiting")
                apply.kill(signal)
                let result = try apply.wait()
                #expect(result.status == 1)
                #expect(
                    result.stderr
                        == "weft: waiting for another weft to finish…\nweft: \(text): nothing was changed\n")
            }
        }
    }

    @Test func `looking does not wait`() async throws {
        try await inPrivateNamespaces {
            try whileLocked { _ in
                let plan = try WeftProgram.run("plan", file)
                let list = try WeftProgram.run("ls")
                #expect((plan.status, list.status) == (2, 0))
            }
        }
    }

    @Test func `pressing Ctrl-C again and again does not break the way back`() async throws {
        let many = try folder.write("many.yaml", "{name: many, services: {c: {scale: 150}}}")
        try await inPrivateNamespaces {
            let apply = try WeftProgram.start("apply", many)
            #expect(try eventually { try NetworkNamespace.list().count > 20 })
            let result = try pressingCtrlC(apply)
            #expect(result.status == 1)
            #expect(result.stderr == "weft: interrupted: the machine is as it was before\n")
            #expect(try NetworkNamespace.list() == [])
        }
    }

    @Test func `a removal that has begun comes to its end`() async throws {
        let many = try folder.write("many.yaml", "{name: many, services: {c: {scale: 150}}}")
        try await inPrivateNamespaces {
            #expect(try WeftProgram.run("apply", many).status == 0)
            let down = try WeftProgram.start("down", "many")
            #expect(try eventually { try NetworkNamespace.list().count < 150 })
            let result = try pressingCtrlC(down)
            #expect(result.status == 0, "\(result.stderr)")
            #expect(try NetworkNamespace.list() == [])
            #expect(try listDirectory("/run/weft") == ["lock"])
        }
    }

    private func pressingCtrlC(_ process: ChildProcess) throws -> ProgramResult {
        _ = eventually(within: 60) {
            process.kill(SIGINT)
            return !process.isRunning
        }
        return try process.wait()
    }

    @Test func `what was started with nohup is not ended by the terminal's end`() async throws {
        try await inPrivateNamespaces {
            try whileLocked { holder in
                let apply = try start(["nohup", WeftProgram.path, "apply", file])
                try apply.waitForOutput(containing: "waiting")
                apply.kill(SIGHUP)
                usleep(100_000)
                #expect(apply.isRunning)
                holder.closeInput()
                #expect(try apply.wait().status == 0)
            }
        }
    }

    @Test func `a terminal sees how far a long apply is, and nothing of it remains`() async throws {
        let many = try folder.write("many.yaml", "{name: many, services: {c: {scale: 300}}}")
        try await inPrivateNamespaces {
            let command = "\(WeftProgram.path) apply \(many)"
            let result = try run(["env", "TERM=xterm", "script", "-qec", command, "/dev/null"])
            #expect(result.status == 0)
            #expect(result.stdout.contains(/\r\[#* *\] \d+\/\d+ [a-z, ]+\u{1b}\[K/))
            let last = try #require(result.stdout.split(separator: "\r\u{1b}[K").last)
            #expect(last.wholeMatch(of: /\d+ created, \d changed, 0 removed in .*\r\n/) != nil, "\(last)")
            #expect(
                try run(["env", "TERM=dumb", "script", "-qec", "\(WeftProgram.path) down many", "/dev/null"])
                    .stdout.contains("\u{1b}") == false)
        }
    }
}
