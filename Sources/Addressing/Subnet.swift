/// A network prefix such as 172.28.0.0/16; bits past the prefix are zero.
public struct Subnet: Hashable, Sendable {
    /// The first address.
    public let network: IPAddress
    /// Leading bits that belong to the network: 0 to 32 or 128.
    public let prefixLength: Int

    /// The prefix of `length` that holds `address`.
    ///
    /// `nil` where the length is out of range.
    public init?(containing address: IPAddress, prefixLength: Int) {
        guard 0...address.family.bitWidth ~= prefixLength else { return nil }
        let hostBits = address.family.bitWidth - prefixLength
        let mask: UInt128 = hostBits == 128 ? 0 : .max << UInt128(hostBits)
        network = IPAddress(address.family, bits: address.bits & mask)
        self.prefixLength = prefixLength
    }

    /// Reads `ADDRESS/LENGTH`; host bits must be zero.
    ///
    /// `nil` where it is none.
    public init?(_ text: some StringProtocol) {
        guard let interface = InterfaceAddress(text), interface.subnet.network == interface.address else { return nil }
        self = interface.subnet
    }

    /// The family of the addresses within.
    public var family: IPFamily { network.family }
    /// Bits that number the addresses within.
    public var hostBits: Int { family.bitWidth - prefixLength }
    /// The last address, which in IPv4 is the broadcast address (but for /31 and /32).
    public var last: IPAddress {
        let host: UInt128 = hostBits == 128 ? .max : (1 << UInt128(hostBits)) - 1
        return IPAddress(family, bits: network.bits | host)
    }

    /// Whether `address` lies in the prefix.
    public func contains(_ address: IPAddress) -> Bool {
        address.family == family && network <= address && address <= last
    }

    /// Whether every address of `other` lies in the prefix.
    public func contains(_ other: Subnet) -> Bool { contains(other.network) && other.prefixLength >= prefixLength }

    /// Whether any address lies in both.
    public func overlaps(_ other: Subnet) -> Bool { contains(other.network) || other.contains(network) }
}

extension Subnet: CustomStringConvertible, Comparable {
    /// `ADDRESS/LENGTH`.
    public var description: String { "\(network)/\(prefixLength)" }

    /// By first address, the wider prefix first.
    public static func < (left: Self, right: Self) -> Bool {
        (left.network, left.prefixLength) < (right.network, right.prefixLength)
    }
}

/// An address of an interface and the length of its subnet's prefix, such as 10.0.0.1/30.
public struct InterfaceAddress: Hashable, Sendable {
    /// The interface's own address.
    public let address: IPAddress
    /// Length of the prefix that is on link.
    public let prefixLength: Int

    /// `nil` where the length is out of the family's range.
    public init?(_ address: IPAddress, prefixLength: Int) {
        guard 0...address.family.bitWidth ~= prefixLength else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Reads `ADDRESS/LENGTH` with decimal digits and no leading zero.
    ///
    /// `nil` where it is none.
    public init?(_ text: some StringProtocol) {
        guard let slash = text.firstIndex(of: "/"), let address = IPAddress(text[..<slash]) else { return nil }
        let digits = text[text.index(after: slash)...]
        guard let length = Int(digits), String(length) == digits else { return nil }
        self.init(address, prefixLength: length)
    }

    /// `address` with the prefix length of the `subnet` that it lies in.
    public init(_ address: IPAddress, in subnet: Subnet) {
        self.address = address
        prefixLength = subnet.prefixLength
    }

    /// The prefix that is on link.
    public var subnet: Subnet {
        guard let subnet = Subnet(containing: address, prefixLength: prefixLength) else {
            preconditionFailure("the initialisers check the length")
        }
        return subnet
    }
}

extension InterfaceAddress: CustomStringConvertible, Comparable {
    /// `ADDRESS/LENGTH`.
    public var description: String { "\(address)/\(prefixLength)" }

    /// By address, then by length.
    public static func < (left: Self, right: Self) -> Bool {
        (left.address, left.prefixLength) < (right.address, right.prefixLength)
    }
}
