import FoundationEssentials
import Linux

/// `/run/weft`: the lock and a record per topology.
///
/// It is an index, not the truth: what is ours is told by the marks in the kernel.
struct RunDirectory {
    let path: String

    /// Opens the directory, or refuses one that somebody else could have planted.
    ///
    /// - Parameter isToBeMade: Whether to create the directory if there is none.
    init(path: String = "/run/weft", isToBeMade: Bool) throws(ReconcileError) {
        self.path = path
        let isThere = try isThere()
        guard isToBeMade || isThere else { return }
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

    /// The records of all topologies, by name; and what is wrong with those that make no sense.
    ///
    /// A damaged record is no reason to stop: what it would tell is found by the marks, and the next apply writes it anew.
    func records() throws(ReconcileError) -> (readable: [String: Record], damage: [String]) {
        guard try isThere() else { return ([:], []) }
        let names = try calling { () throws(SystemCallError) in try listDirectory(path) }
        var records: [String: Record] = [:]
        var damage: [String] = []
        for file in names where file.hasSuffix(Self.suffix) {
            let bytes = try calling { () throws(SystemCallError) in
                try readFile("\(path)/\(file)", limit: Self.largestRecord)
            }
            do {
                records[String(file.dropLast(Self.suffix.count))] = try JSONDecoder().decode(
                    Record.self, from: Data(bytes))
            } catch {
                damage.append("\(path)/\(file) is damaged and not used; the next apply of its topology writes it anew")
            }
        }
        return (records, damage)
    }

    private func isThere() throws(ReconcileError) -> Bool {
        do throws(SystemCallError) { _ = try listDirectory(path) } catch {
            guard error.errno == .noEntry else { return true }
            return false
        }
        return true
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

    private static let suffix = ".json"
    private static let largestRecord = 64 << 20
}
