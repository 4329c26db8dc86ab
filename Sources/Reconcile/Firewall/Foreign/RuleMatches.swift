import Netlink
import Planning

extension Packets {
    /// The bit of the connection's state.
    var connectionState: UInt32 { isReply ? ConnectionBit.established : ConnectionBit.new }

    /// Whether a match of x_tables holds for the packets.
    func truth(of match: Netfilter.Extension) -> Truth {
        if let states = match.connectionStates {
            var own = Rule.ConnectionState(rawValue: UInt16(truncatingIfNeeded: connectionState))
            if isTranslated { own.insert(.destinationTranslated) }
            return Truth(!own.isDisjoint(with: Rule.ConnectionState(rawValue: states)))
        }
        switch match.name {
        case "comment": return .yes
        case "tcp", "udp", "sctp", "multiport", "icmp", "icmp6": return truth(ofProtocol: match)
        case "addrtype": return truth(ofAddressTypes: match.info)
        case "limit": return .some
        // Nothing of ours has a routing header, and without one the match fails (`rt_mt6`, net/ipv6/netfilter/ip6t_rt.c).
        case "rt": return areVarious ? .some : .no
        case "set", "iprange", "mark": return unread
        default: return .unknown
        }
    }

    /// Whether a condition holds that is known to look at packets, and is not read.
    private var unread: Truth { areVarious ? .some : .unknown }

    /// Whether a match holds that is of one protocol, or of several.
    private func truth(ofProtocol match: Netfilter.Extension) -> Truth {
        switch (transport, match.name) {
        case (nil, _): .some
        case (.message(let message), "icmp"), (.message(let message), "icmp6"):
            match.matches(message).map { Truth($0) } ?? unread
        case (.udp(let port), "udp"): truth(ofPorts: match.info, to: port)
        case (.udp(let port), "multiport"): truth(ofSeveralPorts: match, to: port)
        default: .no
        }
    }

    /// The ports that a match of `udp` asks for (`struct xt_udp`, linux/netfilter/xt_tcpudp.h): the first and the last of the
    /// source and of the destination, in this machine's order, and what is the other way round.
    private func truth(ofPorts info: [UInt8], to port: UInt16) -> Truth {
        guard info.count >= 9 else { return .unknown }
        let ports = (0..<4).map { UInt16(hostBytes: info[($0 * 2)...]) }
        let isInverted = info[8] & 2 != 0
        let anySource: Truth = ports[0] == 0 && ports[1] == .max ? .yes : .some
        guard ports[2] <= ports[3] else { return .unknown }
        return min(anySource, Truth((ports[2]...ports[3]).contains(port) != isInverted))
    }

    /// The ports that `multiport` asks for (`struct xt_multiport_v1`, linux/netfilter/xt_multiport.h): whose, how many, each in
    /// this machine's order, for each whether a range begins with it, and what is the other way round.
    private func truth(ofSeveralPorts match: Netfilter.Extension, to port: UInt16) -> Truth {
        let (most, info) = (15, match.info)
        guard match.revision == 1, info.count >= 3 + 3 * most, info[1] <= most else { return .unknown }
        let ports = (0..<Int(info[1])).map { UInt16(hostBytes: info[(2 + $0 * 2)...]) }
        let isListed = ports.indices.contains { index in
            let isBeginning = info[2 + 2 * most + index] != 0 && index + 1 < ports.count
            return ports[index] <= port && port <= ports[isBeginning ? index + 1 : index]
        }
        let isMet: Truth =
            switch info[0] {
            case Self.destinationPorts: Truth(isListed)
            case Self.eitherPorts where isListed: .yes
            default: .some
            }
        return info[2 + 3 * most] != 0 ? isMet.inverted : isMet
    }

    /// `XT_MULTIPORT_DESTINATION` and `XT_MULTIPORT_EITHER`.
    private static let (destinationPorts, eitherPorts): (UInt8, UInt8) = (1, 2)

    /// The types of addresses that a match asks for (linux/netfilter/xt_addrtype.h): a bit for each of the source's and the
    /// destination's, and what is the other way round.
    private func truth(ofAddressTypes info: [UInt8]) -> Truth {
        guard place == .input, info.count >= 8 else { return .some }
        let (sources, destinations) = (UInt16(hostBytes: info[0...]), UInt16(hostBytes: info[2...]))
        let isInverted = info[4] & 2 != 0 || info.count >= 12 && info[8] != 0
        guard sources == 0, !isInverted else { return unread }
        return Truth(destinations == 0 || destinations & Self.localType != 0)
    }

    /// `XT_ADDRTYPE_LOCAL`.
    private static let localType: UInt16 = 1 << 2

    /// Expressions that are not read: some do something, some are conditions that only some packets meet.
    func truth(of name: String) -> Truth {
        switch name {
        case "log", "reject", "notrack", "dup", "last", "objref", "flow_offload", "nat", "redir", "queue": .yes
        case "limit", "connlimit", "quota", "fib": .some
        case "dynset", "exthdr": unread
        default: .unknown
        }
    }
}

extension UInt16 {
    /// The first two bytes as a number of this machine.
    fileprivate init(hostBytes bytes: ArraySlice<UInt8>) {
        let pair = Array(bytes.prefix(2))
        let (low, high) = UInt16(1).littleEndian == 1 ? (pair[0], pair[1]) : (pair[1], pair[0])
        self = UInt16(high) << 8 | UInt16(low)
    }
}
