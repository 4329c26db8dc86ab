import Glibc

/// Raises the number of descriptors that the process may have open as far as it may (`RLIMIT_NOFILE`).
///
/// A socket or two per sandbox soon are more than the usual 1024.
public func raiseDescriptorLimit() throws(SystemCallError) {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    _ = try systemCall("getrlimit", "RLIMIT_NOFILE") { getrlimit(resource, &limit) }
    guard limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    _ = try systemCall("setrlimit", "RLIMIT_NOFILE") { setrlimit(resource, &limit) }
}
