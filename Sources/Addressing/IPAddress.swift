#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The two versions of the Internet Protocol.
public enum IPFamily: String, Hashable, Sendable, CaseIterable, Comparable, Codable {
    case v4, v6

    /// Width of an address, in bits: 32 or 128.
    public var bitWidth: Int { self == .v4 ? 32 : 128 }
    /// Width of an address, in bytes: 4 or 16.
    public var byteCount: Int { bitWidth / 8 }

    /// IPv4 sorts before IPv6.
    public static func < (left: Self, right: Self) -> Bool { left == .v4 && right == .v6 }
}

/// An IPv4 or IPv6 address as a number, so that pools and ranges are arithmetic.
public struct IPAddress: Hashable, Sendable {
    /// The family, which decides how many of the low `bits` count.
    public let family: IPFamily
    /// The address as a number in host order; an IPv4 address uses the low 32 bits.
    public let bits: UInt128

    /// The address with the number `bits`, of which only the family's width is kept.
    public init(_ family: IPFamily, bits: UInt128) {
        self.family = family
        self.bits = family == .v4 ? bits & 0xffff_ffff : bits
    }

    /// Reads an address as `inet_pton(3)` does: no leading zeros, no zone.
    ///
    /// `nil` where it is none.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        let family: IPFamily = text.contains(":") ? .v6 : .v4
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: family.byteCount)
        guard inet_pton(family == .v4 ? AF_INET : AF_INET6, text, &bytes) == 1 else { return nil }
        self.init(bytes: bytes)
    }

    /// Reads 4 or 16 bytes in network order.
    ///
    /// `nil` for any other count.
    public init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: family = .v4
        case 16: family = .v6
        default: return nil
        }
        bits = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// 127.0.0.1 or `::1`.
    public static func loopback(_ family: IPFamily) -> IPAddress {
        IPAddress(family, bits: family == .v4 ? 0x7f00_0001 : 1)
    }

    /// 0.0.0.0 or `::`.
    public static func unspecified(_ family: IPFamily) -> IPAddress { IPAddress(family, bits: 0) }

    /// The address in network order, 4 or 16 bytes.
    public var bytes: [UInt8] {
        (0..<family.byteCount).reversed().map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }

    /// The address `offset` places further; wraps at the end of the family.
    public func advanced(by offset: UInt128) -> IPAddress { IPAddress(family, bits: bits &+ offset) }

    /// In 127.0.0.0/8, or ::1.
    public var isLoopback: Bool { family == .v4 ? bits >> 24 == 127 : bits == 1 }
    /// 0.0.0.0 or `::`.
    public var isUnspecified: Bool { bits == 0 }
    /// In 224.0.0.0/4 or ff00::/8.
    public var isMulticast: Bool { family == .v4 ? bits >> 28 == 0xe : bits >> 120 == 0xff }
    /// In 169.254.0.0/16 or fe80::/10.
    public var isLinkLocal: Bool { family == .v4 ? bits >> 16 == 0xa9fe : bits >> 118 == 0x3fa }
}

extension IPAddress: CustomStringConvertible {
    /// The address as `inet_ntop(3)` writes it.
    public var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(family == .v4 ? AF_INET : AF_INET6, bytes, &buffer, socklen_t(buffer.count))
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then by number.
    public static func < (left: Self, right: Self) -> Bool {
        (left.family, left.bits) < (right.family, right.bits)
    }
}
