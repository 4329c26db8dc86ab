import Addressing
import Netlink
import Planning

extension Rule {
    /// Reads a rule of `table`; `nil` where it says anything that a `Rule` has no place for.
    ///
    /// The order of the conditions, counters and registers do not matter, and neither does which of the forms that iptables
    /// has had for a condition is used.
    init?(_ record: Netfilter.Rule, in table: Table) {
        var reader = RuleReader(table, record.chain)
        guard record.expressions.allSatisfy({ reader.read($0) }), var rule = reader.rule else { return nil }
        rule.comment = rule.comment ?? record.userData.comment
        self = rule
    }
}

/// Puts together what the expressions of a rule say, one after the other.
private struct RuleReader {
    /// What a register holds.
    private enum Loaded {
        case meta(Netfilter.MetaKey)
        case payload(Netfilter.PayloadBase, offset: UInt32, count: UInt32, mask: [UInt8]?)
    }

    private let family: IPFamily
    private var conditions: Rule
    private var target: Rule.Target?
    /// The protocol that a match for a port belongs to, where it belongs to one.
    private var portProtocol: Rule.InternetProtocol?
    private var loaded: [Netfilter.Register: Loaded] = [:]

    init(_ table: Table, _ chain: String) {
        family = table.family
        conditions = Rule(table, chain, target: .return)
    }

    /// The rule, if it is one.
    var rule: Rule? {
        guard let target else { return nil }
        if conditions.destinationPort != nil {
            switch conditions.protocol {
            case .tcp, .udp, .sctp: break
            case .icmp, .icmpv6, nil: return nil
            }
        }
        if let portProtocol, conditions.protocol != portProtocol { return nil }
        var rule = conditions
        rule.target = target
        return rule
    }

    /// Takes in one more expression; false where it is beyond what a `Rule` can say.
    mutating func read(_ expression: Netfilter.Expression) -> Bool {
        // What comes after the target is never reached, and not what iptables writes.
        guard target == nil else { return false }
        switch expression {
        case .meta(let key, let register):
            loaded[register] = .meta(key)
            return true
        case .payload(let base, let offset, let count, let register):
            loaded[register] = .payload(base, offset: offset, count: count, mask: nil)
            return true
        case .bitwise(let source, let destination, let mask, let xor):
            guard case .payload(let base, let offset, let count, nil) = loaded[source], mask.count == count,
                xor.allSatisfy({ $0 == 0 })
            else { return false }
            loaded[destination] = .payload(base, offset: offset, count: count, mask: mask)
            return true
        case .compare(let register, let comparison, let bytes):
            guard let value = loaded[register], comparison == .equal || comparison == .notEqual else { return false }
            return compare(value, bytes, isInverted: comparison == .notEqual)
        case .counter: return true
        case .verdict(let verdict): return set(\.target, to: Rule.Target(verdict))
        case .match(let match): return read(match)
        case .target(let target): return set(\.target, to: Rule.Target(target, family))
        // iptables has matches and targets for all that these do.
        case .range, .constant, .connection, .route, .lookup, .destinationNAT, .sourceNAT, .masquerade, .other:
            return false
        }
    }

    /// Sets what was not yet set; false where it was, or there is no value.
    private mutating func set<Value>(_ path: WritableKeyPath<Self, Value?>, to value: Value?) -> Bool {
        guard let value, self[keyPath: path] == nil else { return false }
        self[keyPath: path] = value
        return true
    }

    private mutating func compare(_ value: Loaded, _ bytes: [UInt8], isInverted: Bool) -> Bool {
        switch value {
        case .meta(.inputName): set(\.conditions.input, to: interface(bytes, isInverted))
        case .meta(.outputName): set(\.conditions.output, to: interface(bytes, isInverted))
        case .meta(.transportProtocol): setProtocol(bytes, isInverted)
        case .meta: false
        case .payload(.network, let offset, let count, let mask):
            compareNetwork(bytes, offset, count, mask, isInverted)
        case .payload(.transport, TransportHeader.destinationPort, 2, nil):
            !isInverted && bytes.count == 2
                && set(\.conditions.destinationPort, to: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        case .payload: false
        }
    }

    private mutating func compareNetwork(
        _ bytes: [UInt8], _ offset: UInt32, _ count: UInt32, _ mask: [UInt8]?, _ isInverted: Bool
    ) -> Bool {
        let header = IPHeader(family)
        guard bytes.count == count else { return false }
        switch offset {
        case header.source: return set(\.conditions.source, to: subnet(bytes, mask, isInverted))
        case header.destination: return set(\.conditions.destination, to: subnet(bytes, mask, isInverted))
        // How some versions of iptables write `-p`.
        case header.nextProtocol: return mask == nil && setProtocol(bytes, isInverted)
        default: return false
        }
    }

    private mutating func setProtocol(_ bytes: [UInt8], _ isInverted: Bool) -> Bool {
        guard bytes.count == 1, !isInverted else { return false }
        return set(\.conditions.protocol, to: Rule.InternetProtocol(rawValue: bytes[0]))
    }

    private func interface(_ bytes: [UInt8], _ isInverted: Bool) -> Rule.Match<String>? {
        let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        guard !name.isEmpty else { return nil }
        let value = bytes.last == 0 ? name : name + "+"
        return isInverted ? .not(value) : .equal(value)
    }

    /// The prefix of which `bytes` are the first bytes, as long as they are or as the ones of `mask`.
    private func subnet(_ bytes: [UInt8], _ mask: [UInt8]?, _ isInverted: Bool) -> Rule.Match<Subnet>? {
        let missing = family.byteCount - bytes.count
        guard missing >= 0 else { return nil }
        let bits = mask.map { mask in mask.reduce(0) { $0 + $1.nonzeroBitCount } } ?? bytes.count * 8
        guard let address = IPAddress(bytes: bytes + [UInt8](repeating: 0, count: missing)),
            let subnet = Subnet(containing: address, prefixLength: bits), subnet.network == address,
            mask == nil || mask == Array(subnet.mask.prefix(bytes.count))
        else { return nil }
        return isInverted ? .not(subnet) : .equal(subnet)
    }

    private mutating func read(_ match: Netfilter.Extension) -> Bool {
        if match == .localDestination {
            guard !conditions.isToLocalAddress else { return false }
            conditions.isToLocalAddress = true
            return true
        }
        if let states = match.connectionStates {
            return set(\.conditions.connectionState, to: Rule.ConnectionState(known: states))
        }
        if let text = match.commentText { return set(\.conditions.comment, to: text) }
        guard let port = match.destinationPort else { return false }
        portProtocol = Rule.InternetProtocol(portsOf: match.name)
        return set(\.conditions.destinationPort, to: port)
    }
}

extension Rule.InternetProtocol {
    /// The protocol whose ports the match `name` is for.
    fileprivate init?(portsOf name: String) {
        switch name {
        case "tcp": self = .tcp
        case "udp": self = .udp
        case "sctp": self = .sctp
        default: return nil
        }
    }
}

extension Rule.ConnectionState {
    /// The states with these bits, if each of them has a name.
    fileprivate init?(known bits: UInt16) {
        self.init(rawValue: bits)
        guard isSubset(of: [.established, .related, .destinationTranslated]) else { return nil }
    }
}

extension Rule.Target {
    fileprivate init?(_ verdict: Netfilter.Verdict) {
        switch verdict {
        case .accept: self = .accept
        case .drop: self = .drop
        case .return: self = .return
        case .jump(let chain): self = .jump(chain)
        case .goto: return nil
        }
    }

    fileprivate init?(_ target: Netfilter.Extension, _ family: IPFamily) {
        if target == .masquerade(family) {
            self = .masquerade
        } else if let address = target.sourceNAT(family) {
            self = .sourceNAT(address)
        } else if let (address, port) = target.destinationNAT(family) {
            self = .destinationNAT(address, port)
        } else {
            return nil
        }
    }
}
