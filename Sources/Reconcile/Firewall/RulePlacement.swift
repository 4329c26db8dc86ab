import Netlink
import Planning

/// Where new rules go among those that a chain holds already.
///
/// Each goes before the first of our rules that must come after it, or else after the last of ours, or else to the chain's end;
/// those of a negative rank after the last of ours that may come before it, or else to the chain's head.
struct RulePlacement {
    /// By rank, then by what they say.
    private let rules: [Rule]
    private let marks: [(rank: Int, handle: UInt64)]

    init(of rules: [Rule], among observed: [FirewallObservation.ObservedRule]) {
        self.rules = rules.map { (rank: $0.rank, id: $0.id, rule: $0) }
            .sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }.map(\.rule)
        marks = observed.compactMap { observed in observed.rank.map { ($0, observed.handle) } }
    }

    /// The messages that make the rules, in an order in which they end up in theirs.
    ///
    /// A new rule can't be referred to by a handle before the transaction is over. Of several that go to the head or after the
    /// same rule, each pushes its forerunners back, so the last of them is made first.
    var requests: [Request] {
        let places = Dictionary(uniqueKeysWithValues: Set(rules.map(\.rank)).map { ($0, placement(ofRank: $0)) })
        let placed = rules.map { (rule: $0, placement: places[$0.rank] ?? .last) }
        let pushing = placed.filter { $0.placement.pushesBack }.reversed()
        let waiting = placed.filter { !$0.placement.pushesBack }
        return (pushing + waiting).map { rule, placement in
            Request.addRule(rule.record, placement, subject: "\(KernelObject.rule(rule))")
        }
    }

    private func placement(ofRank rank: Int) -> Netfilter.Placement {
        let next = marks.first { $0.rank > rank }
        let previous = marks.last { $0.rank <= rank }
        if rank < 0 { return previous.map { .after($0.handle) } ?? .first }
        if let next { return .before(next.handle) }
        return previous.map { .after($0.handle) } ?? .last
    }
}

extension Netfilter.Placement {
    fileprivate var pushesBack: Bool {
        switch self {
        case .first, .after: true
        case .last, .before: false
        }
    }
}
