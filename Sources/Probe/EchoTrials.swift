import Addressing
import Linux
import Planning

extension Trials {
    /// Sends the request of an echo, small at first, and as large as promised once the small one is answered.
    func attemptEcho(_ index: Int) throws(SystemCallError) {
        let promise = promises[index]
        guard case .echo(let address, let packet) = promise.trial,
            let socket = opening.echoes[.init(namespace: promise.from, family: address.family)]
        else { return }
        let isLarge = large[index] != nil
        let subject = EchoSocket.Subject(trial: index, packet: isLarge ? packet : nil)
        var refusal = socket.send(to: address, about: subject)
        if refusal != nil {
            // It may be the error of an earlier request, which is told only once.
            try receive(socket)
            refusal = socket.send(to: address, about: subject)
        }
        neighbours.note(promise, isFirst: !isLarge)
        switch refusal {
        case nil: if neighbours.isDue, room == .enough { room = .scarce }
        // What room there was may be gone again to somebody else; then the next round will see. A large packet needs no more
        // room than the small one before: with the same error a veth says that its other end takes none of that size.
        case .noBufferSpace? where !isLarge && room != .none && delayed != index:
            room = .wanted
            delayed = index
            schedule.takeBack()
        case .messageTooLong?:
            try receive(socket)
            if isLarge, let packet, let limit = socket.takeLimit() {
                settle(index, .failed(.tooLarge(size: packet, limit: limit)))
            } else {
                fail(index, .refused(.messageTooLong))
            }
        case let refusal?: fail(index, .refused(refusal))
        }
    }

    /// Takes in what has arrived for the sandbox of `socket`.
    func receive(_ socket: EchoSocket) throws(SystemCallError) {
        try socket.receive(into: buffer) { subject, event in
            let index = subject.trial
            switch event {
            case .answered(let peer, let time):
                // Whoever must not be reached is reached, whatever address it answers from.
                if peer == promises[index].address || !promises[index].isToSucceed {
                    answered(subject, nanoseconds: time)
                } else {
                    fail(index, .stranger)
                }
            case .rejected(.messageTooLong, let router, let limit?):
                guard let packet = subject.packet else { return }
                settle(index, .failed(.tooLarge(size: packet, limit: limit, by: router)))
            case .rejected(let errno, let router, _):
                fail(index, router.map { .rejected(errno, by: $0) } ?? .refused(errno))
            }
        }
    }

    private func answered(_ subject: EchoSocket.Subject, nanoseconds: UInt64) {
        let index = subject.trial
        guard observations[index] == nil else { return }
        if promises[index].isToSucceed, promises[index].packet != nil, subject.packet == nil {
            large.begin(index, nanoseconds: nanoseconds, now: monotonicNanoseconds())
        } else {
            settle(index, .succeeded(nanoseconds: large[index]?.nanoseconds ?? nanoseconds))
        }
    }
}
