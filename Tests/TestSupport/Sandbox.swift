import CLinux
import Glibc
import Linux

/// Namespaces of a test's own, so that it neither sees nor changes the machine.
public enum Sandbox {
    /// Whether this process may make some: as root, or under `unshare -rnm`.
    public static let isAvailable: Bool = {
        do {
            try onThread { () throws(SystemCallError) in try enter() }
            return true
        } catch {
            return false
        }
    }()

    /// What `isAvailable` asks for, to be printed with a skipped test.
    public static let requirement = "needs root, or `unshare -rnm` around the test run"

    /// Moves the calling thread, which must end afterwards, into new mount and network namespaces and gives it a
    /// descriptor table of its own.
    ///
    /// `/run` is empty there but for `netns`, `/etc/netns` is empty, the loopback is up. The threads and processes
    /// that it starts inherit all this.
    static func enter() throws(SystemCallError) {
        _ = try systemCall("unshare") { unshare(CLONE_FS | CLONE_FILES) }
        try leaveOthers()
        _ = try systemCall("unshare") { unshare(CLONE_NEWNS | CLONE_NEWNET) }
        try mount("none", on: "/", flags: MS_REC | MS_PRIVATE)
        try mount("tmpfs", on: "/run", type: "tmpfs")
        try makeDirectory("/run/netns")
        try shadowEtc()
        try setLoopbackUp()
    }

    /// Goes back to the mounts of the main thread, which is in no sandbox.
    ///
    /// The runtime starts threads from whichever thread has work for one, so that the caller may be in another's sandbox.
    private static func leaveOthers() throws(SystemCallError) {
        let folder = linkTarget("/proc/thread-self/cwd")
        let home = try Descriptor.open("/proc/self/ns/mnt", O_RDONLY)
        _ = try systemCall("setns", "/proc/self/ns/mnt") { setns(home.rawValue, CLONE_NEWNS) }
        if let folder { _ = try systemCall("chdir", folder) { chdir(folder) } }
    }

    /// Puts links to the machine's files into an empty `/etc`, where a test can then make its own.
    ///
    /// The files stay in reach at `/etc/.machine`, in a sandbox within a sandbox too; read-only, because a test that writes to
    /// one of the links would otherwise write to the machine.
    private static func shadowEtc() throws(SystemCallError) {
        let machine = "/etc/.machine"
        let isNested = access(machine, F_OK) == 0
        try makeDirectory("/run/etc")
        try mount(isNested ? machine : "/etc", on: "/run/etc", flags: MS_BIND | MS_REC)
        try mount("tmpfs", on: "/etc", type: "tmpfs")
        try makeDirectory(machine)
        try mount("/run/etc", on: machine, flags: MS_MOVE)
        try makeReadOnly(machine)
        _ = try systemCall("rmdir", "/run/etc") { rmdir("/run/etc") }
        for name in try listDirectory(machine) where name != "netns" {
            // A relative link means something else from here: copied rather than pointed to.
            let target = linkTarget("\(machine)/\(name)") ?? "\(machine)/\(name)"
            _ = try systemCall("symlink", name) { symlink(target, "/etc/\(name)") }
        }
        try makeDirectory("/etc/netns")
    }

    /// Keeps the mount's other flags, which in a user namespace may not be dropped.
    private static func makeReadOnly(_ target: String) throws(SystemCallError) {
        var status = statvfs()
        _ = try systemCall("statvfs", target) { statvfs(target, &status) }
        let kept = Int(status.f_flag) & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
        try mount("none", on: target, flags: MS_REMOUNT | MS_BIND | MS_RDONLY | kept)
    }

    private static func mount(
        _ source: String, on target: String, type: String? = nil, flags: Int = 0
    ) throws(SystemCallError) {
        _ = try systemCall("mount", target) { CLinux.mount(source, target, type, UInt(flags), nil) }
    }

    private static func makeDirectory(_ path: String) throws(SystemCallError) {
        _ = try systemCall("mkdir", path) { mkdir(path, 0o755) }
    }

    private static func setLoopbackUp() throws(SystemCallError) {
        let socket = Descriptor(
            owning: try systemCall("socket") { Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) })
        var request = ifreq()
        request.ifr_ifrn.ifrn_name.0 = CChar(UInt8(ascii: "l"))
        request.ifr_ifrn.ifrn_name.1 = CChar(UInt8(ascii: "o"))
        request.ifr_ifru.ifru_flags = Int16(IFF_UP)
        _ = try systemCall("ioctl(SIOCSIFFLAGS)", "lo") { ioctl(socket.rawValue, UInt(SIOCSIFFLAGS), &request) }
    }
}

/// Runs `body` in new mount and network namespaces, on a thread that ends afterwards.
///
/// The body is synchronous, so it stays on that thread; it belongs to the caller's task all the same, which is how
/// `#expect` knows its test. It must not return what owns a descriptor: those are numbers of its own table. Some bodies
/// run at the same time, but not more than the machine has use for.
@discardableResult
public func inPrivateNamespaces<Value: Sendable>(
    _ body: @Sendable () throws -> Value
) async throws -> Value {
    await SandboxThread.gate.enter()
    let outcome: Result<Value, any Error>
    do {
        let thread = try SandboxThread()
        outcome = await withTaskExecutorPreference(thread) {
            precondition(thread.isCurrent, "a synchronous body stays on its thread")
            defer { thread.finish() }
            return Result { try body() }
        }
    } catch {
        outcome = .failure(error)
    }
    await SandboxThread.gate.leave()
    return try outcome.get()
}

/// What a symbolic link points to; `nil` if it is none.
func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count < 0 ? nil : String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
