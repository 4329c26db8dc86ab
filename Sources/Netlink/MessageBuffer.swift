import CLinux
import CMnl

/// Encoded messages, one after the other, as one `send` takes them.
///
/// libmnl pads, nests and checks the bounds.
struct MessageBuffer: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer
    /// Bytes in use.
    private(set) var count = 0
    private var lastMessage = 0

    init(capacity: Int = 32 << 10) { storage = Self.allocate(capacity) }

    deinit { storage.deallocate() }

    /// The encoded messages.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }

    /// Makes the kernel answer the last message also when it goes well.
    mutating func acknowledgeLast() {
        guard count > 0 else { return }
        let header = storage.baseAddress.map { ($0 + lastMessage).assumingMemoryBound(to: nlmsghdr.self) }
        header?.pointee.nlmsg_flags |= UInt16(NLM_F_ACK)
    }

    /// Encodes `request` behind what is there.
    ///
    /// An attribute that 16 bits can't count the length of is `.tooLong`.
    mutating func append(_ request: Request, sequence: UInt32) throws(NetlinkError) {
        while true {
            let room = UnsafeMutableRawBufferPointer(rebasing: storage[count...])
            switch encode(request, sequence, into: room) {
            case .done(let length):
                lastMessage = count
                count += length
                return
            case .tooLong: throw .tooLong(request)
            case .noRoom: grow()
            }
        }
    }

    private mutating func grow() {
        let larger = Self.allocate(storage.count * 2)
        larger.copyMemory(from: bytes)
        storage.deallocate()
        storage = larger
    }

    /// The bytes between attributes are not libmnl's to write: zeros from the start.
    private static func allocate(_ capacity: Int) -> UnsafeMutableRawBufferPointer {
        let room = UnsafeMutableRawBufferPointer.allocate(
            byteCount: capacity, alignment: MemoryLayout<nlmsghdr>.alignment)
        _ = room.initializeMemory(as: UInt8.self, repeating: 0)
        return room
    }
}

private enum Encoding {
    case done(Int), noRoom, tooLong
}

private func encode(
    _ request: Request, _ sequence: UInt32, into room: UnsafeMutableRawBufferPointer
) -> Encoding {
    guard let start = room.baseAddress, room.count >= mnl_nlmsg_size(request.header.count) + Int(MNL_ALIGNTO),
        let message = mnl_nlmsg_put_header(start)
    else { return .noRoom }
    message.pointee.nlmsg_type = request.type.rawValue
    message.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST) | request.flags.rawValue
    message.pointee.nlmsg_seq = sequence
    if !request.header.isEmpty {
        mnl_nlmsg_put_extra_header(message, request.header.count)?
            .copyMemory(from: request.header, byteCount: request.header.count)
    }
    for node in request.attributes {
        let result = put(node, into: message, limit: room.count)
        guard case .done = result else { return result }
    }
    return .done(Int(message.pointee.nlmsg_len))
}

private func put(_ node: Node, into message: UnsafeMutablePointer<nlmsghdr>, limit: Int) -> Encoding {
    switch node {
    case .leaf(let type, let bytes):
        guard bytes.count <= longestPayload else { return .tooLong }
        return mnl_attr_put_check(message, limit, type, bytes.count, bytes) ? .done(0) : .noRoom
    case .nest(let type, let header, let nodes):
        guard let nest = mnl_attr_nest_start_check(message, limit, type) else { return .noRoom }
        if !header.isEmpty {
            guard Int(message.pointee.nlmsg_len) + header.count + Int(MNL_ALIGNTO) <= limit else { return .noRoom }
            mnl_nlmsg_put_extra_header(message, header.count)?.copyMemory(from: header, byteCount: header.count)
        }
        for node in nodes {
            let result = put(node, into: message, limit: limit)
            guard case .done = result else { return result }
        }
        let end = UnsafeRawPointer(message) + Int(message.pointee.nlmsg_len)
        guard end - UnsafeRawPointer(nest) <= UInt16.max else { return .tooLong }
        mnl_attr_nest_end(message, nest)
        return .done(0)
    }
}

private let longestPayload = Int(UInt16.max) - MemoryLayout<nlattr>.size

extension Request {
    /// The message as it goes over the wire, with the sequence number 0.
    public func encoded() throws(NetlinkError) -> [UInt8] {
        var buffer = MessageBuffer(capacity: 1 << 10)
        try buffer.append(self, sequence: 0)
        return Array(buffer.bytes)
    }
}
