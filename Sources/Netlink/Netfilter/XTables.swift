import CLinux

// The structures of linux/netfilter/xt_*.h as they lie in memory. What is read is taken for what it seems only if
// building it again gives the same bytes: a flag or field of no concern to us makes it another match.
extension Netfilter.Extension {
    /// Fills a structure, padded with zeros to where the next would begin in a rule of x_tables.
    init<Info>(_ name: String, revision: UInt32, _ fill: (inout Info) -> Void) {
        var info = [UInt8](repeating: 0, count: Self.size(of: Info.self))
        info.withStructure(fill)
        self.init(name, revision: revision, info: info)
    }

    /// The structure, if the extension is the one of that name and revision, and of its length.
    func structure<Info>(_ name: String, revision: UInt32, _ type: Info.Type = Info.self) -> Info? {
        guard name == self.name, revision == self.revision, info.count == Self.size(of: type) else { return nil }
        var info = info
        return info.withStructure { (info: inout Info) in info }
    }

    private static func size<Info>(of type: Info.Type) -> Int {
        Int(clinux_xt_aligned(UInt(MemoryLayout<Info>.size)))
    }

    /// `value` if `make` makes this very extension of it.
    private func confirmed<Value>(_ value: Value?, _ make: (Value) -> Self) -> Value? {
        guard let value, make(value) == self else { return nil }
        return value
    }
}

extension Netfilter.Extension {
    /// `-m addrtype --dst-type LOCAL` (`struct xt_addrtype_info_v1`).
    public static let localDestination = Self("addrtype", revision: 1) { (info: inout xt_addrtype_info_v1) in
        info.dest = UInt16(XT_ADDRTYPE_LOCAL)
    }

    /// `-m conntrack --ctstate STATES` (`struct xt_conntrack_mtinfo3`).
    ///
    /// - Parameter states: Bits `XT_CONNTRACK_STATE_*`, any of which matches.
    public static func connectionState(_ states: UInt16) -> Self {
        Self("conntrack", revision: 3) { (info: inout xt_conntrack_mtinfo3) in
            info.match_flags = UInt16(XT_CONNTRACK_STATE)
            info.state_mask = states
        }
    }

    /// The bits of `connectionState`, if it is one.
    public var connectionStates: UInt16? {
        confirmed(structure("conntrack", revision: 3, xt_conntrack_mtinfo3.self)?.state_mask, Self.connectionState)
    }

    /// `-m comment --comment TEXT` (`struct xt_comment_info`), cut to 255 bytes.
    public static func comment(_ text: String) -> Self {
        var bytes = Array(text.utf8.prefix(MemoryLayout<xt_comment_info>.size - 1))
        bytes += [UInt8](repeating: 0, count: MemoryLayout<xt_comment_info>.size - bytes.count)
        return Self("comment", info: bytes)
    }

    /// The text of `comment`, if it is one.
    public var commentText: String? {
        guard name == "comment", revision == 0 else { return nil }
        return String(decoding: info.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// `-m sctp --dport PORT` (`struct xt_sctp_info`).
    public static func sctpDestinationPort(_ port: UInt16) -> Self {
        Self("sctp", revision: 0) { (info: inout xt_sctp_info) in
            info.dpts = (port, port)
            info.flags = UInt32(XT_SCTP_DEST_PORTS)
            // The chunk types that iptables presets where it is told of none; they do not count without a flag.
            let none = xt_sctp_flag_info(chunktype: .max, flag: 0, flag_mask: 0)
            info.flag_info = (none, none, none, none)
        }
    }

    /// `-m tcp --dport PORT` (`struct xt_tcp`), as iptables before 1.8.8 writes it.
    public static func tcpDestinationPort(_ port: UInt16) -> Self {
        Self("tcp", revision: 0) { (info: inout xt_tcp) in
            info.spts = (0, .max)
            info.dpts = (port, port)
        }
    }

    /// `-m udp --dport PORT` (`struct xt_udp`), as iptables before 1.8.8 writes it.
    public static func udpDestinationPort(_ port: UInt16) -> Self {
        Self("udp", revision: 0) { (info: inout xt_udp) in
            info.spts = (0, .max)
            info.dpts = (port, port)
        }
    }

    /// The port of a match for one destination port of a protocol, and nothing else.
    public var destinationPort: UInt16? {
        confirmed(structure("sctp", revision: 0, xt_sctp_info.self)?.dpts.0, Self.sctpDestinationPort)
            ?? confirmed(structure("tcp", revision: 0, xt_tcp.self)?.dpts.0, Self.tcpDestinationPort)
            ?? confirmed(structure("udp", revision: 0, xt_udp.self)?.dpts.0, Self.udpDestinationPort)
    }
}

extension [UInt8] {
    /// Lends the bytes as a C structure, which they must be as long as.
    fileprivate mutating func withStructure<Info, Value>(_ body: (inout Info) -> Value) -> Value {
        withUnsafeTemporaryAllocation(byteCount: count, alignment: MemoryLayout<Info>.alignment) { room in
            room.copyBytes(from: self)
            defer { self = Array(room) }
            return body(&room.bindMemory(to: Info.self)[0])
        }
    }
}
