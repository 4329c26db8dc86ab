import CLinux
import Linux

/// What the kernel answers to one message: the body of `NLMSG_ERROR`, or of the `NLMSG_DONE` of a dump.
struct Acknowledgement {
    /// `nil` where it went well.
    var errno: Errno?
    var message: String?
    var offset: Int?

    /// Reads the body of a message of the type `NLMSG_ERROR`, with its extended part.
    init(error header: nlmsghdr, _ body: RawSpan) throws(NetlinkError) {
        try readNumber(body)
        let original = try body.structure(nlmsghdr.self, at: MemoryLayout<Int32>.size)
        // The refused request comes back whole where the socket option NETLINK_CAP_ACK is off.
        let isCapped = header.nlmsg_flags & UInt16(NLM_F_CAPPED) != 0
        let returned = isCapped || errno == nil ? MemoryLayout<nlmsghdr>.size : Int(original.nlmsg_len)
        try readExtension(header, body, after: MemoryLayout<Int32>.size + returned)
    }

    /// Reads the body of a message of the type `NLMSG_DONE`, with its extended part.
    init(done header: nlmsghdr, _ body: RawSpan) throws(NetlinkError) {
        guard body.byteCount > 0 else { return }
        try readNumber(body)
        try readExtension(header, body, after: MemoryLayout<Int32>.size)
    }

    private mutating func readNumber(_ body: RawSpan) throws(NetlinkError) {
        let number = try body.structure(Int32.self)
        guard number <= 0, number != .min else { throw .malformedReply("error number \(number)") }
        errno = number == 0 ? nil : Errno(rawValue: -number)
    }

    private mutating func readExtension(
        _ header: nlmsghdr, _ body: RawSpan, after start: Int
    ) throws(NetlinkError) {
        guard header.nlmsg_flags & UInt16(NLM_F_ACK_TLVS) != 0 else { return }
        guard start <= body.byteCount else {
            throw .malformedReply("extended acknowledgement at \(start) of \(body.byteCount) bytes")
        }
        var message: String?
        var offset: Int?
        try body.extracting(start..<body.byteCount).forEachAttribute { type, value throws(NetlinkError) in
            switch type {
            case Int(NLMSGERR_ATTR_MSG.rawValue): message = value.text()
            case Int(NLMSGERR_ATTR_OFFS.rawValue): offset = Int(try value.integer(UInt32.self))
            default: break
            }
        }
        self.message = message
        self.offset = offset
    }

    /// The error that the answer is to `request`; `nil` where it went well.
    func refusal(of request: Request) -> NetlinkError? {
        errno.map { .refused(Refusal(errno: $0, message: message, offset: offset, request: request)) }
    }
}
