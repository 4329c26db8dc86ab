import CLinux
import Synchronization

extension NetlinkSocket {
    /// Sends a request and waits for the answer.
    public func send(_ request: Request) throws(NetlinkError) { try send([request]) }

    /// Sends requests, many at once, and waits for the answers.
    ///
    /// The first refusal is thrown. Requests sent together with a refused one were tried all the same; those of
    /// later windows (see `outcomes`) are not sent any more.
    public func send(_ requests: [Request]) throws(NetlinkError) {
        var rest = requests[...]
        while !rest.isEmpty {
            let window = try wire.withLock { wire throws(NetlinkError) in try wire.exchange(&rest) }
            if let error = window.first(where: { $0 != nil }) ?? nil { throw error }
        }
    }

    /// Sends all the requests, many at once, and tells of each one whether the kernel refused it.
    ///
    /// They go in windows, each of them one system call: of 128 requests, or fewer once they are 32 KiB. The kernel
    /// finishes a window even if the process is killed. Only the last request of a window asks for an answer: the
    /// kernel works on them in order, and reports a refusal in any case.
    /// - Returns: An error or `nil` for each request, in their order.
    public func outcomes(of requests: [Request]) throws(NetlinkError) -> [NetlinkError?] {
        var outcomes: [NetlinkError?] = []
        outcomes.reserveCapacity(requests.count)
        var rest = requests[...]
        while !rest.isEmpty {
            outcomes += try wire.withLock { wire throws(NetlinkError) in try wire.exchange(&rest) }
        }
        return outcomes
    }

    /// Sends all the requests as one message, which the kernel takes as a whole or not at all, as nf_tables does
    /// between `NFNL_MSG_BATCH_BEGIN` and `NFNL_MSG_BATCH_END`.
    ///
    /// At least one request must ask for an acknowledgement, best the last that changes something. The first refusal
    /// is thrown.
    public func transact(_ requests: [Request]) throws(NetlinkError) {
        try wire.withLock { wire throws(NetlinkError) in try wire.transact(requests) }
    }
}

extension Wire {
    private static let windowRequests = 128
    private static let windowBytes = 32 << 10

    /// Sends the first window of `rest`, removes it from there, and gives its outcomes.
    fileprivate mutating func exchange(_ rest: inout ArraySlice<Request>) throws(NetlinkError) -> [NetlinkError?] {
        let all = rest
        let first = sequence &+ 1
        var buffer = MessageBuffer()
        while let request = rest.first, rest.startIndex - all.startIndex < Self.windowRequests,
            buffer.count < Self.windowBytes
        {
            try append(request, to: &buffer)
            rest.removeFirst()
        }
        buffer.acknowledgeLast()
        try send(buffer)
        return try outcomes(of: all[..<rest.startIndex], from: first)
    }

    /// Receives up to the answer to the last request of `window`.
    private func outcomes(
        of window: ArraySlice<Request>, from first: UInt32
    ) throws(NetlinkError) -> [NetlinkError?] {
        var outcomes = [NetlinkError?](repeating: nil, count: window.count)
        var isComplete = false
        while !isComplete {
            try receive { header, body throws(NetlinkError) in
                let index = Int(header.nlmsg_seq &- first)
                guard index < window.count, header.nlmsg_type == UInt16(NLMSG_ERROR) else { return }
                let answer = try Acknowledgement(error: header, body)
                outcomes[index] = answer.refusal(of: window[window.startIndex + index])
                if index == window.count - 1 { isComplete = true }
            }
        }
        return outcomes
    }

    fileprivate mutating func transact(_ requests: [Request]) throws(NetlinkError) {
        let first = sequence &+ 1
        var buffer = MessageBuffer()
        for request in requests { try append(request, to: &buffer) }
        reserveSendBuffer(buffer.count)
        try send(buffer)
        var failure: (index: Int, error: NetlinkError)?
        var isAnswered = false
        // All answers are there when `sendto` returns.
        while try hasAnswer() {
            do throws(NetlinkError) {
                try receive { header, body throws(NetlinkError) in
                    let index = Int(header.nlmsg_seq &- first)
                    guard index < requests.count, header.nlmsg_type == UInt16(NLMSG_ERROR) else { return }
                    isAnswered = true
                    let error = try Acknowledgement(error: header, body).refusal(of: requests[index])
                    if let error, index < failure?.index ?? .max { failure = (index, error) }
                }
            } catch .overrun {
                // More refusals than fit: the first ones were received.
            }
        }
        if let failure { throw failure.error }
        guard isAnswered else { throw .malformedReply("no answer to a transaction") }
    }
}
