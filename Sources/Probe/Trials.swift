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
    /// Their bytes, of which any of the kernel's queues holds at least one and a half times as many (`rmem_default`).
    private static let waveBytes = 128 << 10
    /// The longest wait, in nanoseconds, so that the caller is asked often enough whether to go on.
    static let longestWait: UInt64 = 100_000_000

    let promises: [Promise]
    var opening: Opening
    var observations: [Observation?]
    private(set) var settledCount = 0
    /// Why the last request of a trial failed, where it did.
    var causes: [Int: Observation.Cause] = [:]
    var schedule: Schedule
    var poller: Poller
    let buffer = DatagramBuffer()
    private var sources: [Source] = []
    /// Whether the kernel has room for more neighbours.
    var room = Room.enough
    let neighbours: NeighbourTable
    /// The last trial that had to wait for room.
    var delayed: Int?
    /// The echoes whose small answer has come.
    var large = LargeEchoes()
    private let timeout: UInt64
    /// Which source is the client of a trial.
    private var clients: [Int: Int] = [:]

    init(_ promises: [Promise], timeout: UInt64) throws(ProbeError) {
        let mark = EchoSocket.Mark()
        self.promises = promises
        self.timeout = timeout
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
        var bytes = 0
        for _ in 0..<Self.wave where bytes < Self.waveBytes {
            guard let index = next() else { break }
            bytes += large[index] == nil ? 0 : Int(promises[index].packet ?? 0)
            try attempt(index)
            if room == .wanted { break }
        }
        guard !isSettled else { return }
        let pause = large.isDue ? 0 : min(schedule.pause(now: monotonicNanoseconds()), Self.longestWait)
        let ready = try poller.wait(milliseconds: Int((pause + 999_999) / 1_000_000))
        for number in ready { try advance(number) }
        let now = monotonicNanoseconds()
        for index in schedule.expired(now: now) where observations[index] == nil && !isEarly(index, now) {
            settle(index, overdue(index))
        }
    }

    /// The next trial to make; an answer is followed up at once, while its neighbours are known.
    private func next() -> Int? {
        while let index = large.next() {
            if observations[index] == nil { return index }
        }
        guard room != .scarce else { return nil }
        return schedule.next(now: monotonicNanoseconds()) { observations[$0] == nil }
    }

    /// Whether the small answer came so late that there was no time for the large one.
    private func isEarly(_ index: Int, _ now: UInt64) -> Bool {
        large[index].map { now < $0.since + timeout } ?? false
    }

    private func overdue(_ index: Int) -> Observation {
        let cause = causes[index]
        // A request that was never sent proves no silence.
        if cause == .refused(.noBufferSpace), !promises[index].isToSucceed { return .notChecked(.noRoom) }
        if let packet = promises[index].packet, large[index] != nil { return .failed(.tooLarge(size: packet)) }
        guard let number = clients[index], case .client(_, let client) = sources[number] else {
            return .failed(cause ?? .noAnswer)
        }
        return .failed(cause ?? client.overdue)
    }

    func settle(_ index: Int, _ observation: Observation) {
        guard observations[index] == nil else { return }
        observations[index] = observation
        settledCount += 1
        causes[index] = nil
        large.end(index)
        if let number = clients[index] { sources[number] = .closed }
    }

    func attempt(_ index: Int) throws(SystemCallError) {
        switch promises[index].trial {
        case .echo: try attemptEcho(index)
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

    func advance(_ number: Int) throws(SystemCallError) {
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

    /// Notes why a request failed; where it must fail, that is all there is to know.
    func fail(_ index: Int, _ cause: Observation.Cause) {
        if promises[index].isToSucceed || cause == .refused(.noBufferSpace) {
            causes[index] = cause
        } else {
            settle(index, .failed(cause))
        }
    }
}
