public import Addressing

/// A virtual Ethernet segment to one other host (RFC 8926): frames travel in UDP packets that carry the segment's number.
public struct Geneve: Hashable, Sendable, Codable {
    /// The number of the segment, VNI: 24 bits.
    public var id: UInt32
    /// The address of the other end; it must be known before the link is made.
    public var remote: IPAddress?
    /// The UDP port that packets are sent to and received on.
    public var port: UInt16 = 6081
    /// Hops of the packets; the kernel's default if absent.
    public var ttl: UInt8?
    /// Type of service of the packets; 1 inherits the frame's.
    public var tos: UInt8 = 0
    /// Whether UDP checksums are calculated over IPv4.
    public var checksum = false
    /// Whether packets over IPv6 are sent without a checksum.
    public var sendsZeroChecksum6 = false
    /// Whether packets over IPv6 are taken without a checksum.
    public var acceptsZeroChecksum6 = false

    /// The segment `id`, with `remote` at its other end.
    public init(id: UInt32, remote: IPAddress? = nil) {
        self.id = id
        self.remote = remote
    }

    /// The numbers that a segment may have.
    public static let ids: ClosedRange<UInt32> = 1...0xff_ffff
}

extension Geneve: DeviceSettings {
    /// `geneve`.
    public static let kinds = ["geneve"]
    /// `geneve`.
    public var kind: String { "geneve" }
    /// Geneve.
    public var option: KernelOption { KernelOption("CONFIG_GENEVE", module: "geneve") }

    /// Such as `id 42 remote 10.0.0.2 dstport 6081`.
    public var words: [String] {
        var words = ["id", "\(id)"] + (remote.map { ["remote", "\($0)"] } ?? []) + ["dstport", "\(port)"]
        if let ttl { words += ["ttl", "\(ttl)"] }
        words += tosWords(tos)
        let flags: [(Bool, String)] = [
            (checksum, "udpcsum"), (sendsZeroChecksum6, "udp6zerocsumtx"), (acceptsZeroChecksum6, "udp6zerocsumrx"),
        ]
        return words + flags.filter(\.0).map(\.1)
    }
}
