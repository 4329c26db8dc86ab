import CLinux
import Synchronization

extension NetlinkSocket {
    /// Asks for all objects of a kind.
    ///
    /// If they change while they are read, they are read again, at most five times.
    /// - Parameter parse: Makes a record of one message, given what follows the message's header; `nil` skips it.
    public func dump<Record: Sendable>(
        _ request: Request, _ parse: (RawSpan) throws(NetlinkError) -> Record?
    ) throws(NetlinkError) -> [Record] {
        var request = request
        request.flags.insert(.dump)
        let question = request
        for _ in 0...5 {
            let records = try wire.withLock { wire throws(NetlinkError) in
                try wire.ask(question, parse)
            }
            if let records { return records }
        }
        throw .dumpInterrupted(request)
    }

    /// Asks for one object.
    ///
    /// - Parameter parse: Makes a record of the answer, given what follows the message's header.
    public func get<Record: Sendable>(
        _ request: Request, _ parse: (RawSpan) throws(NetlinkError) -> Record?
    ) throws(NetlinkError) -> Record {
        var request = request
        request.flags.insert(.acknowledge)
        let question = request
        let records = try wire.withLock { wire throws(NetlinkError) in try wire.ask(question, parse) }
        guard let record = records?.first else { throw .malformedReply("no answer to \(request)") }
        return record
    }
}

extension Wire {
    /// Sends `request` and receives up to the end of the answer.
    ///
    /// It receives to the end even if a record makes no sense: the kernel refuses another dump before that.
    /// - Returns: `nil` if the objects changed on the way (`NLM_F_DUMP_INTR`, or `ENOBUFS`).
    fileprivate mutating func ask<Record>(
        _ request: Request, _ parse: (RawSpan) throws(NetlinkError) -> Record?
    ) throws(NetlinkError) -> [Record]? {
        var buffer = MessageBuffer(capacity: 1 << 10)
        try append(request, to: &buffer)
        try send(buffer)
        var answer = Answer<Record>(request: request, sequence: sequence)
        while !answer.isComplete {
            do throws(NetlinkError) {
                try receive { header, body throws(NetlinkError) in try answer.add(header, body, parse) }
            } catch .overrun {
                answer.isConsistent = false
            }
        }
        if let failure = answer.failure { throw failure }
        return answer.isConsistent ? answer.records : nil
    }
}

/// The messages that answer one request.
struct Answer<Record> {
    let request: Request
    let sequence: UInt32
    var records: [Record] = []
    var failure: NetlinkError?
    var isComplete = false
    var isConsistent = true

    mutating func add(
        _ header: nlmsghdr, _ body: RawSpan, _ parse: (RawSpan) throws(NetlinkError) -> Record?
    ) throws(NetlinkError) {
        // What is left of an exchange that was given up has an older number.
        guard header.nlmsg_seq == sequence else { return }
        if header.nlmsg_flags & UInt16(NLM_F_DUMP_INTR) != 0 { isConsistent = false }
        switch Int32(header.nlmsg_type) {
        case NLMSG_ERROR:
            isComplete = true
            fail(try Acknowledgement(error: header, body).refusal(of: request))
        case NLMSG_DONE:
            isComplete = true
            fail(try Acknowledgement(done: header, body).refusal(of: request))
        case NLMSG_NOOP: break
        default:
            do throws(NetlinkError) {
                if let record = try parse(body) { records.append(record) }
            } catch {
                fail(error)
            }
        }
    }

    /// Keeps the first failure.
    private mutating func fail(_ error: NetlinkError?) { failure = failure ?? error }
}
