import Netlink
import Planning

/// A rule, or a chain's policy, by which packets go no further.
struct Culprit: Hashable, Sendable {
    var chain: ForeignRules.Name
    /// The rule in the chain; absent for the policy.
    var handle: UInt64?
    /// Whether the sender is told.
    var isReject = false
}

/// What a chain of others does with packets of ours.
enum ForeignFate: Hashable, Sendable {
    /// It lets them go on, as far as can be told.
    case passes
    /// It drops them, at least where a rule holds that cannot be told from here.
    case mayDrop(Culprit)
    /// It drops them.
    ///
    /// - Parameter hasExceptions: Whether rules before the culprit let some of them go on.
    case drops(Culprit, hasExceptions: Bool)
}

extension ForeignRules {
    /// What `chain`, which hooks into the packets' path, does with them.
    ///
    /// - Parameter firewall: Whose rules let our packets go on, where iptables' chain leads to ours.
    func fate(of packets: Packets, in chain: Netfilter.Chain, firewall: FirewallKind) -> ForeignFate {
        let isOurs = firewall == .iptables && chain.isForwardOfIptables
        // A jump that is not there yet will be the chain's first rule.
        if isOurs, !(rules[chain.id] ?? []).contains(where: { $0.destination == Self.ownChain }) { return .passes }
        var walk = ForeignWalk(rules: self, packets: packets, endsInOwnChain: isOurs)
        switch walk.follow(chain.id) {
        case .accepted: break
        case .dropped(let culprit): return walk.fate(culprit)
        case .returned where chain.hook?.policy == .drop: return walk.fate(Culprit(chain: chain.id))
        case .returned: break
        }
        return walk.suspects.first.map { .mayDrop($0) } ?? .passes
    }

    /// The chain in which our rules decide about all packets of our bridges.
    static let ownChain = "WEFT-FORWARD"
}

extension Netfilter.Chain {
    fileprivate var isForwardOfIptables: Bool {
        (family == .ip || family == .ip6) && table == "filter" && name == BuiltInChain.forward.rawValue
    }
}

/// The way of packets through rules.
private struct ForeignWalk {
    /// How packets leave a chain.
    enum End {
        case accepted, returned
        case dropped(Culprit)
    }

    let rules: ForeignRules
    let packets: Packets
    /// Whether our chain decides about the packets that get to it.
    let endsInOwnChain: Bool
    /// Whether some of the packets have been let go on.
    private var hasExceptions = false
    /// Whether a rule that cannot be told may have let them go on.
    private var isDoubtful = false
    /// Rules that cannot be told, and drop.
    private(set) var suspects: [Culprit] = []
    private var depth = 0

    /// As many chains as the kernel lets lead to one another (`NFT_JUMP_STACK_SIZE`, net/netfilter/nf_tables.h).
    private static let deepest = 16

    init(rules: ForeignRules, packets: Packets, endsInOwnChain: Bool) {
        self.rules = rules
        self.packets = packets
        self.endsInOwnChain = endsInOwnChain
    }

    func fate(_ culprit: Culprit) -> ForeignFate {
        isDoubtful ? .mayDrop(culprit) : .drops(culprit, hasExceptions: hasExceptions)
    }

    mutating func follow(_ chain: ForeignRules.Name) -> End {
        guard depth < Self.deepest else { return .returned }
        depth += 1
        defer { depth -= 1 }
        for rule in rules.rules[chain] ?? [] {
            var conditions = RuleConditions(for: packets, rules.literals)
            var action = rule.action
            for expression in rule.expressions { conditions.read(expression, in: chain) }
            if let verdict = conditions.looked { action = .verdict(verdict) }
            guard conditions.truth != .no, let action else { continue }
            if let end = carryOut(action, of: rule, where: conditions.truth) { return end }
        }
        return .returned
    }

    /// The packets' end in the chain, if the rule is it.
    private mutating func carryOut(_ action: RuleAction, of rule: Netfilter.Rule, where truth: Truth) -> End? {
        switch action {
        case .verdict(.accept), .leave:
            guard truth < .yes else { return .accepted }
            letGo(truth)
        case .verdict(.drop), .reject:
            let culprit = Culprit(chain: rule.chainID, handle: rule.handle, isReject: action == .reject)
            guard truth < .yes else { return .dropped(culprit) }
            if truth == .unknown { suspects.append(culprit) }
        case .verdict(.return):
            guard truth < .yes else { return .returned }
            letGo(truth)
        case .verdict(.jump(let name)): return visit(name, of: rule, where: truth, isToComeBack: true)
        case .verdict(.goto(let name)): return visit(name, of: rule, where: truth, isToComeBack: false)
        }
        return nil
    }

    private mutating func letGo(_ truth: Truth) {
        if truth == .unknown { isDoubtful = true } else { hasExceptions = true }
    }

    private mutating func visit(
        _ name: String, of rule: Netfilter.Rule, where truth: Truth, isToComeBack: Bool
    ) -> End? {
        if name.hasPrefix("WEFT") { return endsInOwnChain && name == ForeignRules.ownChain ? .accepted : nil }
        let chain = ForeignRules.Name(family: rule.family, table: rule.table, name: name)
        guard truth < .yes else {
            let end = follow(chain)
            if case .returned = end, isToComeBack { return nil }
            return end
        }
        var other = self
        let end = other.follow(chain)
        if truth == .unknown { suspects = other.suspects }
        switch end {
        case .accepted: letGo(truth)
        case .dropped(let culprit) where truth == .unknown: suspects.append(culprit)
        case .dropped, .returned: break
        }
        if other.hasExceptions { hasExceptions = true }
        if other.isDoubtful { isDoubtful = true }
        return nil
    }
}

/// What a rule does with packets that meet its conditions.
private enum RuleAction: Equatable {
    case verdict(Netfilter.Verdict)
    case reject
    /// Something that takes the packets off this chain.
    case leave
}

extension Netfilter.Rule {
    fileprivate var action: RuleAction? {
        for expression in expressions {
            switch expression {
            case .verdict(let verdict): return .verdict(verdict)
            case .target(let target) where target.name == "REJECT": return .reject
            case .target(let target) where target.name == "NFQUEUE": return .leave
            case .other("reject", _): return .reject
            case .other("queue", _): return .leave
            // A map of verdicts, whose answer the conditions have.
            case .lookup(_, _, .verdict?): return .leave
            default: continue
            }
        }
        return nil
    }
}
