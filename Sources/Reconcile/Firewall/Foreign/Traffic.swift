import Addressing
import Netlink
import Planning
import Topology

/// Packets of one network that the host forwards, or that are echoes between it and the network.
struct Traffic: Hashable, Sendable {
    /// Who opens the connection that the packets belong to.
    enum Opener: Hashable, Sendable {
        /// An endpoint, to somewhere outside.
        case endpoint
        /// Somebody outside, to a published port.
        case outsider
        /// An endpoint that asks the host for an echo.
        case guest
        /// The host, which asks an endpoint for an echo.
        case host
    }

    var network: String
    var bridge: String
    var opener: Opener
    var packets: Packets
}

extension Traffic {
    /// The packets of the bridges of `layout`.
    ///
    /// - Parameters:
    ///   - index: The number of the interface of that name.
    ///   - uplink: The name of the interface that the default route of a family leaves by.
    static func all(
        of layout: Layout, index: (String) -> Int32?, uplink: (IPFamily) -> String?
    ) -> [Traffic] {
        layout.networks.filter(\.declaration.driver.hasBridge).flatMap { network in
            network.segments.flatMap { segment -> [Traffic] in
                let family = segment.subnet.family
                let passage = Passage(
                    subnet: segment.subnet,
                    host: Subnet(containing: segment.gateway, prefixLength: family.bitWidth),
                    inside: .known(network.bridge, index: index(network.bridge)),
                    outside: uplink(family).map { .known($0, index: index($0)) } ?? .other(than: network.bridge))
                return layout.openers(to: network, family).flatMap { opener in
                    passage.packets(openedBy: opener).map {
                        Traffic(
                            network: network.declaration.key, bridge: network.bridge, opener: opener, packets: $0)
                    }
                }
            }
        }
    }

    /// The ways between a subnet on a bridge, the host and outside.
    private struct Passage {
        let subnet: Subnet
        /// The host's address in the subnet.
        let host: Subnet?
        let inside: Packets.Interface
        let outside: Packets.Interface

        /// The packets of connections, those that go back included.
        func packets(openedBy opener: Opener) -> [Packets] {
            [false, true].flatMap { isReply in
                switch opener {
                case .endpoint, .outsider:
                    [Packets.Place.prerouting, .forward].map { forwarded(at: $0, opener, isReply: isReply) }
                case .guest, .host: [echo(isIncoming: (opener == .guest) != isReply, isReply: isReply)]
                }
            }
        }

        private func forwarded(at place: Packets.Place, _ opener: Opener, isReply: Bool) -> Packets {
            let isOutgoing = (opener == .endpoint) != isReply
            // Translated addresses are in place by the time of forwarding.
            let isForwarded = place == .forward
            return Packets(
                family: subnet.family, place: place, input: isOutgoing ? inside : outside,
                output: isForwarded ? (isOutgoing ? outside : inside) : .none,
                source: isOutgoing ? subnet : nil, destination: !isOutgoing && isForwarded ? subnet : nil,
                isReply: isReply, isTranslated: opener == .outsider && (isForwarded || isReply))
        }

        /// An echo request or its reply, where the host takes it or sends it.
        private func echo(isIncoming: Bool, isReply: Bool) -> Packets {
            Packets(
                family: subnet.family, place: isIncoming ? .input : .output, input: isIncoming ? inside : .none,
                output: isIncoming ? .none : inside, source: isIncoming ? subnet : host,
                destination: isIncoming ? host : subnet,
                transport: .message(.echo(subnet.family, isReply: isReply)), isReply: isReply)
        }
    }
}

extension Layout {
    /// Who opens connections to the network or out of it.
    fileprivate func openers(to network: Layout.Network, _ family: IPFamily) -> [Traffic.Opener] {
        let isPublished = containers.flatMap(\.ports).contains {
            $0.network == network.declaration.key && $0.address.family == family
        }
        let forwarded: [Traffic.Opener] = isPublished ? [.endpoint, .outsider] : [.endpoint]
        return (network.declaration.isInternal ? [] : forwarded)
            + (network.hasBridgeAddress(family) ? [.guest, .host] : [])
    }
}
