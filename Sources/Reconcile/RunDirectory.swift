import FoundationEssentials
import Linux

/// `/run/weft`: the lock and a record per topology.
///
/// It is an index, not the truth: what is ours is told by the marks in the kernel.
struct RunDirectory {
    let path: String

    /// Creates the directory, or refuses one that somebody else could have planted.
    init(path: String = "/run/weft") throws(ReconcileError) {
        self.path = path
        do throws(SystemCallError) { try secureDirectory(path) } catch {
            guard error.errno == .notDirectory || error.errno == .symbolicLink else { throw .system(error) }
            throw .record(path: path, reason: "a symbolic link or a file, where weft needs a directory of its own")
        }
    }

    /// Holds off every other change; `waiting` is called once if one is going on.
    func lock(waiting: () -> Void) throws(ReconcileError) -> FileLock {
        do throws(SystemCallError) { return try .acquire("\(path)/lock", waiting: waiting) } catch {
            throw error.errno == .interrupted ? .cancelled : .system(error)
        }
    }

    /// The records of all topologies, by name.
    func records() throws(ReconcileError) -> [String: Record] {
        let names = try calling { () throws(SystemCallError) in try listDirectory(path) }
        var records: [String: Record] = [:]
        for file in names where file.hasSuffix(Self.suffix) {
            records[String(file.dropLast(Self.suffix.count))] = try read("\(path)/\(file)")
        }
        return records
    }

    /// Replaces the record of the topology `name` as one step; only root can read it.
    func write(_ record: Data, of name: String) throws(ReconcileError) {
        try calling { () throws(SystemCallError) in try atomicWrite(file(of: name), record, mode: 0o600) }
    }

    /// Forgets the topology `name`.
    func remove(_ name: String) throws(ReconcileError) {
        do throws(SystemCallError) { try removeFile(file(of: name)) } catch {
            guard error.errno == .noEntry else { throw .system(error) }
        }
    }

    func file(of name: String) -> String { "\(path)/\(name)\(Self.suffix)" }

    private func read(_ file: String) throws(ReconcileError) -> Record {
        let bytes = try calling { () throws(SystemCallError) in try readFile(file, limit: Self.largestRecord) }
        do { return try JSONDecoder().decode(Record.self, from: Data(bytes)) } catch {
            throw .record(path: file, reason: "\(error)")
        }
    }

    private static let suffix = ".json"
    private static let largestRecord = 64 << 20
}
