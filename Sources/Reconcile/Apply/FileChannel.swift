import Linux
import Planning

/// Writes and removes the files below `/etc/netns`.
struct FileChannel {
    private static let root = "/etc/netns"

    func run(_ operations: [Operation<KernelObject>]) throws(ReconcileError) {
        do throws(SystemCallError) {
            for operation in operations {
                guard case .file(let file) = operation.object else {
                    preconditionFailure("\(operation.object) has a channel of its own")
                }
                if case .delete = operation { try remove(file) } else { try write(file) }
            }
        } catch {
            throw .system(error)
        }
    }

    private func write(_ file: ConfigurationFile) throws(SystemCallError) {
        try makeDirectory(Self.root)
        try makeDirectory(directory(of: file))
        // Programs that run in the namespace have the file mounted over that of /etc: they see what is written into it, and
        // not another file that takes its name.
        guard try !overwriteFile(file.path, file.content.utf8) else { return }
        try atomicWrite(file.path, file.content.utf8, mode: 0o644)
    }

    /// The directories go with their last file.
    private func remove(_ file: ConfigurationFile) throws(SystemCallError) {
        do throws(SystemCallError) { try removeFile(file.path) } catch {
            guard error.errno == .noEntry else { throw error }
        }
        for path in [directory(of: file), Self.root] {
            do throws(SystemCallError) { try removeDirectory(path) } catch {
                // A folder that is mounted from elsewhere is somebody else's.
                guard [.notEmpty, .noEntry, .busy].contains(error.errno) else { throw error }
                return
            }
        }
    }

    private func directory(of file: ConfigurationFile) -> String { "\(Self.root)/\(file.container)" }
}
