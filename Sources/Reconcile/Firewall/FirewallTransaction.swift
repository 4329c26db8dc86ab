import Linux
import Netlink
import Planning

/// Changes of the rule set that happen at once or not at all.
///
/// What is there already is not made again, and what is gone is not deleted, so that a plan that was thought out on an older
/// rule set still leads to the same one. Tables and chains that hold more than is deleted stay.
struct FirewallTransaction: Hashable, Sendable {
    /// The messages, for `NetlinkSocket.transact`; none if there is nothing to do.
    let requests: [Request]

    /// The transaction that does `operations` to the rule set as it was observed.
    ///
    /// Operations on anything but tables, chains and rules are left out.
    init(
        operations: [Operation<KernelObject>], on observation: FirewallObservation
    ) throws(FirewallError) {
        let changes = try FirewallChanges(operations, on: observation)
        requests = Request.transaction(changes.requests, generation: observation.generation)
    }

    /// Does `operations` to the rule set of the socket's namespace.
    ///
    /// If somebody changes the rule set at the same time, it reads it anew and tries again. Where a transaction is longer than
    /// the machine lets a message be (`net.core.wmem_max`, for whoever is not root), it takes more than one; the order of a
    /// plan leaves no rule without what it requires.
    /// - Parameter socket: One of the family `netfilter`.
    static func apply(_ operations: [Operation<KernelObject>], on socket: NetlinkSocket) throws(FirewallError) {
        let deadline = monotonicNanoseconds() + FirewallObservation.patience
        repeat {
            switch try attempt(operations, on: socket) {
            case .done: return
            case .outdated: continue
            case .tooLong:
                let half = operations.count / 2
                try apply(Array(operations[..<half]), on: socket)
                return try apply(Array(operations[half...]), on: socket)
            }
        } while monotonicNanoseconds() < deadline
        throw .contended
    }

    private enum Outcome {
        case done
        /// The rule set changed after it was read.
        case outdated
        /// The message is longer than may be, and there is something to divide.
        case tooLong
    }

    private static func attempt(
        _ operations: [Operation<KernelObject>], on socket: NetlinkSocket
    ) throws(FirewallError) -> Outcome {
        let observation: FirewallObservation
        do throws(NetlinkError) { observation = try .read(socket) } catch { throw .netlink(error) }
        let requests = try FirewallTransaction(operations: operations, on: observation).requests
        guard !requests.isEmpty else { return .done }
        do throws(NetlinkError) { try socket.transact(requests) } catch {
            if error.isOutdatedRuleSet { return .outdated }
            if error.errno == .messageTooLong, operations.count > 1 { return .tooLong }
            throw FirewallError(error)
        }
        return .done
    }
}
