import Glibc

/// A system call that the kernel refused.
public struct SystemCallError: Error, Hashable, Sendable {
    /// The call's name, such as `open`.
    public let call: String
    /// The kernel's reason.
    public let errno: Errno
    /// What the call was about, such as a path; `nil` where the call says it all.
    public let object: String?

    /// The failure of `call` on `object`.
    public init(call: String, errno: Errno, object: String? = nil) {
        self.call = call
        self.errno = errno
        self.object = object
    }
}

extension SystemCallError: CustomStringConvertible {
    /// `open /run/netns/web: Permission denied (EACCES)`.
    public var description: String { "\(call)\(object.map { " " + $0 } ?? ""): \(errno)" }
}

/// An error type that has a place for a failed system call, so that a function that makes some on the way
/// to its caller's closure throws just one type.
public protocol SystemFailure: Error {
    /// The failure that `error` is.
    init(_ error: SystemCallError)
}

extension SystemCallError: SystemFailure {
    /// The error itself.
    public init(_ error: SystemCallError) { self = error }
}

/// Makes a system call that returns -1 on failure, again as long as a signal interrupts it.
///
/// - Parameters:
///   - name: The call's name for the error.
///   - object: What it is about, for the error.
public func systemCall<Value: SignedInteger>(
    _ name: String, _ object: @autoclosure () -> String? = nil, _ call: () -> Value
) throws(SystemCallError) -> Value {
    while true {
        let value = call()
        guard value == -1 else { return value }
        let reason = Errno.current
        if reason != .interrupted { throw SystemCallError(call: name, errno: reason, object: object()) }
    }
}

extension Result where Failure: SystemFailure {
    /// Runs `body` and keeps its value or its typed error.
    init(of body: () throws(Failure) -> Success) {
        do throws(Failure) { self = .success(try body()) } catch { self = .failure(error) }
    }
}

/// Runs `body`; its system call error is thrown as `Failure`.
public func embedding<Value, Failure: SystemFailure>(
    _ failure: Failure.Type, _ body: () throws(SystemCallError) -> Value
) throws(Failure) -> Value {
    do throws(SystemCallError) { return try body() } catch { throw Failure(error) }
}
