import CLinux

/// Numbers of IPv4 and IPv6 in Ethernet's header, in network order.
enum EtherType {
    static let ipv4 = Int32(UInt16(ETH_P_IP).bigEndian)
    static let ipv6 = Int32(UInt16(ETH_P_IPV6).bigEndian)
}

/// The Ethernet header: two addresses and a type.
enum Ethernet {
    static let size = Int32(ETH_HLEN)
    static let type = Int32(2 * ETH_ALEN)
}

/// Offsets in the IPv6 header (RFC 8200 §3).
enum IPv6 {
    static let size: Int32 = 40
    static let length: Int16 = 4
    static let next: Int16 = 6
    static let hopLimit: Int16 = 7
    static let source: Int16 = 8
    static let destination: Int16 = 24
}

/// Offsets in the IPv4 header (RFC 791 §3.1).
enum IPv4 {
    static let size: Int16 = 20
    static let service: Int16 = 1
    static let length: Int16 = 2
    static let identification: Int16 = 4
    static let fragment: Int16 = 6
    static let timeToLive: Int16 = 8
    static let `protocol`: Int16 = 9
    static let checksum: Int16 = 10
    static let source: Int16 = 12
    static let destination: Int16 = 16
}

/// Offsets of checksums in the headers of TCP (RFC 9293 §3.1) and UDP (RFC 768).
enum Transport {
    static let tcpChecksum: Int32 = 16
    static let udpChecksum: Int32 = 6
}

/// The number of `lo`, which is the same in every namespace (`LOOPBACK_IFINDEX`, include/linux/netdevice.h).
enum Loopback {
    static let index: Int32 = 1
}

/// Offsets in what the kernel tells a program of a packet.
enum Context {
    static let `protocol` = offset(\.protocol)
    static let link = offset(\.ifindex)
    static let segmentSize = offset(\.gso_size)

    private static func offset(_ field: PartialKeyPath<__sk_buff>) -> Int16 {
        guard let offset = MemoryLayout<__sk_buff>.offset(of: field) else {
            preconditionFailure("C structures have offsets")
        }
        return Int16(offset)
    }
}
