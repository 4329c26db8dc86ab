import Addressing
import Linux
import Planning
import Topology

/// Promises that are being tried: the sockets, the schedule and what is known so far.
final class Trials {
    /// What waits on a socket.
    private enum Source {
        case echoes(EchoSocket)
        case server(PortServer)
        case client(Int, PortClient)
        case closed
    }

    /// Room in the kernel's table of neighbours.
    enum Room {
        case enough
        /// We have had our share.
        case scarce
        /// There was none for the last request, which waits.
        case wanted
        /// There is none to be made: others fill the table.
        case none
    }

    /// Requests that go out before answers are looked at, so that no queue of the kernel overflows.
    private static let wave = 64
    /// The longest wait, in nanoseconds, so that the caller is asked often enough whether to go on.
    private static let longestWait: UInt64 = 100_000_000

    private let promises: [Promise]
    private var opening: Opening
    private var observations: [Observation?]
    private(set) var settledCount = 0
    /// Why the last request of a trial failed, where it did.
    private var causes: [Int: Observation.Cause] = [:]
    private var schedule: Schedule
    private var poller: Poller
    private let buffer = DatagramBuffer()
    private var sources: [Source] = []
    /// Whether the kernel has room for more neighbours.
    private(set) var room = Room.enough
    private let neighbours: NeighbourTable
    /// The last trial that had to wait for room.
    private var delayed: Int?
    /// Which source is the client of a trial.
    private var clients: [Int: Int] = [:]

    init(_ promises: [Promise], timeout: UInt64) throws(ProbeError) {
        let mark = EchoSocket.Mark()
        self.promises = promises
        neighbours = NeighbourTable(of: promises)
        opening = try Opening(for: promises, mark: mark)
        observations = Array(repeating: nil, count: promises.count)
        poller = try embedding(ProbeError.self) { () throws(SystemCallError) in try Poller() }
        schedule = Schedule(silent: [], awaited: [], timeout: timeout)
        for index in promises.indices {
            if let observation = opening.observation(of: promises[index], number: index) { settle(index, observation) }
        }
        try embedding(ProbeError.self) { () throws(SystemCallError) in try addSources(mark) }
        let open = Self.order(of: promises).filter { observations[$0] == nil }
        schedule = Schedule(
            silent: open.filter { !promises[$0].isToSucceed }, awaited: open.filter { promises[$0].isToSucceed },
            timeout: timeout)
    }

    /// Whether everything is known.
    var isSettled: Bool { settledCount == promises.count }

    /// What is known.
    var outcomes: [Outcome] {
        zip(promises, observations).compactMap { promise, observation in
            observation.map { Outcome(promise: promise, observation: $0) }
        }
    }

    /// The promises pair by pair, there and back: the neighbour that one learns serves the other.
    private static func order(of promises: [Promise]) -> [Int] {
        var numbers: [Namespace: Int] = [:]
        func number(_ namespace: Namespace?) -> Int {
            guard let namespace else { return -1 }
            if let known = numbers[namespace] { return known }
            numbers[namespace] = numbers.count
            return numbers.count - 1
        }
        let keys = promises.map { promise in
            let ends = (number(promise.from), number(promise.to))
            return (min(ends.0, ends.1), max(ends.0, ends.1))
        }
        return promises.indices.sorted { (keys[$0].0, keys[$0].1, $0) < (keys[$1].0, keys[$1].1, $1) }
    }

    private func addSources(_ mark: EchoSocket.Mark) throws(SystemCallError) {
        for socket in opening.echoes.values {
            try poller.add(socket.socket, number: sources.count)
            sources.append(.echoes(socket))
        }
        for case .success(let server) in opening.servers.values {
            try poller.add(server.socket, number: sources.count)
            sources.append(.server(server))
        }
        for (index, socket) in opening.clients where observations[index] == nil {
            guard case .port(let port) = promises[index].trial else { continue }
            clients[index] = sources.count
            let client = PortClient(
                port, socket: socket, request: mark.token.networkBytes, expecting: opening.token(for: promises[index]))
            sources.append(.client(index, client))
        }
        // From now on a client is its socket's only owner, so that it is closed when it has done its work.
        opening.clients = [:]
    }

    /// Sends what is due, waits a little, and takes in what has happened.
    func step() throws(SystemCallError) {
        for _ in 0..<Self.wave {
            guard let index = schedule.next(now: monotonicNanoseconds(), isOpen: { observations[$0] == nil }) else {
                break
            }
            try attempt(index)
            if room == .wanted { schedule.takeBack() }
            if room == .wanted || room == .scarce { break }
        }
        guard !isSettled else { return }
        let pause = min(schedule.pause(now: monotonicNanoseconds()), Self.longestWait)
        let ready = try poller.wait(milliseconds: Int((pause + 999_999) / 1_000_000))
        for number in ready { try advance(number) }
        for index in schedule.expired(now: monotonicNanoseconds()) where observations[index] == nil {
            settle(index, overdue(index))
        }
    }

    /// Makes room for neighbours where there is too little, or finds that there is none to be made.
    func makeRoom() throws(ProbeError) {
        switch room {
        case .scarce:
            try neighbours.flush()
            room = .enough
        case .wanted: room = try neighbours.flush() > 0 ? .enough : .none
        case .enough, .none: break
        }
    }

    /// Looks into why there was no answer, and leaves the table of neighbours as it was.
    func finish() throws(ProbeError) {
        let unanswered = promises.indices.filter {
            promises[$0].isToSucceed && observations[$0]?.mayLackNeighbour == true
        }
        if !unanswered.isEmpty { try lookForNeighbours(of: unanswered) }
        try neighbours.finish()
    }

    /// Finds the echoes for which nobody on the link has the address.
    ///
    /// What the sandboxes remember of their neighbours may be of another time, so they have to ask again.
    private func lookForNeighbours(of echoes: [Int]) throws(ProbeError) {
        try neighbours.flush()
        try embedding(ProbeError.self) { () throws(SystemCallError) in
            for index in echoes { try attempt(index) }
            let end = monotonicNanoseconds() + Self.longestWait
            while monotonicNanoseconds() < end {
                for number in try poller.wait(milliseconds: 10) { try advance(number) }
            }
        }
        var absent: [Namespace: Set<IPAddress>] = [:]
        for index in echoes {
            guard case .echo(let address) = promises[index].trial else { continue }
            let from = promises[index].from
            let known = if let known = absent[from] { known } else { try neighbours.unanswered(in: from) }
            absent[from] = known
            if known.contains(address) { observations[index] = .failed(.noNeighbour) }
        }
    }

    private func overdue(_ index: Int) -> Observation {
        let cause = causes[index]
        // A request that was never sent proves no silence.
        if cause == .refused(.noBufferSpace), !promises[index].isToSucceed { return .notChecked(.noRoom) }
        guard let number = clients[index], case .client(_, let client) = sources[number] else {
            return .failed(cause ?? .noAnswer)
        }
        return .failed(cause ?? client.overdue)
    }

    private func settle(_ index: Int, _ observation: Observation) {
        guard observations[index] == nil else { return }
        observations[index] = observation
        settledCount += 1
        causes[index] = nil
        if let number = clients[index] { sources[number] = .closed }
    }

    private func attempt(_ index: Int) throws(SystemCallError) {
        switch promises[index].trial {
        case .echo(let address):
            guard let socket = opening.echoes[.init(namespace: promises[index].from, family: address.family)] else {
                return
            }
            var refusal = socket.send(to: address, about: index)
            if refusal != nil {
                // It may be the error of an earlier request, which is told only once.
                try receive(socket)
                refusal = socket.send(to: address, about: index)
            }
            neighbours.note(promises[index])
            if let refusal {
                // What room there was may be gone again to somebody else; then the next round will see.
                if refusal == .noBufferSpace, room != .none, delayed != index {
                    room = .wanted
                    delayed = index
                } else {
                    fail(index, .refused(refusal))
                }
            } else if neighbours.isDue, room == .enough {
                room = .scarce
            }
        case .port: try attemptPort(index)
        case .wayOut, .names: break
        }
    }

    private func attemptPort(_ index: Int) throws(SystemCallError) {
        guard let number = clients[index], case .client(_, let client) = sources[number] else { return }
        let isNew = client.isIdle
        if let observation = client.attempt() {
            settle(index, observation)
        } else if isNew {
            try poller.add(client.socket, number: number, client.isConnecting ? .inputOrOutput : .input)
        }
    }

    private func advance(_ number: Int) throws(SystemCallError) {
        switch sources[number] {
        case .echoes(let socket): try receive(socket)
        case .server(let server): try server.answer(buffer: buffer)
        case .client(let index, let client):
            let wasConnecting = client.isConnecting
            if let observation = try client.advance(buffer: buffer) {
                settle(index, observation)
            } else if wasConnecting, !client.isConnecting {
                try poller.change(client.socket, number: number, .input)
            }
        case .closed: break
        }
    }

    private func receive(_ socket: EchoSocket) throws(SystemCallError) {
        try socket.receive(into: buffer) { index, event in
            let promise = promises[index]
            switch event {
            case .answered(let peer, let time):
                // Whoever must not be reached is reached, whatever address it answers from.
                if peer == promise.address || !promise.isToSucceed {
                    settle(index, .succeeded(nanoseconds: time))
                } else {
                    fail(index, .stranger)
                }
            case .rejected(let errno, let router):
                fail(index, router.map { .rejected(errno, by: $0) } ?? .refused(errno))
            }
        }
    }

    /// Notes why a request failed; where it must fail, that is all there is to know.
    private func fail(_ index: Int, _ cause: Observation.Cause) {
        if promises[index].isToSucceed || cause == .refused(.noBufferSpace) {
            causes[index] = cause
        } else {
            settle(index, .failed(cause))
        }
    }
}

extension Observation {
    /// Whether the cause may be that nobody has the address; after a while the kernel reports that as unreachable.
    fileprivate var mayLackNeighbour: Bool {
        switch self {
        case .failed(.noAnswer), .failed(.rejected(.hostUnreachable, _)): true
        default: false
        }
    }
}
