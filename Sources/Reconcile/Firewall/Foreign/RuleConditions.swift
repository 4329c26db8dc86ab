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
        case interface(Packets.Interface)
        case index(Packets.Interface)
        case address(Subnet?, mask: [UInt8]?)
        case bytes([UInt8])
        case state(mask: UInt32)
        case status(mask: UInt32)
        /// Something in which the packets differ.
        case various
        case unknown
    }

    let packets: Packets
    let literals: [ForeignRules.Name: [Netfilter.Element]]
    /// Whether the conditions read so far hold.
    private(set) var truth = Truth.yes
    /// What a map of verdicts says becomes of the packets.
    private(set) var looked: Netfilter.Verdict?
    private var loaded: [Netfilter.Register: Loaded] = [:]

    init(for packets: Packets, _ literals: [ForeignRules.Name: [Netfilter.Element]]) {
        self.packets = packets
        self.literals = literals
    }

    private mutating func demand(_ condition: Truth) { truth = min(truth, condition) }

    /// Takes in one more expression of a rule of `chain`; verdicts and targets are the caller's.
    mutating func read(_ expression: Netfilter.Expression, in chain: ForeignRules.Name) {
        switch expression {
        case .meta(let key, let register): loaded[register] = value(of: key)
        case .payload(let base, let offset, let count, let register):
            loaded[register] = payload(base, at: offset, count)
        case .bitwise(let from, let register, let mask, let xor):
            loaded[register] = masked(loaded[from] ?? .unknown, mask, xor)
        case .compare(let register, let comparison, let bytes):
            demand(holds(comparison, loaded[register] ?? .unknown, bytes))
        case .range(let register, let isInside, let first, let last):
            let value = loaded[register] ?? .unknown
            let isWithin = min(holds(.greaterOrEqual, value, first), holds(.lessOrEqual, value, last))
            demand(isInside ? isWithin : isWithin.inverted)
        case .route(.addressType, .destination, let register) where packets.place == .input:
            loaded[register] = .bytes(ConnectionBit.bytes(RouteType.local))
        case .constant(let bytes, let register): loaded[register] = .bytes(bytes)
        case .connection(.state, let register): loaded[register] = .state(mask: .max)
        case .connection(.status, let register): loaded[register] = .status(mask: .max)
        case .connection(_, let register), .route(_, _, let register): loaded[register] = .various
        case .lookup(let set, let key, let into):
            let name = ForeignRules.Name(family: chain.family, table: chain.table, name: set)
            look(loaded[key] ?? .unknown, up: literals[name], into: into)
        case .match(let match): demand(packets.truth(of: match))
        case .other(let name, _): demand(packets.truth(of: name))
        case .counter, .verdict, .target, .destinationNAT, .sourceNAT, .masquerade: break
        }
    }

    private func value(of key: Netfilter.MetaKey) -> Loaded {
        switch key {
        case .inputName: .interface(packets.input)
        case .outputName: .interface(packets.output)
        case .inputIndex: .index(packets.input)
        case .outputIndex: .index(packets.output)
        case .networkProtocol: .bytes([Netfilter.Family(packets.family).rawValue])
        case .transportProtocol: transport
        default: .various
        }
    }

    private var transport: Loaded { packets.transport.map { .bytes([$0.number]) } ?? .various }

    /// What the bytes of a header are; of an address, some at its beginning will do for a prefix.
    private func payload(_ base: Netfilter.PayloadBase, at offset: UInt32, _ count: UInt32) -> Loaded {
        if base == .transport {
            return packets.transport?.header(at: offset, count).map { .bytes($0) } ?? .various
        }
        let header = IPHeader(packets.family)
        guard base == .network, count <= UInt32(packets.family.byteCount) else { return .various }
        switch offset {
        case header.source: return .address(packets.source, mask: nil)
        case header.destination: return .address(packets.destination, mask: nil)
        case header.nextProtocol where count == 1: return transport
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
            return Truth((packets.isTranslated ? mask : 0) == UInt32(hostBytes: bytes))
        case .index(.other), .status, .various: return .some
        case .unknown: return .unknown
        }
    }

    private func holds(_ comparison: Netfilter.Comparison, _ value: Loaded, _ bytes: [UInt8]) -> Truth {
        switch comparison {
        case .equal: isEqual(value, bytes)
        case .notEqual: isEqual(value, bytes).inverted
        case .less: isBefore(value, bytes)
        case .lessOrEqual: isBefore(value, bytes, orEqual: true)
        case .greater: isBefore(value, bytes, orEqual: true).inverted
        case .greaterOrEqual: isBefore(value, bytes).inverted
        }
    }

    /// Whether the value comes before `bytes`, told by the first and the last that it can be (`nft_cmp_eval`'s memcmp).
    private func isBefore(_ value: Loaded, _ bytes: [UInt8], orEqual: Bool = false) -> Truth {
        let (first, last): ([UInt8], [UInt8])
        switch value {
        case .bytes(let known): (first, last) = (known, known)
        case .address(let subnet?, mask: nil): (first, last) = (subnet.network.bytes, subnet.last.bytes)
        case .address(nil, _), .various: return .some
        case .address, .interface, .index, .state, .status, .unknown: return .unknown
        }
        guard first.count == bytes.count else { return .unknown }
        func isBefore(_ known: [UInt8]) -> Bool { known.lexicographicallyPrecedes(bytes) || orEqual && known == bytes }
        return isBefore(last) ? .yes : Truth.some(where: isBefore(first))
    }

    private var state: UInt32 { packets.connectionState }

    /// Whether the interface has a name; bytes that do not end with a zero are the beginning of names.
    private func isNamed(_ interface: Packets.Interface, _ bytes: [UInt8]) -> Truth {
        let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        let isWhole = bytes.last == 0
        switch interface {
        case .known(let known, _): return Truth(isWhole ? name == known : known.hasPrefix(name))
        case .other(let excluded): return isWhole && name == excluded ? .no : .some
        case .none: return .no
        }
    }

    private func isWithin(_ subnet: Subnet?, _ bytes: [UInt8], _ mask: [UInt8]?) -> Truth {
        guard let subnet else { return .some }
        let padding = [UInt8](repeating: 0, count: max(0, packets.family.byteCount - bytes.count))
        let length = mask.map { $0.reduce(0) { $0 + $1.nonzeroBitCount } } ?? bytes.count * 8
        guard let address = IPAddress(bytes: bytes + padding),
            let prefix = Subnet(containing: address, prefixLength: length)
        else { return .unknown }
        return prefix.contains(subnet) ? .yes : Truth.some(where: subnet.contains(prefix))
    }

    /// - Parameter elements: What is in the set, if that is known.
    private mutating func look(_ value: Loaded, up elements: [Netfilter.Element]?, into register: Netfilter.Register?) {
        guard let elements, let isKey = isKey(of: value, elements) else {
            demand(differs(value) && register != .verdict ? .some : .unknown)
            if let register { loaded[register] = .unknown }
            return
        }
        let found = elements.first { $0.key.isEmpty || isKey($0) }
        demand(Truth(found != nil))
        guard let register else { return }
        if register == .verdict, case .verdict(let verdict)? = found?.value {
            looked = verdict
        } else {
            loaded[register] = .unknown
        }
    }

    /// Whether the packets differ in the value, or in what may stand beside it in a key.
    private func differs(_ value: Loaded) -> Bool {
        switch value {
        case .interface, .unknown: false
        case .address, .bytes: packets.areVarious
        case .index, .state, .status, .various: true
        }
    }

    /// Whether an element's key is that of the value, where the packets have one value and the keys are of it alone.
    private func isKey(of value: Loaded, _ elements: [Netfilter.Element]) -> ((Netfilter.Element) -> Bool)? {
        func isWithin(_ known: [UInt8]) -> ((Netfilter.Element) -> Bool)? {
            guard elements.allSatisfy({ $0.key.isEmpty || $0.key.count == known.count }) else { return nil }
            return { element in
                let last = element.last ?? element.key
                return !known.lexicographicallyPrecedes(element.key) && !last.lexicographicallyPrecedes(known)
            }
        }
        switch value {
        case .interface(.known(let name, let index)):
            return { isNamed(.known(name, index: index), $0.key) == .yes }
        case .bytes(let known): return isWithin(known)
        case .address(let subnet?, mask: nil) where subnet.hostBits == 0: return isWithin(subnet.network.bytes)
        case .state(let mask): return { state & mask & UInt32(hostBytes: $0.key) != 0 }
        default: return nil
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
