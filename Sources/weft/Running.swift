import Planning
import Reconcile

extension Option {
    static let verboseRun = Option("verbose", letter: "v", "print what is done, line by line")
    static let timeout = Option("timeout", value: "SECONDS", "give up after this time, as after Ctrl-C")
}

extension Invocation {
    /// The time given with `--timeout`, in seconds.
    func timeout() throws(Failure) -> Double? {
        try usage { () throws(UsageError) in try arguments.seconds(.timeout) }
    }

    /// Does what is proposed, and shows how far it is.
    ///
    /// - Parameter isCancelled: Asked between stages whether to go back.
    func run(
        _ proposal: Proposal, in session: Session, isCancelled: () -> Bool
    ) throws(Failure) -> Summary {
        let bar = ProgressBar(on: console.errors)
        defer { bar.remove() }
        var log = StageLog(proposal.plan)
        let isVerbose = arguments.has(.verboseRun) && !arguments.has(.json)
        let summary = try asking { () throws(ReconcileError) in
            try session.apply(
                proposal,
                progress: { progress in
                    if isVerbose {
                        bar.remove()
                        console.print(log.advance(to: progress.done).map { $0.line(color: console.output.hasColor) })
                    }
                    bar.show(done: progress.done, of: progress.total, progress.activity)
                }, isCancelled: isCancelled)
        }
        bar.remove()
        if !arguments.has(.json) { tell(notes: summary.notes) }
        return summary
    }
}
