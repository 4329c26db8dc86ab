import Addressing
import Netlink
import Planning

extension Netfilter.NamedSet {
    /// The set as the kernel knows it.
    init(_ set: NamedSet) {
        let address: Netfilter.DataType = set.table.family == .v4 ? .ipv4Address : .ipv6Address
        let key = set.key.map { field -> Netfilter.DataType in
            switch field {
            case .interface: .interfaceName
            case .address: address
            case .transport: .internetProtocol
            case .port: .service
            }
        }
        let values: Values? =
            switch set.values {
            case .verdicts: .verdicts
            case .addresses: .data([address])
            case .destinations: .data([address, .service])
            case nil: nil
            }
        self.init(
            Netfilter.Family(set.table.family), table: set.table.name, set.name, key: key, values: values,
            hasRanges: set.hasRanges)
    }
}

extension Netfilter.Element {
    /// The element as the kernel knows it.
    init(_ element: Element) {
        let isConcatenated = element.key.count > 1
        self.init(
            key: element.key.flatMap { $0.bytes(isPadded: isConcatenated, \.first) },
            last: element.set.hasRanges
                ? element.key.flatMap { $0.bytes(isPadded: isConcatenated, \.last) } : nil,
            value: element.value.map { Value($0) },
            userData: element.comment.map { Netfilter.UserData(comment: $0) } ?? Netfilter.UserData())
    }
}

extension Netfilter.Element.Value {
    fileprivate init(_ value: Element.Value) {
        switch value {
        case .accept: self = .verdict(.accept)
        case .drop: self = .verdict(.drop)
        case .address(let address): self = .data(address.bytes)
        case .destination(let address, let port): self = .data(address.bytes + port.bytes + [0, 0])
        }
    }
}

extension Element.Part {
    /// The part as it lies in a key; each of several fills whole words of four bytes.
    ///
    /// - Parameter end: Which address of a subnet to take.
    fileprivate func bytes(isPadded: Bool, _ end: (Subnet) -> IPAddress) -> [UInt8] {
        switch self {
        case .interface(let name): Array(paddedName: name)
        case .address(let address): address.bytes
        case .subnet(let subnet): end(subnet).bytes
        case .transport(let number): [number.rawValue] + (isPadded ? [0, 0, 0] : [])
        case .port(let port): port.bytes + (isPadded ? [0, 0] : [])
        }
    }
}

extension Subnet {
    fileprivate var first: IPAddress { network }
}

extension UInt16 {
    /// The number in network byte order.
    var bytes: [UInt8] { [UInt8(self >> 8), UInt8(truncatingIfNeeded: self)] }

    /// The number in the first two of `bytes`, in network byte order.
    fileprivate init(_ bytes: ArraySlice<UInt8>) { self = bytes.prefix(2).reduce(0) { $0 << 8 | UInt16($1) } }
}

extension Element {
    /// Reads an element of `set`; `nil` where it is none that an `Element` can stand for.
    init?(_ record: Netfilter.Element, of set: NamedSet) {
        var parts: [Part] = []
        var place = 0
        for field in set.key {
            let count = field.byteCount(set.table.family, isPadded: set.key.count > 1)
            guard record.key.count >= place + count, record.last.map({ $0.count >= place + count }) ?? true,
                let part = Part(
                    field, record.key[place..<place + count], last: record.last.map { $0[place..<place + count] })
            else { return nil }
            parts.append(part)
            place += count
        }
        let value = record.value.map { Value($0, set.table.family) }
        if case .some(nil) = value { return nil }
        self.init(of: set, parts, value: value ?? nil, comment: record.userData.comment)
        guard Netfilter.Element(self).key == record.key else { return nil }
    }
}

extension NamedSet.Field {
    fileprivate func byteCount(_ family: IPFamily, isPadded: Bool) -> Int {
        switch self {
        case .interface: [UInt8].nameSize
        case .address: family.byteCount
        case .transport: isPadded ? 4 : 1
        case .port: isPadded ? 4 : 2
        }
    }
}

extension Element.Part {
    fileprivate init?(_ field: NamedSet.Field, _ bytes: ArraySlice<UInt8>, last: ArraySlice<UInt8>?) {
        switch field {
        case .interface: self = .interface(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        case .transport:
            guard let number = bytes.first.flatMap({ Rule.InternetProtocol(rawValue: $0) }) else { return nil }
            self = .transport(number)
        case .port: self = .port(UInt16(bytes))
        case .address:
            guard let address = IPAddress(bytes: Array(bytes)) else { return nil }
            guard let last else {
                self = .address(address)
                return
            }
            guard let last = IPAddress(bytes: Array(last)), let subnet = Subnet(from: address, to: last) else {
                return nil
            }
            self = .subnet(subnet)
        }
    }
}

extension Subnet {
    /// The prefix whose first and last addresses are these.
    fileprivate init?(from first: IPAddress, to last: IPAddress) {
        let hostBits = (first.bits ^ last.bits).nonzeroBitCount
        guard let subnet = Subnet(containing: first, prefixLength: first.family.bitWidth - hostBits),
            subnet.network == first, subnet.last == last
        else { return nil }
        self = subnet
    }
}

extension Element.Value {
    fileprivate init?(_ value: Netfilter.Element.Value, _ family: IPFamily) {
        switch value {
        case .verdict(.accept): self = .accept
        case .verdict(.drop): self = .drop
        case .verdict: return nil
        case .data(let bytes):
            guard let address = IPAddress(bytes: Array(bytes.prefix(family.byteCount))) else { return nil }
            let rest = bytes.dropFirst(family.byteCount)
            self = rest.count < 2 ? .address(address) : .destination(address, UInt16(rest))
        }
    }
}
