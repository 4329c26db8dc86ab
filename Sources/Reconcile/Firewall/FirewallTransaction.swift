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
    /// If somebody changes the rule set at the same time, it reads it anew and tries again.
    /// - Parameter socket: One of the family `netfilter`.
    static func apply(
        _ operations: [Operation<KernelObject>], on socket: NetlinkSocket
    ) throws(FirewallError) {
        for _ in 0..<16 where try attempt(operations, socket) { return }
        throw .contended
    }

    /// Reads, builds and sends; false if the rule set changed in between.
    private static func attempt(
        _ operations: [Operation<KernelObject>], _ socket: NetlinkSocket
    ) throws(FirewallError) -> Bool {
        let observation: FirewallObservation
        do throws(NetlinkError) { observation = try .read(socket) } catch { throw .netlink(error) }
        let transaction = try FirewallTransaction(operations: operations, on: observation)
        guard !transaction.requests.isEmpty else { return true }
        do throws(NetlinkError) { try socket.transact(transaction.requests) } catch {
            guard error.isOutdatedRuleSet else { throw FirewallError(error) }
            return false
        }
        return true
    }
}
