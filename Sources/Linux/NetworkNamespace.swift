import CLinux
import Glibc

/// A network namespace that is held open; it lives at least as long as this object.
public final class NetworkNamespace: Sendable {
    /// What the namespace was opened by: its name, or a path.
    public let name: String
    /// The descriptor for `IFLA_NET_NS_FD` and `setns(2)`.
    public let descriptor: Descriptor

    private init(name: String, descriptor: Descriptor) {
        self.name = name
        self.descriptor = descriptor
    }

    /// Opens the namespace that a file stands for, such as `/proc/1/ns/net`.
    ///
    /// A file that is no namespace is `ENOTTY`, a namespace of another type `EINVAL`.
    public convenience init(path: String) throws(SystemCallError) {
        try self.init(path: path, name: path)
    }

    /// Opens the namespace of the name that `ip netns` knows it by.
    public convenience init(named name: String) throws(SystemCallError) {
        try self.init(path: Self.path(of: name), name: name)
    }

    /// Opens the namespace of a process.
    public convenience init(ofProcess id: Int32) throws(SystemCallError) {
        try self.init(path: "/proc/\(id)/ns/net")
    }

    /// Opens the namespace that the calling thread is in.
    public static func current(name: String = "/proc/thread-self/ns/net") throws(SystemCallError) -> NetworkNamespace {
        try NetworkNamespace(path: "/proc/thread-self/ns/net", name: name)
    }

    private convenience init(path: String, name: String) throws(SystemCallError) {
        let descriptor = try Descriptor.open(path, O_RDONLY)
        let type = try systemCall("ioctl(NS_GET_NSTYPE)", path) { ioctl(descriptor.rawValue, CLINUX_NS_GET_NSTYPE) }
        guard type == CLONE_NEWNET else { throw SystemCallError(call: "setns", errno: .invalid, object: path) }
        self.init(name: name, descriptor: descriptor)
    }

    /// The number that tells the namespace from every other one on the machine, `net:[NUMBER]`.
    public func inode() throws(SystemCallError) -> UInt64 { try descriptor.status(of: name).inode }

    /// Runs `body` in the namespace, on a thread of its own, and waits for it.
    ///
    /// A socket that is opened there stays in the namespace and can be used from anywhere.
    public func inside<Value, Failure: SystemFailure>(
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try onThread { () throws(Failure) in
            try embedding(Failure.self, enter)
            return try body()
        }
    }

    /// Runs `body` in a new namespace, on a thread of its own, and waits for it; the namespace is gone with what was opened.
    public static func insideNew<Value, Failure: SystemFailure>(
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try onThread { () throws(Failure) in
            try embedding(Failure.self) { () throws(SystemCallError) in
                _ = try systemCall("unshare", nil) { unshare(CLONE_NEWNET) }
            }
            return try body()
        }
    }

    /// Runs `body` in each of the namespaces in turn, on one thread, and waits for all.
    public static func visit<Value, Failure: SystemFailure>(
        _ namespaces: [NetworkNamespace], _ body: (NetworkNamespace) throws(Failure) -> Value
    ) throws(Failure) -> [Value] {
        try onThread { () throws(Failure) in
            var values: [Value] = []
            values.reserveCapacity(namespaces.count)
            for namespace in namespaces {
                try embedding(Failure.self, namespace.enter)
                values.append(try body(namespace))
            }
            return values
        }
    }

    /// Moves the calling thread; only for threads that end without a way back.
    private func enter() throws(SystemCallError) {
        _ = try systemCall("setns", name) { setns(descriptor.rawValue, CLONE_NEWNET) }
    }
}
