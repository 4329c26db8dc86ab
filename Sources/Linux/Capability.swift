import CLinux

/// A privilege that the kernel asks for, see `capabilities(7)`.
public enum Capability: String, Hashable, Sendable, CaseIterable {
    /// To change links, addresses, routes and rules.
    case netAdmin = "CAP_NET_ADMIN"
    /// To make and enter namespaces and to mount.
    case sysAdmin = "CAP_SYS_ADMIN"
    /// To open raw sockets.
    case netRaw = "CAP_NET_RAW"

    private var number: Int32 {
        switch self {
        case .netAdmin: CAP_NET_ADMIN
        case .sysAdmin: CAP_SYS_ADMIN
        case .netRaw: CAP_NET_RAW
        }
    }

    /// The capabilities that the calling thread has in effect.
    public static func effective() throws(SystemCallError) -> Set<Capability> {
        let status = String(decoding: try readFile("/proc/thread-self/status"), as: UTF8.self)
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let mask = line?.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) } ?? 0
        return Set(allCases.filter { mask >> UInt64($0.number) & 1 == 1 })
    }
}

/// Whether the process runs in a user namespace other than the machine's first, as under `unshare -r`.
public func isInUserNamespace() throws(SystemCallError) -> Bool {
    let map = String(decoding: try readFile("/proc/self/uid_map"), as: UTF8.self)
    return map.split(whereSeparator: \.isWhitespace) != ["0", "0", "4294967295"]
}
