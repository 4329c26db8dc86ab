import Addressing
import Netlink
import Planning

/// Whether a rule's conditions hold for a kind of packets.
enum Truth: Int, Comparable, Sendable {
    /// For none of them.
    case no
    /// There is something in the rule that cannot be told here.
    case unknown
    /// For some of them.
    case some
    /// For all of them.
    case yes

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    init(_ value: Bool) { self = value ? .yes : .no }

    static func some(where value: Bool) -> Truth { value ? .some : .no }

    /// Whether the opposite holds.
    var inverted: Truth {
        switch self {
        case .no: .yes
        case .yes: .no
        case .some, .unknown: self
        }
    }
}

/// Reads a rule's conditions one after the other, as the kernel does, for a kind of packets.
struct RuleConditions {
    /// What a register holds.
    private enum Loaded {
        case interface(Traffic.Interface)
        case index(Traffic.Interface)
        case address(Subnet?, mask: [UInt8]?)
        case bytes([UInt8])
        case state(mask: UInt32)
        case status(mask: UInt32)
        /// Something in which the packets differ.
        case various
        case unknown
    }

    let traffic: Traffic
    let literals: [ForeignRules.Name: [Netfilter.Element]]
    /// Whether the conditions read so far hold.
    private(set) var truth = Truth.yes
    /// What a map of verdicts says becomes of the packets.
    private(set) var looked: Netfilter.Verdict?
    private var loaded: [Netfilter.Register: Loaded] = [:]

    init(for traffic: Traffic, _ literals: [ForeignRules.Name: [Netfilter.Element]]) {
        self.traffic = traffic
        self.literals = literals
    }

    private mutating func demand(_ condition: Truth) { truth = min(truth, condition) }

    /// Takes in one more expression of a rule of `chain`; verdicts and targets are the caller's.
    mutating func read(_ expression: Netfilter.Expression, in chain: ForeignRules.Name) {
        switch expression {
        case .meta(let key, let register): loaded[register] = value(of: key)
        case .payload(let base, let offset, let count, let register):
            loaded[register] = base == .network ? header(at: offset, count) : message(at: offset, count)
        case .bitwise(let from, let register, let mask, let xor):
            loaded[register] = masked(loaded[from] ?? .unknown, mask, xor)
        case .compare(let register, let comparison, let bytes):
            let isEqual = isEqual(loaded[register] ?? .unknown, bytes)
            demand(comparison == .equal ? isEqual : isEqual.inverted)
        case .route(.addressType, .destination, let register) where traffic.place == .input:
            loaded[register] = .bytes(ConnectionBit.bytes(RouteType.local))
        case .constant(let bytes, let register): loaded[register] = .bytes(bytes)
        case .connection(.state, let register): loaded[register] = .state(mask: .max)
        case .connection(.status, let register): loaded[register] = .status(mask: .max)
        case .connection(_, let register), .route(_, _, let register): loaded[register] = .various
        case .lookup(let set, let key, let into):
            let name = ForeignRules.Name(family: chain.family, table: chain.table, name: set)
            look(loaded[key] ?? .unknown, up: literals[name], into: into)
        case .match(let match): demand(truth(of: match))
        case .other(let name, _): demand(Self.truth(of: name))
        case .counter, .verdict, .target, .destinationNAT, .sourceNAT, .masquerade: break
        }
    }

    private func value(of key: Netfilter.MetaKey) -> Loaded {
        switch key {
        case .inputName: .interface(traffic.input)
        case .outputName: .interface(traffic.output)
        case .inputIndex: .index(traffic.input)
        case .outputIndex: .index(traffic.output)
        case .networkProtocol: .bytes([Netfilter.Family(traffic.family).rawValue])
        case .transportProtocol: transport
        default: .various
        }
    }

    private var transport: Loaded { traffic.message.map { .bytes([$0.transport]) } ?? .various }

    /// What the bytes after the IP header are.
    private func message(at offset: UInt32, _ count: UInt32) -> Loaded {
        guard let message = traffic.message, offset < 2, count <= 2 - offset else { return .various }
        return .bytes(Array([message.type, message.code].dropFirst(Int(offset)).prefix(Int(count))))
    }

    /// What the bytes of the IP header are; of an address, some at its beginning will do for a prefix.
    private func header(at offset: UInt32, _ count: UInt32) -> Loaded {
        let header = IPHeader(traffic.family)
        if offset == header.nextProtocol, count == 1 { return transport }
        guard count <= UInt32(traffic.family.byteCount) else { return .various }
        switch offset {
        case header.source: return .address(traffic.source, mask: nil)
        case header.destination: return .address(traffic.destination, mask: nil)
        default: return .various
        }
    }

    private func masked(_ value: Loaded, _ mask: [UInt8], _ xor: [UInt8]) -> Loaded {
        guard xor.allSatisfy({ $0 == 0 }) else { return .unknown }
        switch value {
        case .address(let subnet, nil): return .address(subnet, mask: mask)
        case .state(let before): return .state(mask: before & UInt32(hostBytes: mask))
        case .status(let before): return .status(mask: before & UInt32(hostBytes: mask))
        case .various: return .various
        default: return .unknown
        }
    }

    private func isEqual(_ value: Loaded, _ bytes: [UInt8]) -> Truth {
        switch value {
        case .interface(let interface): return isNamed(interface, bytes)
        case .index(.known(_, let index)): return Truth(index.map { UInt32($0) == UInt32(hostBytes: bytes) } ?? false)
        case .index(.none): return .no
        case .address(let subnet, let mask): return isWithin(subnet, bytes, mask)
        case .bytes(let known): return Truth(known == bytes)
        case .state(let mask): return Truth(state & mask == UInt32(hostBytes: bytes))
        case .status(let mask) where mask == ConnectionBit.destinationTranslated:
            return Truth((traffic.isTranslated ? mask : 0) == UInt32(hostBytes: bytes))
        case .index(.other), .status, .various: return .some
        case .unknown: return .unknown
        }
    }

    /// The bit of the connection's state.
    private var state: UInt32 { traffic.isReply ? ConnectionBit.established : ConnectionBit.new }

    /// Whether the interface has a name; bytes that do not end with a zero are the beginning of names.
    private func isNamed(_ interface: Traffic.Interface, _ bytes: [UInt8]) -> Truth {
        let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        let isWhole = bytes.last == 0
        switch interface {
        case .known(let known, _): return Truth(isWhole ? name == known : known.hasPrefix(name))
        case .other: return isWhole && name == traffic.bridge ? .no : .some
        case .none: return .no
        }
    }

    private func isWithin(_ subnet: Subnet?, _ bytes: [UInt8], _ mask: [UInt8]?) -> Truth {
        guard let subnet else { return .some }
        let padding = [UInt8](repeating: 0, count: max(0, traffic.family.byteCount - bytes.count))
        let length = mask.map { $0.reduce(0) { $0 + $1.nonzeroBitCount } } ?? bytes.count * 8
        guard let address = IPAddress(bytes: bytes + padding),
            let prefix = Subnet(containing: address, prefixLength: length)
        else { return .unknown }
        return prefix.contains(subnet) ? .yes : Truth.some(where: subnet.contains(prefix))
    }

    /// - Parameter elements: What is in the set, if that is known.
    private mutating func look(_ value: Loaded, up elements: [Netfilter.Element]?, into register: Netfilter.Register?) {
        guard let elements, let key = key(of: value, in: elements) else {
            let isTold = if case .interface = value { false } else if case .unknown = value { false } else { true }
            demand(isTold && register != .verdict ? .some : .unknown)
            if let register { loaded[register] = .unknown }
            return
        }
        let found = elements.first { $0.key.isEmpty || key($0) }
        demand(Truth(found != nil))
        guard let register else { return }
        if register == .verdict, case .verdict(let verdict)? = found?.value {
            looked = verdict
        } else {
            loaded[register] = .unknown
        }
    }

    /// Whether an element's key is that of the value, where the packets have one value and the key has nothing besides.
    private func key(
        of value: Loaded, in elements: [Netfilter.Element]
    ) -> ((Netfilter.Element) -> Bool)? {
        switch value {
        case .interface(.known(let name, let index)): return { isNamed(.known(name, index: index), $0.key) == .yes }
        case .bytes(let known):
            guard elements.allSatisfy({ $0.key.isEmpty || $0.key.count == known.count }) else { return nil }
            return { element in
                guard let last = element.last else { return element.key == known }
                return !known.lexicographicallyPrecedes(element.key) && !last.lexicographicallyPrecedes(known)
            }
        case .state(let mask): return { state & mask & UInt32(hostBytes: $0.key) != 0 }
        default: return nil
        }
    }

    private func truth(of match: Netfilter.Extension) -> Truth {
        if let states = match.connectionStates {
            var own = Rule.ConnectionState(rawValue: UInt16(truncatingIfNeeded: state))
            if traffic.isTranslated { own.insert(.destinationTranslated) }
            return Truth(!own.isDisjoint(with: Rule.ConnectionState(rawValue: states)))
        }
        if let message = traffic.message, let isMet = match.matches(message) { return Truth(isMet) }
        if match == .localDestination, traffic.place == .input { return .yes }
        switch match.name {
        case "comment": return .yes
        case "tcp", "udp", "sctp", "multiport": return traffic.message == nil ? .some : .no
        case "icmp", "icmp6", "addrtype", "limit", "set", "iprange", "mark":
            return .some
        default: return .unknown
        }
    }

    /// Expressions that are not read: some do something, some are conditions that only some packets meet.
    private static func truth(of name: String) -> Truth {
        switch name {
        case "log", "reject", "notrack", "dup", "last", "objref", "flow_offload", "nat", "redir", "queue": .yes
        case "limit", "connlimit", "quota", "range", "dynset", "exthdr", "fib": .some
        default: .unknown
        }
    }
}

extension UInt32 {
    /// The first four bytes as a number of this machine, as connection tracking's bits and interfaces' indexes are kept.
    fileprivate init(hostBytes bytes: [UInt8]) {
        self = bytes.prefix(4).enumerated().reduce(0) { number, byte in
            let place = UInt32(1).littleEndian == 1 ? byte.offset : 3 - byte.offset
            return number | UInt32(byte.element) << UInt32(place * 8)
        }
    }
}
