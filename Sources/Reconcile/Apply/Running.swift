import Netlink
import Planning

extension Machine {
    /// Carries out a stage, channel by channel; within a stage no channel depends on another.
    func run(_ stage: Stage) throws(ReconcileError) {
        for case (.firewall(let namespace), let operations) in stage.operations {
            try change(operations, in: namespace)
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

    /// A rule set knows nothing of where it is: what is done to it is said as if it were the host's.
    private func change(
        _ operations: [Operation<KernelObject>], in namespace: Planning.Namespace
    ) throws(ReconcileError) {
        let socket = try socket(.netfilter, in: namespace)
        let local = operations.map { $0.relocated(from: namespace, to: .host) }
        do throws(FirewallError) { try FirewallTransaction.apply(local, on: socket) } catch {
            throw ReconcileError(error, in: namespace)
        }
    }
}
