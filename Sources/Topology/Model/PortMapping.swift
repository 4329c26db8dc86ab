public import Addressing
public import YAML

/// A transport protocol that has ports.
public enum TransportProtocol: String, Hashable, Sendable, CaseIterable, Comparable, Codable {
    case tcp, udp, sctp

    /// By name.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Topology {
    /// Ports that a service says to have (`expose`).
    ///
    /// They are open on its networks like all others, and are kept for `inspect`.
    public struct ExposedPorts: Hashable, Sendable, Codable {
        /// The container's ports.
        public var ports: ClosedRange<UInt16>
        /// The transport protocol.
        public var transport: TransportProtocol

        /// The container's ports `ports`.
        public init(_ ports: ClosedRange<UInt16>, _ transport: TransportProtocol = .tcp) {
            self.ports = ports
            self.transport = transport
        }
    }

    /// One published port: traffic to the host's port goes to the container's.
    public struct PortMapping: Hashable, Sendable {
        /// Address of the host that is listened on; every address of both families if absent.
        public var hostAddress: IPAddress?
        /// Ports of the host to choose the first free one from; any port if absent, as Docker does for `"80"`.
        public var published: ClosedRange<UInt16>?
        /// The container's port.
        public var target: UInt16
        /// The transport protocol.
        public var transport: TransportProtocol
        /// Where the mapping stands in the file.
        public var mark: Mark

        /// A mapping of the host's ports `published` to the container's port `target`.
        public init(
            hostAddress: IPAddress? = nil, published: ClosedRange<UInt16>?, target: UInt16,
            transport: TransportProtocol = .tcp, mark: Mark = Mark(line: 0, column: 0)
        ) {
            self.hostAddress = hostAddress
            self.published = published
            self.target = target
            self.transport = transport
            self.mark = mark
        }
    }
}
