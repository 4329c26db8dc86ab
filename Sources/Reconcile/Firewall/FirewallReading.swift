import Addressing
import Linux
import Netlink
import Planning

extension FirewallObservation {
    /// How many nanoseconds to try for while others change the rule set all the time.
    static let patience: UInt64 = 10_000_000_000

    /// Reads the rule set of the socket's namespace, again if it changes meanwhile.
    ///
    /// - Parameter socket: One of the family `netfilter`.
    static func read(_ socket: NetlinkSocket) throws(NetlinkError) -> FirewallObservation {
        let deadline = monotonicNanoseconds() + patience
        repeat {
            let generation = try socket.ruleSetGeneration()
            var tables: [Netfilter.Table] = []
            var chains: [Netfilter.Chain] = []
            var rules: [Netfilter.Rule] = []
            for family in [Netfilter.Family.ip, .ip6] {
                tables += try socket.tables(family)
                chains += try socket.chains(family)
                rules += try socket.rules(family)
            }
            if try socket.ruleSetGeneration() == generation {
                return FirewallObservation(generation: generation, tables: tables, chains: chains, rules: rules)
            }
        } while monotonicNanoseconds() < deadline
        throw .dumpInterrupted(.rules(.any))
    }

    /// The rule set of these records; what is neither IPv4's nor IPv6's is left out.
    init(
        generation: UInt32, tables: [Netfilter.Table], chains: [Netfilter.Chain], rules: [Netfilter.Rule]
    ) {
        self.generation = generation
        self.tables = tables.reduce(into: [:]) { result, record in
            guard let table = Table(record.family, record.name) else { return }
            result[table] = ObservedTable(
                table: table, isOurs: record.userData == Self.mark, use: Int(record.use ?? 0))
        }
        self.chains = chains.reduce(into: [:]) { result, record in
            guard let chain = Chain(record) else { return }
            result[chain.id] = ObservedChain(
                chain: chain, isOurs: record.userData == Self.mark, accepts: record.hook?.policy != .drop,
                use: Int(record.use ?? 0))
        }
        var seen: [Rule: Int] = [:]
        self.rules = rules.compactMap { ObservedRule($0, seen: &seen) }
    }
}

extension FirewallObservation.ObservedRule {
    fileprivate init?(_ record: Netfilter.Rule, seen: inout [Rule: Int]) {
        guard let table = Table(record.family, record.table), let handle = record.handle else { return nil }
        var rule = Rule(record, in: table)
        if let first = rule {
            let occurrence = seen[first, default: 0]
            rule?.occurrence = occurrence
            seen[first] = occurrence + 1
        }
        self.init(
            table: table, chain: record.chain, handle: handle, rule: rule, comment: record.comment,
            destination: record.destination)
    }
}

extension Netfilter.Rule {
    /// The text of the match `comment`, or what old versions of iptables have in its place.
    fileprivate var comment: String? {
        for case .match(let match) in expressions {
            if let text = match.commentText { return text }
        }
        return userData.comment
    }

    /// The chain that the rule leads to.
    fileprivate var destination: String? {
        for case .verdict(let verdict) in expressions {
            if let chain = verdict.chain { return chain }
        }
        return nil
    }
}

extension Table {
    fileprivate init?(_ family: Netfilter.Family, _ name: String) {
        switch family {
        case .ip: self.init(.v4, name)
        case .ip6: self.init(.v6, name)
        default: return nil
        }
    }
}

extension Chain {
    fileprivate init?(_ record: Netfilter.Chain) {
        guard let table = Table(record.family, record.table) else { return nil }
        let hook = record.hook.map { Hook(type: $0.type, number: $0.number, priority: $0.priority) }
        self.init(table, record.name, hook: hook)
    }
}
