public import Addressing

/// A virtual Ethernet segment over IP: frames travel in UDP packets that carry the segment's number (RFC 7348).
///
/// Its underlay's family is that of `local` and `remote`; IPv4 if neither is given.
public struct VXLAN: Hashable, Sendable, Codable {
    /// The number of the segment, VNI: 24 bits; 0 where it is `external`.
    public var id: UInt32
    /// The address that packets are sent from; the kernel's choice by route if absent.
    public var local: IPAddress?
    /// Where frames go that no forwarding entry knows a place for: another host, or a multicast group that is then
    /// joined, which needs a link below.
    public var remote: IPAddress?
    /// The UDP port that packets are sent to and received on: IANA's, where the kernel's default is an older one.
    public var port: UInt16 = 4789
    /// Whether the place of a sender is learned from its packets.
    public var learning = true
    /// Seconds after which what was learned is forgotten; 0 for never.
    public var ageing: UInt32 = 300
    /// Whether it answers neighbour requests itself, from the entries of its neighbour table.
    public var proxy = false
    /// Whether programs are told of frames to an unknown hardware address.
    public var l2miss = false
    /// Whether programs are told of an IP address without a neighbour entry.
    public var l3miss = false
    /// Hops of the packets; absent: 1 to a group, the kernel's default to a host.
    public var ttl: UInt8?
    /// Type of service of the packets; 1 inherits the frame's.
    public var tos: UInt8 = 0
    /// Whether segment and destination come with each frame, from a route or a filter, instead of from here.
    public var isExternal = false
    /// Whether UDP checksums are calculated over IPv4.
    public var checksum = true
    /// Whether packets over IPv6 are sent without a checksum.
    public var sendsZeroChecksum6 = false
    /// Whether packets over IPv6 are taken without a checksum.
    public var acceptsZeroChecksum6 = false

    /// The segment `id` from `local` to `remote`, with the kernel's defaults for all else.
    public init(id: UInt32, local: IPAddress? = nil, remote: IPAddress? = nil) {
        self.id = id
        self.local = local
        self.remote = remote
    }

    /// The numbers that a segment may have.
    public static let ids: ClosedRange<UInt32> = 1...0xff_ffff
}

extension VXLAN: DeviceSettings {
    /// `vxlan`.
    public static let kinds = ["vxlan"]
    /// `vxlan`.
    public var kind: String { "vxlan" }
    /// Among the settings.
    public static var lowerKeyword: LowerKeyword { .dev }
    /// VXLAN.
    public var option: KernelOption { KernelOption("CONFIG_VXLAN", module: "vxlan") }

    /// Such as `id 42 remote 10.0.0.2 dstport 4789`.
    public var words: [String] {
        var words = isExternal ? ["external"] : ["id", "\(id)"]
        if let local { words += ["local", "\(local)"] }
        if let remote { words += [remote.isMulticast ? "group" : "remote", "\(remote)"] }
        words += ["dstport", "\(port)"]
        // Learning is off by default where the segment is external.
        if learning == isExternal { words.append(learning ? "learning" : "nolearning") }
        if ageing != 300 { words += ["ageing", "\(ageing)"] }
        if let ttl { words += ["ttl", "\(ttl)"] }
        words += tosWords(tos)
        let flags: [(Bool, String)] = [
            (proxy, "proxy"), (l2miss, "l2miss"), (l3miss, "l3miss"), (!checksum, "noudpcsum"),
            (sendsZeroChecksum6, "udp6zerocsumtx"), (acceptsZeroChecksum6, "udp6zerocsumrx"),
        ]
        return words + flags.filter(\.0).map(\.1)
    }
}
