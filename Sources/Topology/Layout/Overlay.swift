public import Addressing

extension Layout.Network {
    /// What an overlay has besides its subnets.
    public struct Overlay: Hashable, Sendable, Codable {
        /// An Ethernet segment of the overlay.
        public struct Segment: Hashable, Sendable, Codable {
            /// VXLAN network identifier, or the key of GRE.
            public var identifier: UInt32
            /// The subnets on it: one, or one of each family.
            public var subnets: [Layout.Network.Segment]
        }

        /// How frames are carried between hosts.
        public var encapsulation: Topology.Network.OverlayOptions.Encapsulation
        /// VXLAN's UDP port.
        public var port: UInt16
        /// Family of the underlay's addresses between which frames are carried.
        public var family: IPFamily
        /// Largest layer-3 packet of the overlay, in bytes.
        public var mtu: UInt32
        /// Its Ethernet segments, in the order of their subnets.
        public var segments: [Segment]
        /// The endpoints on other hosts; only the part of one host has any.
        public var remotes: [Remote] = []
    }

    /// An endpoint on another host.
    public struct Remote: Hashable, Sendable, Codable {
        /// Name of the container.
        public var container: String
        /// Name of the host that it is on.
        public var host: String
        /// The names by which others on the network find it.
        public var names: [String]
        /// Its addresses on the network.
        public var addresses: [InterfaceAddress]
        /// Its Ethernet address.
        public var mac: MACAddress
        /// Where its host takes the overlay's frames.
        public var tunnelAddress: IPAddress

        /// An endpoint of `container` on `host`.
        public init(
            container: String, host: String, names: [String], addresses: [InterfaceAddress], mac: MACAddress,
            tunnelAddress: IPAddress
        ) {
            self.container = container
            self.host = host
            self.names = names
            self.addresses = addresses
            self.mac = mac
            self.tunnelAddress = tunnelAddress
        }
    }

    /// The endpoints on other hosts, of a network that spans them.
    public var remotes: [Remote] { overlay?.remotes ?? routed?.remotes ?? parent?.remotes ?? [] }

    /// Largest layer-3 packet of the network's interfaces, in bytes.
    public var mtu: UInt32 { overlay?.mtu ?? routed?.mtu ?? declaration.mtu ?? parent?.mtu ?? 1500 }
}

/// Chooses the identifiers of overlays: the file's, then the lowest that is left from where each begins.
///
/// They follow from the file alone, so that every machine chooses the same.
struct OverlayChoice {
    let topology: Topology
    private let hosts: [String: Set<String>]
    private var taken: Set<UInt32>

    init(_ topology: Topology) {
        self.topology = topology
        hosts = topology.hostsByNetwork
        taken = Set(topology.networks.compactMap(\.overlay).flatMap(\.identifiers))
    }

    /// What the overlay `network` with these subnets is made of; `nil` for other drivers.
    mutating func overlay(of network: Topology.Network, _ subnets: [Layout.Network.Segment]) -> Layout.Network.Overlay?
    {
        guard let options = network.overlay else { return nil }
        let carriers = topology.hosts.filter { hosts[network.key]?.contains($0.name) ?? false }
        let family = Topology.Host.commonFamily(of: carriers) ?? .v4
        let underlay = network.underlayMTU(of: carriers.map(\.mtu))
        let groups = network.hasIPv6 ? [subnets] : subnets.map { [$0] }
        let segments = groups.enumerated().map { index, subnets in
            Layout.Network.Overlay.Segment(
                identifier: index < options.identifiers.count ? options.identifiers[index] : next(options),
                subnets: subnets)
        }
        return Layout.Network.Overlay(
            encapsulation: options.encapsulation, port: options.port, family: family,
            mtu: underlay - options.overhead(family), segments: segments)
    }

    private mutating func next(_ options: Topology.Network.OverlayOptions) -> UInt32 {
        var identifier = options.firstIdentifier
        while !taken.insert(identifier).inserted {
            let allowed = Topology.Network.OverlayOptions.allowedIdentifiers
            identifier = identifier == allowed.upperBound ? allowed.lowerBound : identifier + 1
        }
        return identifier
    }
}
