public import Addressing
public import Topology

/// One thing that a topology's file promises about its traffic, in a form that can be tried.
public struct Promise: Hashable, Sendable {
    /// What is tried.
    public enum Trial: Hashable, Sendable {
        /// An echo request to the address; where it is answered, another one in an IP packet of `packet` bytes that nobody
        /// on the way may take apart, so that an MTU that is smaller than promised shows.
        case echo(IPAddress, packet: UInt32? = nil)
        /// A look-up of the way to `Promise.elsewhere`, for which no packet is sent.
        case wayOut(IPFamily)
        /// A request to a published port.
        case port(PublishedPort)
        /// The names in the sandbox's `/etc/hosts`, a list per network.
        case names([[HostName]])
    }

    /// Where it is tried from.
    public var from: Namespace
    /// Whose address, port or name it is; `nil` for `wayOut`, and for the names of all neighbours.
    public var to: Namespace?
    /// The container on another machine whose address it is; then `to` is `nil`, for there is nothing here to look into.
    public var distant: String?
    /// What is tried.
    public var trial: Trial
    /// Whether the trial is to succeed; otherwise it must not.
    public var isToSucceed: Bool

    /// The promise that `trial` from `from` to `to` succeeds, or that it does not.
    public init(from: Namespace, to: Namespace?, trial: Trial, isToSucceed: Bool = true) {
        self.from = from
        self.to = to
        self.trial = trial
        self.isToSucceed = isToSucceed
    }

    /// An address that no machine has, of the ranges for documentation (RFC 5737, RFC 3849).
    public static func elsewhere(_ family: IPFamily) -> IPAddress {
        switch family {
        case .v4: IPAddress(.v4, bits: 0xc000_0201)
        case .v6: IPAddress(.v6, bits: 0x2001_0db8 << 96 | 1)
        }
    }
}

extension Promise {
    /// An address and a port to connect to, and the container's port that they must lead to.
    public struct PublishedPort: Hashable, Sendable {
        /// The address to connect to.
        public var address: IPAddress
        /// The port to connect to.
        public var port: UInt16
        /// The transport protocol.
        public var transport: TransportProtocol
        /// The container's address.
        public var serverAddress: IPAddress
        /// The container's port.
        public var serverPort: UInt16

        /// `port` as it is reached at `address`.
        public init(_ port: Layout.Port, at address: IPAddress) {
            self.address = address
            self.port = port.published
            transport = port.transport
            serverAddress = port.address
            serverPort = port.target
        }

        /// `port`, which is reached at the container's own address.
        public init(_ port: Layout.OpenPort) {
            address = port.address
            self.port = port.target
            transport = port.transport
            serverAddress = port.address
            serverPort = port.target
        }
    }

    /// A line that a hosts file must have.
    public struct HostName: Hashable, Sendable {
        /// The namespace of the container that the line is about.
        public var container: String
        /// The container's address.
        public var address: IPAddress
        /// All names that must lead to the address.
        public var names: [String]

        /// The names of `container` at `address`.
        public init(container: String, address: IPAddress, names: [String]) {
            self.container = container
            self.address = address
            self.names = names
        }
    }
}

extension Promise {
    /// The address that a packet is sent to or a way looked up for; `nil` for names.
    public var address: IPAddress? {
        switch trial {
        case .echo(let address, _): address
        case .wayOut(let family): Self.elsewhere(family)
        case .port(let port): port.address
        case .names: nil
        }
    }

    /// The promise of a machine that is the namespace `namespace` of this one.
    func relocated(to namespace: Namespace) -> Promise {
        var copy = self
        if from == .host { copy.from = namespace }
        if to == .host { copy.to = namespace }
        return copy
    }

    /// Whose address, port or name it is, be it here or on another machine.
    public var target: Namespace? { to ?? distant.map { .named($0) } }

    /// How long an IP packet, in bytes, must pass whole; `nil` where no such size is promised.
    public var packet: UInt32? {
        guard case .echo(_, let packet) = trial else { return nil }
        return packet
    }

    /// What of the promise concerns traffic from `from` to `to`; `nil` if nothing does.
    ///
    /// - Parameter isDistant: Whether `to` is on another machine.
    public func restricted(from: Namespace, to: Namespace, isDistant: Bool = false) -> Promise? {
        guard self.from == from else { return nil }
        guard case .names(let lists) = trial else { return target == to ? self : nil }
        let container = "\(to)"
        // A name may lead to others too, as that of a service with several containers does: then to all of them.
        let kept = Set(lists.joined().filter { $0.container == container }.flatMap(\.names))
        let rest = lists.map { $0.compactMap { $0.restricted(to: kept) } }.filter { !$0.isEmpty }
        guard !rest.isEmpty else { return nil }
        var names = Promise(from: from, to: isDistant ? nil : to, trial: .names(rest))
        names.distant = isDistant ? container : nil
        return names
    }
}

extension Promise.HostName {
    /// The line with those of its names that are among `kept`; `nil` if none is.
    fileprivate func restricted(to kept: Set<String>) -> Self? {
        let names = names.filter { kept.contains($0) }
        return names.isEmpty ? nil : Self(container: container, address: address, names: names)
    }
}
