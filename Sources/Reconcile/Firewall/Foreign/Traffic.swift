import Addressing
import Netlink
import Planning
import Topology

/// Packets of one network that the host forwards, or that are echoes between it and the network, as far as rules can tell them
/// from others.
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

    /// Where on their way the packets are.
    enum Place: Hashable, Sendable, CaseIterable {
        /// They just came in, and their destination is what the sender wrote.
        case prerouting
        /// They are for the host.
        case input
        /// They are about to leave.
        case forward
        /// The host has just made them.
        case output

        /// iptables' chain at the place.
        var chain: BuiltInChain {
            switch self {
            case .prerouting: .prerouting
            case .input: .input
            case .forward: .forward
            case .output: .output
            }
        }
    }

    /// What is known of an interface.
    enum Interface: Hashable, Sendable {
        /// It has this name, and this number if it is there.
        case known(String, index: Int32?)
        /// It is any but the bridge.
        case other
        /// There is none yet, or none any more.
        case none
    }

    var network: String
    var bridge: String
    /// The bridge's number, if it is there.
    var bridgeIndex: Int32?
    /// The interface that leads outside.
    var uplink: Interface
    var subnet: Subnet
    /// The host's address in the subnet.
    var gateway: IPAddress
    var opener: Opener
    /// Whether the packets go back to who opened the connection.
    var isReply: Bool
    var place: Place

    var family: IPFamily { subnet.family }
    /// Whether the packets come from an endpoint.
    private var isOutgoing: Bool { (opener == .endpoint || opener == .guest) != isReply }
    /// Whether the packets come from the host, or go to it.
    var isOfHost: Bool { opener == .guest || opener == .host }

    private var host: Subnet? { Subnet(containing: gateway, prefixLength: family.bitWidth) }
    private var inside: Interface { .known(bridge, index: bridgeIndex) }
    var input: Interface { place == .output ? .none : isOutgoing ? inside : uplink }
    var output: Interface {
        switch place {
        case .prerouting, .input: .none
        case .forward, .output: isOutgoing ? uplink : inside
        }
    }
    /// What the packets' source is one of, if that is known.
    var source: Subnet? { isOutgoing ? subnet : isOfHost ? host : nil }
    /// What the packets' destination is one of, if that is known; translated addresses are in place by the time of forwarding.
    var destination: Subnet? {
        switch place {
        case .prerouting: nil
        case .input: host
        case .forward, .output: isOutgoing ? nil : subnet
        }
    }
    /// Whether the connection's destination was rewritten.
    var isTranslated: Bool { opener == .outsider && (place == .forward || isReply) }
    /// The message that the packets are; `nil` where they may be of every protocol.
    var message: Netfilter.Message? { isOfHost ? .echo(family, isReply: isReply) : nil }
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
                let uplink = uplink(family).map { Interface.known($0, index: index($0)) } ?? .other
                return layout.openers(to: network, family).flatMap { opener in
                    [false, true].flatMap { isReply in
                        opener.places(isReply: isReply).map { place in
                            Traffic(
                                network: network.declaration.key, bridge: network.bridge,
                                bridgeIndex: index(network.bridge), uplink: uplink, subnet: segment.subnet,
                                gateway: segment.gateway, opener: opener, isReply: isReply, place: place)
                        }
                    }
                }
            }
        }
    }
}

extension Traffic.Opener {
    /// Where the packets of its connections are looked at.
    fileprivate func places(isReply: Bool) -> [Traffic.Place] {
        switch self {
        case .endpoint, .outsider: [.prerouting, .forward]
        case .guest: isReply ? [.output] : [.input]
        case .host: isReply ? [.input] : [.output]
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
