public import Addressing
public import Linux
public import Planning
public import Topology

/// What came of trying a promise.
public struct Outcome: Hashable, Sendable {
    /// How a promise and what happened go together.
    public enum Verdict: Hashable, Sendable {
        /// It is as promised.
        case kept
        /// It is not as promised.
        case broken
        /// It could not be tried.
        case notChecked
    }

    /// What was promised.
    public var promise: Promise
    /// What happened.
    public var observation: Observation

    /// The outcome `observation` of trying `promise`.
    public init(promise: Promise, observation: Observation) {
        self.promise = promise
        self.observation = observation
    }

    /// Whether it is as promised.
    public var verdict: Verdict {
        switch observation {
        case .succeeded: promise.isToSucceed ? .kept : .broken
        case .failed(.noNamespace): .broken
        case .failed: promise.isToSucceed ? .broken : .kept
        case .notChecked: .notChecked
        }
    }
}

/// What happened when a promise was tried.
public enum Observation: Hashable, Sendable {
    /// It worked; the time from the request to the answer, in nanoseconds, where a packet was sent.
    case succeeded(nanoseconds: UInt64?)
    /// It did not work.
    case failed(Cause)
    /// It was not tried.
    case notChecked(Omission)

    /// Why something did not work.
    public enum Cause: Hashable, Sendable {
        /// Nothing came back in time.
        case noAnswer
        /// Nobody on the link says that the address is theirs (ARP, neighbour discovery).
        case noNeighbour
        /// The kernel of the sandbox refused to send, or to connect.
        case refused(Errno)
        /// A machine on the way reported that the packet did not arrive, by ICMP.
        case rejected(Errno, by: IPAddress)
        /// A small packet is answered and one of `size` bytes is not; `limit` is the largest that passes where that is known,
        /// and `by` who says so, the sandbox's own kernel if absent.
        case tooLarge(size: UInt32, limit: UInt32? = nil, by: IPAddress? = nil)
        /// Something answered that is not the container.
        case stranger
        /// A sandbox that the trial needs does not exist.
        case noNamespace(Namespace)
        /// A file could not be read.
        case unreadable(SystemCallError)
        /// Names that are missing or lead elsewhere.
        case names([NameFault])
    }

    /// Why something was not tried.
    public enum Omission: Hashable, Sendable {
        /// The container's own program has the port, and UDP has no answer that every program gives.
        case portInUse
        /// The kernel had no room for one more neighbour, so nothing was sent.
        case noRoom
        /// The kernel has no such protocol.
        case unsupported(TransportProtocol)
        /// The port of an IPv6 address is published at `::1`, from which Linux has no way to another interface.
        case loopback
    }
}

/// A name of a hosts file that does not lead where it must.
public struct NameFault: Hashable, Sendable {
    /// The name.
    public var name: String
    /// Addresses that it must lead to.
    public var expected: [IPAddress]
    /// Addresses that it leads to, as the file has them.
    public var found: [String]

    /// The name leads to `found` instead of `expected`.
    public init(name: String, expected: [IPAddress], found: [String]) {
        self.name = name
        self.expected = expected
        self.found = found
    }
}
