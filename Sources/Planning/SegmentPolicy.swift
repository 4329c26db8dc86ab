import Addressing
import Topology

/// What a firewall lets into and out of one subnet of a bridge network, in no firewall's terms.
struct SegmentPolicy {
    /// The source address of what leaves.
    enum Departure: Hashable {
        /// That of the interface by which it leaves.
        case masqueraded
        /// This one of the host.
        case translated(IPAddress)
        /// The endpoint's own.
        case unchanged
    }

    /// What outsiders reach at an endpoint's own address.
    enum DirectAccess: Hashable {
        /// Nothing; what is bound for it is dropped before anything else looks at it.
        case none
        /// Its published ports.
        case publishedPorts
        /// Its published ports and echo replies (`routed`).
        case publishedPortsAndEcho
        /// Everything (`nat-unprotected`).
        case everything
    }

    /// For what of the bridge there are rules.
    enum Scope: Hashable {
        /// The whole bridge.
        case bridge
        /// Addresses and ports of the topology's endpoints: the topology that has made the bridge cares for the rest.
        case member
        /// The topology's endpoints alone, on a bridge that is not weft's.
        case guest
    }

    /// The endpoints of the same network on other hosts.
    struct Peers: Hashable {
        /// The addresses of all endpoints, here and there.
        let subnet: Subnet
        /// The interfaces by which they come.
        let interfaces: [String]
    }

    let scope: Scope
    let bridge: String
    let subnet: Subnet
    /// Whether the network has other subnets of the family, which are on the same bridge.
    let isOneOfSeveral: Bool
    /// Whether there is neither a way out nor one in.
    let isInternal: Bool
    /// Whether endpoints reach each other.
    let connectsEndpoints: Bool
    let departure: Departure
    let directAccess: DirectAccess
    /// Interfaces by which published ports are reached at the endpoints' own addresses.
    let trustedInterfaces: [String]
    /// Who else is on the network, with their own addresses; none but for routed networks.
    let peers: Peers?
    /// The addresses of the topology's endpoints in the subnet.
    let endpoints: [IPAddress]
    /// Ports of the host that lead into the subnet, of clients of the same family.
    let ports: [Layout.Port]
    /// Ports of the host that lead IPv6 clients into the subnet, which is of IPv4.
    let translatedPorts: [Layout.Port]
    /// Ports that are reached at the endpoints' own addresses, and at no address of the host.
    let openPorts: [Layout.OpenPort]

    init(_ segment: Layout.Network.Segment, of network: Layout.Network, in layout: Layout) {
        let options = network.declaration.options
        let family = segment.subnet.family
        let mode = options.gatewayMode(family)
        scope =
            switch network.maker {
            case nil: .bridge
            case .topology: .member
            case .others: .guest
            }
        bridge = network.bridge
        subnet = segment.subnet
        isOneOfSeveral = network.segments.count { $0.subnet.family == family } > 1
        isInternal = network.declaration.isInternal
        connectsEndpoints = options.connectsEndpoints
        trustedInterfaces = options.trustedInterfaces
        if mode == .routed || !options.masquerades {
            departure = .unchanged
        } else {
            departure = options.hostAddress(family).map { .translated($0) } ?? .masqueraded
        }
        directAccess =
            switch mode {
            case .routed: .publishedPortsAndEcho
            case .natUnprotected: .everything
            // Replies come to the address that the request was sent from.
            case .nat, .isolated: options.masquerades ? .none : .publishedPorts
            }
        let whole = network.routed?.subnets.first { $0.contains(segment.subnet) }
        peers = RoutedWays(of: network, in: layout).flatMap { ways in
            whole.map { Peers(subnet: $0, interfaces: ways.interfaces(family)) }
        }
        let own = layout.containers.filter(\.hasInterfaces)
        endpoints = own.flatMap { container in
            container.endpoints.filter { $0.network == network.declaration.key }.flatMap(\.addresses)
        }.map(\.address).filter { segment.subnet.contains($0) }
        let published = layout.containers.flatMap(\.ports).filter { segment.subnet.contains($0.address) }
        ports = published.filter { !$0.isTranslated }
        translatedPorts = published.filter(\.isTranslated)
        openPorts = layout.containers.flatMap(\.openPorts).filter { segment.subnet.contains($0.address) }
    }

    var family: IPFamily { subnet.family }
}
