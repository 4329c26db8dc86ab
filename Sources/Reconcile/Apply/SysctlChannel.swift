import Linux
import Planning

/// Writes values under `/proc/sys`, on a thread in each namespace in turn.
struct SysctlChannel {
    let machine: Machine

    func run(_ operations: [Planning.Namespace: [Operation<KernelObject>]]) throws(ReconcileError) {
        guard !operations.isEmpty else { return }
        try machine.visit(operations.keys.sorted()) { (namespace) throws(SystemCallError) in
            for operation in operations[namespace] ?? [] {
                // A value has no absence: what is not wanted any more stays as it is, or goes with its link.
                if case .delete = operation { continue }
                guard case .sysctl(let sysctl) = operation.object else { continue }
                try Linux.Sysctl(sysctl.path).write(sysctl.value)
            }
        }
    }
}
