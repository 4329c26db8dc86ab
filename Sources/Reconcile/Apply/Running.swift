import Netlink
import Planning

extension Machine {
    /// Carries out a stage, channel by channel; within a stage no channel depends on another.
    func run(_ stage: Stage) throws(ReconcileError) {
        if let operations = stage.operations[.firewall] {
            do throws(FirewallError) { try FirewallTransaction.apply(operations, on: netfilter) } catch {
                throw ReconcileError(error)
            }
        }
        if let operations = stage.operations[.namespaces] { try NamespaceChannel(machine: self).run(operations) }
        var sysctls: [Planning.Namespace: [Operation<KernelObject>]] = [:]
        for (channel, operations) in stage.operations {
            switch channel {
            case .sysctls(let namespace): sysctls[namespace] = operations
            case .routing(let namespace):
                var channel = RoutingChannel(operations, in: try place(namespace), on: self)
                try channel.run()
            case .firewall, .namespaces, .files: continue
            }
        }
        try SysctlChannel(machine: self).run(sysctls)
        if let operations = stage.operations[.files] { try FileChannel().run(operations) }
    }
}
