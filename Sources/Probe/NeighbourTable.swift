import Addressing
import Linux
import Netlink
import Planning

/// What sandboxes learn of each other's hardware addresses when they ping each other.
///
/// The kernel has room for 1024 such entries in all namespaces together (`gc_thresh3`, arp(7)) and lets go of none that is
/// younger than five seconds. Thirty-three sandboxes that all ping each other need more, and whoever else is on the machine
/// needs some too. So what was learnt from our requests is given up again, a part at a time.
final class NeighbourTable {
    /// Requests after which to give up what was learnt: a quarter of the table.
    private static let share = 256

    private let addresses: Set<IPAddress>
    /// Whether all that can be learnt is no more than our share.
    private let isSmall: Bool
    private var sockets: [Namespace: NetlinkSocket] = [:]
    private var learners: Set<Namespace> = []
    private var requests = 0

    /// The part of the table that is about addresses that `promises` ping.
    init(of promises: [Promise]) {
        let echoes = promises.compactMap { promise in
            if case .echo(let address, _) = promise.trial { address } else { nil }
        }
        addresses = Set(echoes)
        isSmall = echoes.count <= Self.share
    }

    /// Notes that a request was sent, from which both ends may have learnt.
    ///
    /// - Parameter isFirst: Whether it may need entries that an earlier one of the promise did not.
    func note(_ promise: Promise, isFirst: Bool) {
        if isFirst { requests += 1 }
        learners.insert(promise.from)
        if let to = promise.to { learners.insert(to) }
    }

    /// Whether it is time to give up what was learnt.
    var isDue: Bool { !isSmall && requests >= Self.share }

    /// The addresses that the sandbox has asked for on its links, and that nobody answers for.
    func unanswered(in name: Namespace) throws(ProbeError) -> Set<IPAddress> {
        do throws(NetlinkError) {
            let entries = try socket(in: name)?.neighbours() ?? []
            return Set(entries.filter { !$0.state.isDisjoint(with: [.incomplete, .failed]) }.map(\.address))
        } catch {
            throw .neighbours(error)
        }
    }

    /// Gives up what was learnt when the last request has been sent, if there was much.
    func finish() throws(ProbeError) { if !isSmall { try flush() } }

    /// Gives up the entries that the kernel has made by itself, and will make again when it needs them.
    ///
    /// Equivalent to: `ip neighbour flush to ADDRESS`.
    /// - Returns: How many there were.
    @discardableResult
    func flush() throws(ProbeError) -> Int {
        var count = 0
        do throws(NetlinkError) {
            for learner in learners {
                if let socket = try socket(in: learner) { count += try flush(socket) }
            }
        } catch {
            throw .neighbours(error)
        }
        learners = []
        requests = 0
        return count
    }

    private func flush(_ socket: NetlinkSocket) throws(NetlinkError) -> Int {
        let entries = try socket.neighbours().filter { entry in
            addresses.contains(entry.address) && entry.state.isDisjoint(with: [.permanent, .noARP])
                && !entry.flags.contains(.externallyLearned)
        }
        for failure in try socket.outcomes(of: entries.map { .deleteNeighbour($0) }) {
            // The kernel may have been faster.
            if let failure, !failure.isNotFound { throw failure }
        }
        return entries.count
    }

    private func socket(in name: Namespace) throws(NetlinkError) -> NetlinkSocket? {
        if let known = sockets[name] { return known }
        guard let namespace = try embedding(NetlinkError.self, name.open) else { return nil }
        let socket = try NetlinkSocket(.route, in: namespace)
        sockets[name] = socket
        return socket
    }
}
