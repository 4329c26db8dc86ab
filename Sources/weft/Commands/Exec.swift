import Linux
import Planning

extension Command {
    static let exec = Command(
        name: "exec", summary: "run a program in a container's sandbox",
        operands: [.one("CONTAINER"), .rest("CMD")], options: [],
        details: """
            The program gets the container's network namespace, its hostname, and its hosts and resolv.conf in \
            /etc, on the host's network those that it has; everything else is the host's. CONTAINER is a name that `weft ps` lists, its service where that \
            has one container, or any name that `ip netns` knows. Exit: the program's; 126 it cannot be run, \
            127 it is not found.
            """,
        examples: ["sudo weft exec web -- ping -c 1 db"]
    ) { call throws(Failure) in
        try call.require([.sysAdmin])
        let sandbox = try call.sandbox(of: call.arguments.operands[0])
        do throws(SystemCallError) {
            switch sandbox.namespace {
            case .host: break
            case .named(let name): try NetworkNamespace(named: name).adopt()
            case .path(let path): try NetworkNamespace(path: path).adopt()
            }
            // On the host's network without files of its own the program is as any other of the host.
            if sandbox.namespace != .host || !sandbox.files.isEmpty {
                for error in try takeFiles(of: sandbox.files) { call.console.say("note: \(error)") }
            }
        } catch {
            throw .system(error)
        }
        let error = replaceProgram(by: call.arguments.rest)
        throw .unstartable(call.arguments.rest[0], error.errno)
    }
}

extension Invocation {
    /// The namespace that `word` means, and the folders below `/etc/netns` with its files.
    fileprivate func sandbox(of word: String) throws(Failure) -> (namespace: Namespace, files: [String]) {
        do throws(SystemCallError) {
            if NetworkNamespace.isValidName(word), try NetworkNamespace.isMounted(word) {
                return (.named(word), [word])
            }
        } catch {
            throw .system(error)
        }
        let container = try inventory(of: try look()).containers.named(word)
        return (container.namespace, container.files)
    }
}
