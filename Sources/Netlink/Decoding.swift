import Addressing
import CLinux

// Everything that reads a reply goes through here. A span knows its bounds; what does not fit is an error, never
// a trap.
extension RawSpan {
    /// Visits the netlink messages in the bytes of one receive: the header, and what follows it.
    func forEachMessage(
        _ visit: (nlmsghdr, RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        var offset = 0
        while offset < byteCount {
            let header = try structure(nlmsghdr.self, at: offset)
            let length = Int(header.nlmsg_len)
            guard length >= MemoryLayout<nlmsghdr>.size, length <= byteCount - offset else {
                throw .malformedReply("message of length \(length) in \(byteCount - offset) bytes")
            }
            try visit(header, extracting(offset + MemoryLayout<nlmsghdr>.size..<offset + length))
            offset += aligned(length)
        }
    }

    /// Visits the attributes in the bytes: the type without its flags, and the value.
    func forEachAttribute(
        _ visit: (Int, RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        var offset = 0
        while byteCount - offset >= MemoryLayout<nlattr>.size {
            let header = try structure(nlattr.self, at: offset)
            let type = Int(header.nla_type) & Int(CLINUX_NLA_TYPE_MASK)
            let length = Int(header.nla_len)
            guard length >= MemoryLayout<nlattr>.size, length <= byteCount - offset else {
                throw .malformedReply("attribute \(type) of length \(length) in \(byteCount - offset) bytes")
            }
            try visit(type, extracting(offset + MemoryLayout<nlattr>.size..<offset + length))
            offset += aligned(length)
        }
    }

    /// Visits the attributes that follow a fixed structure.
    func forEachAttribute<Header: BitwiseCopyable>(
        after header: Header.Type, _ visit: (Int, RawSpan) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        try extracting(min(aligned(MemoryLayout<Header>.size), byteCount)..<byteCount).forEachAttribute(visit)
    }

    /// The C structure at `offset`.
    func structure<Value: BitwiseCopyable>(
        _ type: Value.Type, at offset: Int = 0
    ) throws(NetlinkError) -> Value {
        guard byteCount - offset >= MemoryLayout<Value>.size else {
            throw .malformedReply("\(Value.self) in \(byteCount - offset) bytes")
        }
        return unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// The value of an attribute that holds an integer in the machine's byte order.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(NetlinkError) -> Value {
        guard byteCount == MemoryLayout<Value>.size else {
            throw .malformedReply("\(Value.self) in \(byteCount) bytes")
        }
        return unsafeLoadUnaligned(as: Value.self)
    }

    /// The value of an attribute that holds an integer in network byte order.
    func bigEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(NetlinkError) -> Value {
        Value(bigEndian: try integer())
    }

    /// The value of an attribute that holds text, with or without its zero byte.
    func text() -> String {
        withUnsafeBytes { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The bytes.
    func array() -> [UInt8] { withUnsafeBytes { Array($0) } }

    /// The value of an attribute that holds an IPv4 or IPv6 address.
    func address() throws(NetlinkError) -> IPAddress {
        guard let address = withUnsafeBytes({ IPAddress(bytes: $0) }) else {
            throw .malformedReply("address of \(byteCount) bytes")
        }
        return address
    }
}

/// Where the next message or attribute begins (`NLMSG_ALIGN`, `NLA_ALIGN`).
private func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
