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
            do throws(NetlinkError) {
                let contents = try Contents(of: socket)
                if try socket.ruleSetGeneration() == generation {
                    return FirewallObservation(generation: generation, contents)
                }
            } catch {
                // A table may have gone since it was listed.
                guard error.isNotFound else { throw error }
            }
        } while monotonicNanoseconds() < deadline
        throw .dumpInterrupted(.rules(.any))
    }

    /// The records of a rule set.
    private struct Contents {
        var tables: [Netfilter.Table] = []
        var chains: [Netfilter.Chain] = []
        var rules: [Netfilter.Rule] = []
        /// The sets of our own tables, and what is in those that are as we would make them.
        var sets: [(set: Netfilter.NamedSet, elements: [Netfilter.Element])] = []
        let foreign: ForeignRules

        init(of socket: NetlinkSocket) throws(NetlinkError) {
            for family in IPFamily.allCases.map({ Netfilter.Family($0) }) {
                tables += try socket.tables(family)
                chains += try socket.chains(family)
                rules += try socket.rules(family)
            }
            for record in tables where Table(record.family, record.name).map(NativePlumbing.all.tables.contains) == true
            {
                for set in try socket.sets(record.family, table: record.name) {
                    sets.append((set, NamedSet(set) == nil ? [] : try socket.elements(of: set)))
                }
            }
            var foreign = ForeignRules(
                chains + (try socket.chains(.inet)), rules + (try socket.rules(.inet)))
            for table in foreign.tablesWithLiterals {
                for set in try socket.sets(table.family, table: table.table) where set.isLiteral {
                    foreign.literals[set.id] = try socket.elements(of: set)
                }
            }
            self.foreign = foreign
        }
    }

    /// The rule set of these records; what is neither IPv4's nor IPv6's is left out.
    private init(generation: UInt32, _ contents: Contents) {
        self.generation = generation
        foreign = contents.foreign
        self.tables = contents.tables.reduce(into: [:]) { result, record in
            guard let table = Table(record.family, record.name) else { return }
            result[table] = ObservedTable(
                table: table, isOurs: record.userData == Self.mark, use: Int(record.use ?? 0))
        }
        self.chains = contents.chains.reduce(into: [:]) { result, record in
            guard let chain = Chain(record) else { return }
            result[chain.id] = ObservedChain(
                chain: chain, isOurs: record.userData == Self.mark, accepts: record.hook?.policy != .drop,
                use: Int(record.use ?? 0))
        }
        var seen: [Rule: Int] = [:]
        var seenNatives: [NativeRule: Int] = [:]
        rules = contents.rules.compactMap { ObservedRule($0, seen: &seen, &seenNatives) }.withMisplacedOnesMarked
        sets = contents.sets.reduce(into: [:]) { result, record in
            guard let table = Table(record.set.family, record.set.table) else { return }
            result[NamedSet.id(table, record.set.name)] = ObservedSet(
                table: table, name: record.set.name, set: NamedSet(record.set))
        }
        elements = contents.sets.flatMap { record -> [ObservedElement] in
            guard let set = NamedSet(record.set) else { return [] }
            return record.elements.map {
                ObservedElement(set: set, element: Element($0, of: set), comment: $0.userData.comment)
            }
        }
    }
}

extension FirewallObservation.ObservedRule {
    fileprivate init?(
        _ record: Netfilter.Rule, seen: inout [Rule: Int], _ seenNatives: inout [NativeRule: Int]
    ) {
        guard let table = Table(record.family, record.table), let handle = record.handle else { return nil }
        var native = NativePlumbing.all.rule(table, record.chain, record.expressions)
        if let first = native {
            native?.occurrence = seenNatives[first, default: 0]
            seenNatives[first, default: 0] += 1
        }
        var rule = NativePlumbing.all.tables.contains(table) ? nil : Rule(record, in: table)
        if let first = rule {
            let occurrence = seen[first, default: 0]
            rule?.occurrence = occurrence
            seen[first] = occurrence + 1
        }
        self.init(
            table: table, chain: record.chain, handle: handle, rule: rule, native: native, comment: record.comment,
            destination: record.destination, sets: record.sets)
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
    var destination: String? {
        for case .verdict(let verdict) in expressions {
            if let chain = verdict.chain { return chain }
        }
        return nil
    }
}

extension Netfilter.Rule {
    /// The names of the sets and maps in which the rule looks things up.
    fileprivate var sets: [String] {
        expressions.compactMap { if case .lookup(let set, _, _) = $0 { set } else { nil } }
    }
}

extension NamedSet {
    /// The set of ours that `record` is; `nil` for one of others, or of another kind.
    fileprivate init?(_ record: Netfilter.NamedSet) {
        guard let table = Table(record.family, record.table),
            let known = NativePlumbing.all.sets[NamedSet.id(table, record.name)], Netfilter.NamedSet(known) == record
        else { return nil }
        self = known
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
