import CLinux
import Glibc

extension NetworkNamespace {
    /// Moves the program into the namespace for good, and puts the files of `/etc/netns/<name>` over those of `/etc` in a
    /// mount namespace of its own; with a `hostname` among them the program has that as its own too.
    ///
    /// As `ip netns exec` does before the command, but `/sys` stays as it is: a new one would hide the cgroups. Only for
    /// a program with one thread that is about to become another one.
    /// - Returns: The files that could not be put over one of `/etc`, with the reasons.
    public func adopt() throws(SystemCallError) -> [SystemCallError] {
        _ = try systemCall("setns", name) { setns(descriptor.rawValue, CLONE_NEWNET) }
        _ = try systemCall("unshare(CLONE_NEWNS)") { unshare(CLONE_NEWNS) }
        // What is mounted from here on must not appear outside; what is mounted outside may appear here.
        _ = try systemCall("mount --make-rslave", "/") { mount("", "/", "none", UInt(MS_SLAVE | MS_REC), nil) }
        let folder = "/etc/netns/\(name)"
        let files: [String]
        do throws(SystemCallError) {
            files = try listDirectory(folder)
        } catch  where error.errno == .noEntry {
            return []
        }
        return files.compactMap { file in
            do throws(SystemCallError) {
                if file == "hostname" { try takeHostname(from: "\(folder)/\(file)") }
                _ = try systemCall("mount --bind \(folder)/\(file)", "/etc/\(file)") {
                    mount("\(folder)/\(file)", "/etc/\(file)", "none", UInt(MS_BIND), nil)
                }
                return nil
            } catch {
                return error
            }
        }
    }
}

/// Gives the program the hostname that the file says, in a UTS namespace of its own (hostname(5)).
private func takeHostname(from path: String) throws(SystemCallError) {
    let text = String(decoding: try readFile(path, limit: 1 << 12), as: UTF8.self)
    guard let name = text.split(separator: "\n").first(where: { !$0.hasPrefix("#") }).map(String.init) else { return }
    _ = try systemCall("unshare(CLONE_NEWUTS)") { unshare(CLONE_NEWUTS) }
    _ = try systemCall("sethostname", name) { sethostname(name, name.utf8.count) }
}

/// Makes the process run the program that `words` name, looked up in `PATH`, with `words` as its arguments (execvp(3)).
///
/// Returns only where that fails, with the reason.
public func replaceProgram(by words: [String]) -> SystemCallError {
    // Ignored signals would stay ignored.
    signal(SIGPIPE, SIG_DFL)
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    execvp(words[0], &arguments)
    let reason = Errno.current
    // A folder of PATH that may not be searched hides that there is no such program at all.
    let isMissing = reason == .accessDenied && !words[0].contains("/") && !isInPath(words[0])
    return SystemCallError(call: "execve", errno: isMissing ? .noEntry : reason, object: words[0])
}

/// Whether a folder of `PATH` holds a file called `name`.
private func isInPath(_ name: String) -> Bool {
    guard let path = getenv("PATH") else { return false }
    return String(cString: path).split(separator: ":").contains { access("\($0)/\(name)", F_OK) == 0 }
}
