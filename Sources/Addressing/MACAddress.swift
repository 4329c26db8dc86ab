/// A 48-bit Ethernet address.
public struct MACAddress: Hashable, Sendable {
    /// The address as a number; the first byte on the wire is the most significant of the low 48 bits.
    public let bits: UInt64

    /// The address with the low 48 bits of `bits`.
    public init(bits: UInt64) { self.bits = bits & 0xffff_ffff_ffff }

    /// Reads six bytes in wire order.
    ///
    /// `nil` for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        bits = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads `02:42:ac:11:00:02`, in either case and with `:` or `-` between the bytes.
    ///
    /// `nil` where it is none.
    public init?(_ text: some StringProtocol) {
        let separator: Character = text.contains("-") ? "-" : ":"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in
            part.utf8.count == 2 && part.allSatisfy(\.isHexDigit) ? UInt8(part, radix: 16) : nil
        }
        guard bytes.count == parts.count else { return nil }
        self.init(bytes: bytes)
    }

    /// The address that Docker derives from an endpoint's IPv4 address, `02:42:` and its four bytes.
    public init(derivedFrom address: IPAddress) {
        bits = 0x0242_0000_0000 | UInt64(truncatingIfNeeded: address.bits & 0xffff_ffff)
    }

    /// Six bytes in wire order.
    public var bytes: [UInt8] { (0..<6).reversed().map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) } }
    /// Whether frames to it go to a group, so that no interface can own it.
    public var isMulticast: Bool { bits >> 40 & 1 == 1 }
}

extension MACAddress: CustomStringConvertible {
    /// Lower-case hexadecimal bytes joined by colons, as the kernel's tools print it.
    public var description: String {
        // Plans of large overlays are full of them, so that no array is made here.
        String(unsafeUninitializedCapacity: 17) { text in
            for number in 0..<6 {
                let byte = UInt8(truncatingIfNeeded: bits >> (8 * (5 - UInt64(number))))
                text[3 * number] = Self.digit(byte >> 4)
                text[3 * number + 1] = Self.digit(byte & 0xf)
                if number < 5 { text[3 * number + 2] = UInt8(ascii: ":") }
            }
            return 17
        }
    }

    /// The hexadecimal digit of `value`, which is below 16.
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
