import Netlink
import Planning

/// Where new rules of our own tables go among those that a chain holds already: before the first of ours that must come after,
/// or else to the chain's end.
struct NativePlacement {
    private let rules: [NativeRule]
    private let marks: [(place: Int, handle: UInt64)]

    init(of rules: [NativeRule], among observed: [FirewallObservation.ObservedRule]) {
        self.rules = rules.sorted { $0.place < $1.place }
        marks = observed.compactMap { observed in observed.native.map { ($0.place, observed.handle) } }
    }

    /// The messages that make the rules, in their order.
    var requests: [Request] {
        rules.map { rule in
            let next = marks.first { $0.place > rule.place }
            return Request.addRule(
                rule.record, next.map { .before($0.handle) } ?? .last, subject: "\(KernelObject.native(rule))")
        }
    }
}
