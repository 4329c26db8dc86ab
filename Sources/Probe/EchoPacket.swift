import Addressing
import CLinux

/// An echo request or reply of ICMP or ICMPv6, which have one shape (RFC 792, RFC 4443 §4.1).
struct EchoPacket: Hashable {
    /// Bytes before the data: type, code, checksum, identifier and sequence number.
    static let headerLength = 8

    var isReply: Bool
    /// Whose request it is, among all who ping from one namespace.
    var identifier: UInt16
    /// Which request it is.
    var sequence: UInt16
    /// Data that comes back as it was sent.
    var token: UInt64

    /// The request on the wire, filled with zeros to `length` bytes.
    ///
    /// The kernel computes the checksum of ICMPv6 packets, which covers addresses that only the kernel knows (RFC 3542 §3.1).
    func bytes(_ family: IPFamily, length: Int = 0) -> [UInt8] {
        let type = Self.type(family, isReply: isReply)
        var bytes: [UInt8] = [type, 0, 0, 0] + identifier.networkBytes + sequence.networkBytes + token.networkBytes
        // Zeros add nothing to the sum.
        if family == .v4 { bytes.replaceSubrange(2..<4, with: internetChecksum(bytes).networkBytes) }
        bytes += [UInt8](repeating: 0, count: max(0, length - bytes.count))
        return bytes
    }

    /// Reads what a raw socket of `family` receives, which in IPv4 begins with the IP header; `nil` for anything but an echo
    /// with data of ours.
    init?(received bytes: UnsafeRawBufferPointer, _ family: IPFamily) {
        guard family == .v4 else {
            self.init(bytes, family)
            return
        }
        // The low half of the first byte counts the header's 32-bit words (RFC 791 §3.1).
        guard let first = bytes.first else { return nil }
        let length = Int(first & 0xf) * 4
        guard bytes.count >= length else { return nil }
        self.init(UnsafeRawBufferPointer(rebasing: bytes[length...]), family)
    }

    /// Reads an ICMP or ICMPv6 packet; `nil` for anything but an echo with data of ours.
    init?(_ bytes: UnsafeRawBufferPointer, _ family: IPFamily) {
        guard let header = EchoHeader(bytes, family),
            bytes.count >= Self.headerLength + MemoryLayout<UInt64>.size
        else { return nil }
        isReply = header.isReply
        identifier = header.identifier
        sequence = header.sequence
        token = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: Self.headerLength, as: UInt64.self))
    }

    init(isReply: Bool = false, identifier: UInt16, sequence: UInt16, token: UInt64) {
        self.isReply = isReply
        self.identifier = identifier
        self.sequence = sequence
        self.token = token
    }

    fileprivate static func type(_ family: IPFamily, isReply: Bool) -> UInt8 {
        switch family {
        case .v4: UInt8(isReply ? ICMP_ECHOREPLY : ICMP_ECHO)
        case .v6: UInt8(isReply ? ICMPV6_ECHO_REPLY : ICMPV6_ECHO_REQUEST)
        }
    }
}

/// The head of an echo, all that an ICMP error is sure to quote of the packet that it is about.
struct EchoHeader: Hashable {
    var isReply: Bool
    var identifier: UInt16
    var sequence: UInt16

    /// Reads the head of an ICMP or ICMPv6 packet; `nil` for anything but an echo.
    init?(_ bytes: UnsafeRawBufferPointer, _ family: IPFamily) {
        guard bytes.count >= EchoPacket.headerLength else { return nil }
        switch bytes[0] {
        case EchoPacket.type(family, isReply: false): isReply = false
        case EchoPacket.type(family, isReply: true): isReply = true
        default: return nil
        }
        identifier = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
        sequence = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
    }
}

/// The ones' complement of the ones' complement sum of 16-bit words (RFC 1071).
func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for (index, byte) in bytes.enumerated() { sum += UInt32(byte) << (index.isMultiple(of: 2) ? 8 : 0) }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    return ~UInt16(truncatingIfNeeded: sum)
}

extension FixedWidthInteger {
    /// The bytes in network order.
    var networkBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
