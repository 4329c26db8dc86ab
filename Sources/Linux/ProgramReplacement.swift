import CLinux
import Glibc

extension NetworkNamespace {
    /// Moves the program into the namespace for good.
    ///
    /// As `ip netns exec` does before the command, but `/sys` stays as it is: a new one would hide the cgroups. Only for
    /// a program with one thread that is about to become another one.
    public func adopt() throws(SystemCallError) {
        _ = try systemCall("setns", name) { setns(descriptor.rawValue, CLONE_NEWNET) }
    }
}

/// Puts the files of `/etc/netns/<name>` over those of `/etc` in a mount namespace of the program's own, for each of `names` in
/// their order; with a `hostname` among them the program has the names in it as its own too.
///
/// Only for a program with one thread that is about to become another one.
/// - Returns: The files that could not be put over one of `/etc`, with the reasons.
public func takeFiles(of names: [String]) throws(SystemCallError) -> [SystemCallError] {
    _ = try systemCall("unshare(CLONE_NEWNS)") { unshare(CLONE_NEWNS) }
    // What is mounted from here on must not appear outside; what is mounted outside may appear here.
    _ = try systemCall("mount --make-rslave", "/") { mount("", "/", "none", UInt(MS_SLAVE | MS_REC), nil) }
    var errors: [SystemCallError] = []
    for name in names {
        let folder = "/etc/netns/\(name)"
        do throws(SystemCallError) {
            for file in try listDirectory(folder) {
                do throws(SystemCallError) { try take(file, of: folder) } catch { errors.append(error) }
            }
        } catch {
            guard error.errno == .noEntry else { throw error }
        }
    }
    return errors
}

private func take(_ file: String, of folder: String) throws(SystemCallError) {
    let path = "\(folder)/\(file)"
    if file == "hostname" {
        let names = HostNames(String(decoding: try readFile(path, limit: 1 << 12), as: UTF8.self))
        try names.take()
        // Without a name in it there is the host's to be found.
        guard names.host != nil else { return }
    }
    _ = try systemCall("mount --bind \(path)", "/etc/\(file)") {
        mount(path, "/etc/\(file)", "none", UInt(MS_BIND), nil)
    }
}

/// What a `hostname` file says (hostname(5)): a name, and in a comment the NIS domain name.
private struct HostNames {
    var host: String?
    var domain: String?

    init(_ text: String) {
        let key = "# domainname "
        let lines = text.split(separator: "\n")
        host = lines.first { !$0.hasPrefix("#") }.map(String.init)
        domain = lines.first { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) }
    }

    /// Gives the program the names, in a UTS namespace of its own; Docker sets both (moby `setLinuxDomainname`).
    func take() throws(SystemCallError) {
        guard host != nil || domain != nil else { return }
        _ = try systemCall("unshare(CLONE_NEWUTS)") { unshare(CLONE_NEWUTS) }
        if let host { _ = try systemCall("sethostname", host) { sethostname(host, host.utf8.count) } }
        if let domain { _ = try systemCall("setdomainname", domain) { setdomainname(domain, domain.utf8.count) } }
    }
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
