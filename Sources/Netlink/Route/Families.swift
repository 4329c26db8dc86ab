import Addressing
import Glibc

/// How far an address or a route reaches (`RT_SCOPE_*`).
public struct Scope: RawRepresentable, Hashable, Sendable {
    /// The number; a larger one reaches less far.
    public let rawValue: UInt8

    /// The scope with the number `rawValue`.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Everywhere.
    public static let universe = Scope(rawValue: 0)
    /// On the link only.
    public static let link = Scope(rawValue: 253)
    /// In the machine only.
    public static let host = Scope(rawValue: 254)
}

extension IPFamily {
    /// The number of the family in messages (`AF_INET`, `AF_INET6`).
    var number: UInt8 { UInt8(self == .v4 ? AF_INET : AF_INET6) }

    /// The family with a number; `nil` for any other than IP.
    init?(number: UInt8) {
        switch Int32(number) {
        case AF_INET: self = .v4
        case AF_INET6: self = .v6
        default: return nil
        }
    }

    /// The prefix that holds every address.
    var everything: Subnet {
        guard let subnet = Subnet(containing: .unspecified(self), prefixLength: 0) else {
            preconditionFailure("0 is a length of every family")
        }
        return subnet
    }
}
