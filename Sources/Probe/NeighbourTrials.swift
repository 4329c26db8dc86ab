import Addressing
import Linux
import Planning

extension Trials {
    /// Makes room for neighbours where there is too little, or finds that there is none to be made.
    func makeRoom() throws(ProbeError) {
        switch room {
        case .scarce:
            // What was learnt serves the large echoes too.
            guard !large.isDue else { return }
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
            guard case .echo(let address, _) = promises[index].trial else { continue }
            let from = promises[index].from
            let known = if let known = absent[from] { known } else { try neighbours.unanswered(in: from) }
            absent[from] = known
            if known.contains(address) { observations[index] = .failed(.noNeighbour) }
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
