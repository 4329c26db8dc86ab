import Glibc
import Linux

/// Who runs the program, and by which words: what helps against a lack of privileges depends on it.
struct Caller: Hashable, Sendable {
    /// What the kernel thinks of the user.
    enum Standing: Hashable, Sendable {
        case ordinaryUser
        /// Root of a user namespace other than the machine's, as under `unshare -r`.
        case confinedRoot
        case root
    }

    /// The command line, the program's own name first.
    let words: [String]
    /// What the kernel thinks of the user.
    let standing: Standing

    init(words: [String], standing: Standing) {
        self.words = words
        self.standing = standing
    }

    /// The user of this process.
    init(words: [String]) {
        var isConfined = false
        do throws(SystemCallError) {
            isConfined = try isInUserNamespace()
        } catch {
            // Without /proc nothing is known of user namespaces, and nothing else works either.
        }
        self.init(words: words, standing: geteuid() != 0 ? .ordinaryUser : isConfined ? .confinedRoot : .root)
    }

    /// The one thing that gives the command line the privileges that it lacks.
    ///
    /// - Parameter capabilities: Those that are missing, if it is capabilities that are.
    func remedy(for capabilities: Set<Capability>) -> String? {
        switch standing {
        case .ordinaryUser: "run: sudo \(words.map(\.shellWord).joined(separator: " "))"
        case .confinedRoot:
            "hint: this is root of a user namespace: it needs network and mount namespaces of its own, as by "
                + "`unshare -rnm`, where /run and /etc can be written"
        case .root where capabilities.isEmpty: nil
        case .root:
            "hint: root is without them here, as in a container: start it with "
                + capabilities.map { "--cap-add=\($0.rawValue)" }.sorted().joined(separator: " ")
        }
    }
}
