import Netlink
import Planning
struct FirewallObservation {
    static func read(_ socket: NetlinkSocket) throws(ReconcileError) -> FirewallObservation { FirewallObservation() }
    func owned(by topology: String) -> [KernelObject] { [] }
    var plumbing: [KernelObject] { [] }
    func removablePlumbing(withoutRulesOf topology: String) -> [KernelObject] { [] }
    var topologies: Set<String> { [] }
}
enum FirewallTransaction {
    static func apply(_ operations: [Operation<KernelObject>], on socket: NetlinkSocket) throws(ReconcileError) {}
}
