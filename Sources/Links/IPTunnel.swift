public import Addressing

/// IP packets in IPv4 packets and nothing in between (RFC 2003, RFC 4213).
public struct IPTunnel: Hashable, Sendable, Codable {
    /// What a tunnel carries; the kernel's names.
    public enum Variant: String, Hashable, Sendable, CaseIterable, Codable {
        /// IPv4 packets.
        case ipip
        /// IPv6 packets.
        case sit

        /// The family of what it carries.
        public var inner: IPFamily { self == .ipip ? .v4 : .v6 }
    }

    /// What it carries.
    public var variant: Variant
    /// The address that packets are sent from and taken at; any if absent.
    public var local: IPAddress?
    /// The address of the other end; any if absent.
    public var remote: IPAddress?
    /// Hops of the packets; the inner packet's if absent.
    public var ttl: UInt8?
    /// Type of service of the packets; 1 inherits the inner packet's.
    public var tos: UInt8 = 0
    /// Whether packets must not be fragmented, so that senders learn of a smaller MTU on the way.
    public var pathMTUDiscovery = true

    /// A tunnel from `local` to `remote`.
    public init(_ variant: Variant, local: IPAddress? = nil, remote: IPAddress? = nil) {
        self.variant = variant
        self.local = local
        self.remote = remote
    }
}

extension IPTunnel: DeviceSettings {
    /// The variants' names.
    public static var kinds: [String] { Variant.allCases.map(\.rawValue) }
    /// The variant's name.
    public var kind: String { variant.rawValue }
    /// Among the settings.
    public static var lowerKeyword: LowerKeyword { .dev }
    /// IPv4, or IPv6, in IPv4.
    public var option: KernelOption {
        variant == .ipip
            ? KernelOption("CONFIG_NET_IPIP", module: "ipip") : KernelOption("CONFIG_IPV6_SIT", module: "sit")
    }

    /// Such as `remote 10.0.0.2 local 10.0.0.1`.
    public var words: [String] {
        var words: [String] = []
        if let remote { words += ["remote", "\(remote)"] }
        if let local { words += ["local", "\(local)"] }
        if let ttl { words += ["ttl", "\(ttl)"] }
        words += tosWords(tos)
        return words + (pathMTUDiscovery ? [] : ["nopmtudisc"])
    }
}
