import Glibc

/// A kernel parameter under `/proc/sys`; those under `net` are of the calling thread's network namespace.
public struct Sysctl: Hashable, Sendable {
    /// The path below `/proc/sys`, such as `net/ipv4/ip_forward`.
    public let path: String

    /// The parameter with these path components, where an interface's name may hold dots.
    public init(_ components: String...) { self.init(components) }

    /// The parameter with these path components.
    public init(_ components: [String]) { path = components.joined(separator: "/") }

    /// The parameter's value without the line's end.
    public func read() throws(SystemCallError) -> String {
        var bytes = try readFile("/proc/sys/" + path, limit: 4096)
        while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Sets the parameter.
    ///
    /// Equivalent to: `sysctl -w net.ipv4.ip_forward=1`.
    public func write(_ value: String) throws(SystemCallError) {
        let file = try Descriptor.open("/proc/sys/" + path, O_WRONLY)
        try file.write(value.utf8, to: "/proc/sys/" + path)
    }
}

extension Sysctl: CustomStringConvertible {
    /// The path, such as `net/ipv4/ip_forward`.
    public var description: String { path }
}
