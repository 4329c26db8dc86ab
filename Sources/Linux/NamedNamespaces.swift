import CLinux
import Glibc

// The names under /run/netns, which `ip netns` shares with everybody (ip-netns(8)).
extension NetworkNamespace {
    /// The directory of the names.
    public static let directory = "/run/netns"

    /// The file that stands for the namespace `name`.
    public static func path(of name: String) -> String { "\(directory)/\(name)" }

    /// Whether `name` can name a namespace: one path component of 1 to 255 bytes without blanks and control
    /// characters, other than `.` and `..`.
    public static func isValidName(_ name: String) -> Bool {
        1...255 ~= name.utf8.count && name != "." && name != ".."
            && name.unicodeScalars.allSatisfy { scalar in
                scalar != "/" && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
            }
    }

    /// All names, sorted, also those of leftover files that are no namespace.
    ///
    /// Equivalent to: `ip netns list`.
    public static func list() throws(SystemCallError) -> [String] {
        do throws(SystemCallError) {
            return try listDirectory(directory)
        } catch  where error.errno == .noEntry {
            return []
        }
    }

    /// Whether a namespace is mounted at `name`, rather than nothing or the plain file that an interrupted
    /// `ip netns add` leaves behind.
    public static func isMounted(_ name: String) throws(SystemCallError) -> Bool {
        var system = statfs()
        do throws(SystemCallError) {
            _ = try systemCall("statfs", path(of: name)) { statfs(path(of: name), &system) }
        } catch  where error.errno == .noEntry {
            return false
        }
        return system.f_type == NSFS_MAGIC
    }

    /// Removes the name, be it a namespace's or a leftover file's.
    ///
    /// The namespace itself goes with its last process and descriptor. Equivalent to: `ip netns delete NAME`.
    public static func delete(_ name: String) throws(SystemCallError) {
        guard isValidName(name) else { throw invalidName(name) }
        let path = path(of: name)
        do throws(SystemCallError) {
            _ = try systemCall("umount2", path) { umount2(path, Int32(MNT_DETACH | UMOUNT_NOFOLLOW)) }
        } catch  where error.errno == .invalid || error.errno == .noEntry {
            // No mount: unlink says whether there is anything.
        }
        _ = try systemCall("unlink", path) { unlink(path) }
    }

    static func invalidName(_ name: String) -> SystemCallError {
        SystemCallError(call: "open", errno: .invalid, object: path(of: name))
    }
}
