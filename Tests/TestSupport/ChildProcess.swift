import CLinux
import Glibc
import Linux
import Synchronization

/// What a program has printed and how it ended.
public struct ProgramResult: Hashable, Sendable {
    /// The exit code; 128 and the signal's number if a signal ended it, as in a shell.
    public let status: Int32
    /// The standard output.
    public let stdout: String
    /// The standard error.
    public let stderr: String
}

/// A program did not do what the test needs of it.
public struct ProgramFailure: Error, CustomStringConvertible {
    /// What was run, and what it said.
    public let description: String
}

/// Runs a program in the calling thread's namespaces and waits for its end.
///
/// - Parameters:
///   - arguments: The program, looked up in `PATH`, and what it is given.
///   - input: Its standard input.
///   - environment: Variables to add to this process's.
///   - timeout: Seconds after which it is killed, and an error thrown.
public func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], timeout: Double = 120
) throws -> ProgramResult {
    let file = try memoryFile("stdin")
    try file.write(input.utf8)
    lseek(file.rawValue, 0, SEEK_SET)
    return try ChildProcess(arguments, environment: environment, stdin: file, input: nil).wait(timeout: timeout)
}

/// Runs a program that must succeed, and returns what it prints.
@discardableResult
public func output(of arguments: String..., input: String = "") throws -> String {
    let result = try run(arguments, input: input)
    guard result.status == 0 else {
        throw ProgramFailure(description: "\(arguments.joined(separator: " ")): \(result.status): \(result.stderr)")
    }
    return result.stdout
}

/// Starts a program in the calling thread's namespaces; it is killed when the last reference goes.
public func start(_ arguments: [String], environment: [String: String] = [:]) throws -> ChildProcess {
    var ends: [Int32] = [0, 0]
    _ = try systemCall("pipe2") { pipe2(&ends, O_CLOEXEC) }
    return try ChildProcess(
        arguments, environment: environment, stdin: Descriptor(owning: ends[0]), input: Descriptor(owning: ends[1]))
}

/// A program that was started.
public final class ChildProcess: Sendable {
    /// The process id.
    public let identifier: Int32
    private let arguments: [String]
    private let stdoutFile: Descriptor
    private let stderrFile: Descriptor
    private let input: Mutex<Descriptor?>
    private let ended = Mutex<Int32?>(nil)

    fileprivate init(
        _ arguments: [String], environment: [String: String], stdin: Descriptor, input: Descriptor?
    ) throws {
        self.arguments = arguments
        self.input = Mutex(input)
        // Files rather than pipes: nobody has to read them for the program to go on.
        stdoutFile = try memoryFile("stdout")
        stderrFile = try memoryFile("stderr")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin.rawValue, 0)
        posix_spawn_file_actions_adddup2(&actions, stdoutFile.rawValue, 1)
        posix_spawn_file_actions_adddup2(&actions, stderrFile.rawValue, 2)
        var attributes = posix_spawnattr_t()
        defer { posix_spawnattr_destroy(&attributes) }
        try Self.hearSignals(&attributes)
        var identifier = pid_t()
        let status = withCStrings(arguments) { arguments in
            withCStrings(mergedEnvironment(environment)) { environment in
                arguments[0].map { posix_spawnp(&identifier, $0, &actions, &attributes, arguments, environment) }
                    ?? EINVAL
            }
        }
        guard status == 0 else {
            throw SystemCallError(call: "posix_spawn", errno: Errno(rawValue: status), object: arguments.first)
        }
        self.identifier = identifier
    }

    /// Lets the program be killed: the threads of a pool block all signals, and a program inherits that.
    private static func hearSignals(_ attributes: inout posix_spawnattr_t) throws(SystemCallError) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        let status = posix_spawnattr_setflags(&attributes, Int16(flags))
        guard status == 0 else { throw SystemCallError(call: "posix_spawnattr", errno: Errno(rawValue: status)) }
    }

    deinit {
        if ended.withLock({ $0 == nil }) {
            Glibc.kill(identifier, SIGKILL)
            waitpid(identifier, nil, 0)
        }
    }

    /// What it has printed so far.
    public var stdout: String { contents(of: stdoutFile) }

    /// What it has printed so far to the standard error.
    public var stderr: String { contents(of: stderrFile) }

    /// Writes to its standard input.
    public func write(_ text: String) throws {
        try input.withLock { try $0?.write(text.utf8, to: "stdin") }
    }

    /// Ends its standard input.
    public func closeInput() { input.withLock { $0 = nil } }

    /// Sends it a signal, `SIGTERM` unless told otherwise.
    public func kill(_ signal: Int32 = 15) {
        if ended.withLock({ $0 == nil }) { Glibc.kill(identifier, signal) }
    }

    /// Whether it has not ended yet.
    public var isRunning: Bool { reap() == nil }

    /// Waits for its end.
    ///
    /// - Parameter timeout: Seconds after which it is killed, and an error thrown.
    @discardableResult
    public func wait(timeout: Double = 120) throws -> ProgramResult {
        closeInput()
        var status: Int32?
        let hasEnded = eventually(within: timeout) {
            status = reap()
            return status != nil
        }
        guard hasEnded, let status else {
            kill(SIGKILL)
            throw ProgramFailure(
                description: "\(arguments.joined(separator: " ")): no end after \(timeout) s: \(stderr)")
        }
        return ProgramResult(status: status, stdout: stdout, stderr: stderr)
    }

    /// Waits until it has printed `text`.
    public func waitForOutput(containing text: String, timeout: Double = 60) throws {
        let hasCome = eventually(within: timeout) { stdout.contains(text) || stderr.contains(text) || !isRunning }
        guard hasCome, stdout.contains(text) || stderr.contains(text) else {
            throw ProgramFailure(description: "\(arguments.joined(separator: " ")): no \"\(text)\": \(stdout)\(stderr)")
        }
    }

    /// The status, if it has ended.
    private func reap() -> Int32? {
        ended.withLock { ended in
            if let ended { return ended }
            var status: Int32 = 0
            guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
            let signal = status & 0x7f
            ended = signal == 0 ? status >> 8 & 0xff : 128 + signal
            return ended
        }
    }
}

/// Asks again and again whether something has become true.
///
/// - Returns: Whether it has within `seconds`.
public func eventually(within seconds: Double = 60, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = monotonicNanoseconds() + UInt64(seconds * 1e9)
    var pause: UInt32 = 100
    while try !condition() {
        guard monotonicNanoseconds() < deadline else { return false }
        usleep(pause)
        pause = min(pause * 2, 5000)
    }
    return true
}

private func memoryFile(_ name: String) throws(SystemCallError) -> Descriptor {
    Descriptor(owning: try systemCall("memfd_create") { memfd_create(name, UInt32(MFD_CLOEXEC)) })
}

private func contents(of file: Descriptor) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = buffer.withUnsafeMutableBytes {
            pread(file.rawValue, $0.baseAddress, $0.count, off_t(bytes.count))
        }
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer.prefix(count)
    }
}

private func mergedEnvironment(_ added: [String: String]) -> [String] {
    var variables: [String] = []
    var next = Glibc.environ
    while let variable = next.pointee {
        let text = String(cString: variable)
        if added[String(text.prefix { $0 != "=" })] == nil { variables.append(text) }
        next += 1
    }
    return variables + added.map { "\($0.key)=\($0.value)" }
}

private func withCStrings<Value>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
) -> Value {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
