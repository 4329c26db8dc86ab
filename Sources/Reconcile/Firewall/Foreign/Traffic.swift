import Addressing
import Netlink
import Planning
import Topology

/// Packets of one network that the host forwards, as far as rules can tell them from others.
struct Traffic: Hashable, Sendable {
    /// Who opens the connection that the packets belong to.
    enum Opener: Hashable, Sendable {
        /// An endpoint, to somewhere outside.
        case endpoint
        /// Somebody outside, to a published port.
        case outsider
    }

    /// Where on their way the packets are.
    enum Place: Hashable, Sendable {
        /// They just came in, and their destination is what the sender wrote.
        case prerouting
        /// They are about to leave.
        case forward

        /// The hook's number (`enum nf_inet_hooks`, linux/netfilter.h).
        var hookNumber: UInt32 {
            switch self {
            case .prerouting: BuiltInChain.prerouting.hookNumber
            case .forward: BuiltInChain.forward.hookNumber
            }
        }
    }

    /// What is known of an interface.
    enum Interface: Hashable, Sendable {
        /// It has this name, and this number if it is there.
        case known(String, index: Int32?)
        /// It is any but the bridge.
        case other
        /// There is none yet.
        case none
    }

    var network: String
    var bridge: String
    /// The bridge's number, if it is there.
    var bridgeIndex: Int32?
    /// The interface that leads outside.
    var uplink: Interface
    var subnet: Subnet
    var opener: Opener
    /// Whether the packets go back to who opened the connection.
    var isReply: Bool
    var place: Place

    var family: IPFamily { subnet.family }
    /// Whether the packets come from an endpoint.
    private var isOutgoing: Bool { (opener == .endpoint) != isReply }

    private var inside: Interface { .known(bridge, index: bridgeIndex) }
    var input: Interface { isOutgoing ? inside : uplink }
    var output: Interface {
        switch place {
        case .prerouting: .none
        case .forward: isOutgoing ? uplink : inside
        }
    }
    /// What the packets' source is one of, if that is known.
    var source: Subnet? { isOutgoing ? subnet : nil }
    /// What the packets' destination is one of, if that is known; translated addresses are in place by the time of forwarding.
    var destination: Subnet? { !isOutgoing && place == .forward ? subnet : nil }
    /// Whether the connection's destination was rewritten.
    var isTranslated: Bool { opener == .outsider && (place == .forward || isReply) }
}

extension Traffic {
    /// The packets that the host forwards for the bridges of `layout`.
    ///
    /// - Parameters:
    ///   - index: The number of the interface of that name.
    ///   - uplink: The name of the interface that the default route of a family leaves by.
    static func forwarded(
        for layout: Layout, index: (String) -> Int32?, uplink: (IPFamily) -> String?
    ) -> [Traffic] {
        layout.networks.filter { $0.declaration.driver.hasBridge && !$0.declaration.isInternal }.flatMap { network in
            let published = Set(
                layout.containers.flatMap(\.ports).filter { $0.network == network.declaration.key }
                    .map(\.address.family))
            return network.segments.flatMap { segment -> [Traffic] in
                let family = segment.subnet.family
                let uplink = uplink(family).map { Interface.known($0, index: index($0)) } ?? .other
                return (published.contains(family) ? [Opener.endpoint, .outsider] : [.endpoint]).flatMap { opener in
                    [false, true].flatMap { isReply in
                        [Place.prerouting, .forward].map { place in
                            Traffic(
                                network: network.declaration.key, bridge: network.bridge,
                                bridgeIndex: index(network.bridge), uplink: uplink, subnet: segment.subnet,
                                opener: opener, isReply: isReply, place: place)
                        }
                    }
                }
            }
        }
    }
}
