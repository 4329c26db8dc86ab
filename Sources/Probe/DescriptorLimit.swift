import Glibc
import Linux

/// How many descriptors the process may have open (`RLIMIT_NOFILE`).
struct DescriptorLimit {
    private let before: rlimit

    /// Raises the limit as far as the process may, since a socket or two per sandbox soon are more than the usual 1024.
    static func raise() throws(SystemCallError) -> DescriptorLimit {
        var limit = rlimit()
        _ = try systemCall("getrlimit", "RLIMIT_NOFILE") {
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        let before = limit
        limit.rlim_cur = limit.rlim_max
        _ = try systemCall("setrlimit", "RLIMIT_NOFILE") {
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return DescriptorLimit(before: before)
    }

    /// Sets the limit back to what it was.
    func restore() {
        var limit = before
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
