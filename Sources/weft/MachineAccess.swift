import Linux
import Planning
import Reconcile
import Topology

extension Invocation {
    /// Ends the command unless the process has the privileges that it needs.
    func require(_ needed: Set<Capability>) throws(Failure) {
        let effective: Set<Capability>
        do throws(SystemCallError) { effective = try Capability.effective() } catch { throw .system(error) }
        let missing = needed.subtracting(effective)
        guard !missing.isEmpty else { return }
        throw .notPermitted(missing)
    }

    /// The machine, to look at it.
    func look() throws(Failure) -> Session {
        try require([.netAdmin, .sysAdmin])
        return try asking { () throws(ReconcileError) in try Session.open(forChange: false, waiting: {}) }
    }

    /// The machine, to change it: nobody else does until the session ends.
    ///
    /// From now on Ctrl-C is a request that ``asking(_:)`` answers.
    func takeHold(timeout: Double?) throws(Failure) -> Session {
        try require([.netAdmin, .sysAdmin])
        Interruption.listen(timeout: timeout)
        return try asking { () throws(ReconcileError) in
            try Session.open(forChange: true) { console.say("waiting for another weft to finish…") }
        }
    }

    /// What `body` makes of the machine; its errors with what people need to know besides.
    ///
    /// - Parameter file: The file that the error may be about.
    func asking<Value>(
        about file: TopologyFile? = nil, _ body: () throws(ReconcileError) -> Value
    ) throws(Failure) -> Value {
        do throws(ReconcileError) {
            return try body()
        } catch {
            if case .layout(let diagnostics) = error, let file { throw .invalid(file, diagnostics) }
            if case .missing(let diagnostics) = error, let file { throw .missing(file, diagnostics) }
            if let interruption = Interruption.received, error.isCancellation {
                throw .interrupted(interruption, error)
            }
            throw .machine(error)
        }
    }
}

extension ReconcileError {
    /// Whether the error says that the work was ended on request.
    fileprivate var isCancellation: Bool {
        switch self {
        case .cancelled: true
        case .system(let error): error.errno == .interrupted
        case .rolledBack(let cause), .notRolledBack(let cause, _, _): cause.isCancellation
        default: false
        }
    }
}
