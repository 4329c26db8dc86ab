import FoundationEssentials
import Glibc
import Linux
import TestSupport
import Testing

/// The program under test, as it was built.
enum WeftProgram {
    /// Where it is: beside the test bundle, which is this process's program.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(bundle[..<(bundle.lastIndex(of: "/") ?? bundle.startIndex)]) + "/weft"
    }()

    /// Runs it in `folder`, without colours or privileges taken away.
    static func run(
        _ words: String..., in folder: String = "/", input: String = "", environment: [String: String] = [:]
    ) throws -> ProgramResult {
        try TestSupport.run(["env", "-C", folder, path] + words, input: input, environment: environment)
    }

    /// Starts it with the signals as a terminal leaves them, which a test run in the background may have been told to ignore.
    static func start(_ words: String...) throws -> ChildProcess {
        try TestSupport.start(["env", "--default-signal=HUP,INT,TERM", path] + words)
    }

    /// Runs it without any capability, as an ordinary user does; no change of user, so that it can be read.
    static func runUnprivileged(_ words: String..., in folder: String = "/") throws -> ProgramResult {
        try TestSupport.run(
            ["env", "-C", folder] + (geteuid() == 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [])
                + [path] + words)
    }

    /// Runs `script` in a shell where `$weft` is the program.
    static func shell(_ script: String, in folder: String = "/") throws -> ProgramResult {
        try TestSupport.run(["env", "-C", folder, "weft=\(path)", "sh", "-c", script])
    }
}

/// A folder for a test's files, gone with the last reference.
final class ScratchFolder: Sendable {
    /// The folder.
    let path: String

    init() throws {
        var template = Array("/tmp/weft-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError(call: "mkdtemp", errno: .current) }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("\(path) is left behind: \(error)")
        }
    }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        try atomicWrite(file, text.utf8, mode: 0o644)
        return file
    }

    /// Runs the program under test in the folder, and expects that it does what it is asked for.
    @discardableResult
    func succeed(_ words: String...) throws -> ProgramResult {
        let result = try TestSupport.run(["env", "-C", path, WeftProgram.path] + words)
        #expect(result.status == 0, "\(words): \(result.stderr)")
        return result
    }

    /// Makes a folder within.
    @discardableResult
    func makeFolder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        _ = try systemCall("mkdir", folder) { mkdir(folder, 0o755) }
        return folder
    }
}
