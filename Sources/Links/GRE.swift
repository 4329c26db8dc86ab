public import Addressing

/// A tunnel of generic routing encapsulation (RFC 2784, RFC 2890), for IP packets or Ethernet frames.
///
/// Without `remote` its packets go where a neighbour entry or a route says.
public struct GRE: Hashable, Sendable, Codable {
    /// What a tunnel carries, and over which family; the kernel's names.
    public enum Variant: String, Hashable, Sendable, CaseIterable, Codable {
        /// IP packets over IPv4.
        case gre
        /// Ethernet frames over IPv4.
        case gretap
        /// IP packets over IPv6.
        case ip6gre
        /// Ethernet frames over IPv6.
        case ip6gretap

        /// The family of the underlay.
        public var family: IPFamily { self == .gre || self == .gretap ? .v4 : .v6 }
        /// Whether it carries Ethernet frames, so that it can be a bridge's port.
        public var isEthernet: Bool { self == .gretap || self == .ip6gretap }
    }

    /// What it carries, and over which family.
    public var variant: Variant
    /// The address that packets are sent from and taken at; any if absent.
    public var local: IPAddress?
    /// The address of the other end; any if absent.
    public var remote: IPAddress?
    /// The key that packets must have to be taken; none if absent.
    public var inputKey: UInt32?
    /// The key that packets are sent with; none if absent.
    public var outputKey: UInt32?
    /// Whether packets must have a checksum to be taken.
    public var inputChecksum = false
    /// Whether packets are sent with a checksum.
    public var outputChecksum = false
    /// Whether packets must be numbered to be taken; no file asks for it, since it has no use but to drop what comes late.
    public var inputSequence = false
    /// Whether packets are sent with a number.
    public var outputSequence = false
    /// Hops of the packets; absent: over IPv4 those of the inner packet, over IPv6 the kernel's default.
    public var ttl: UInt8?
    /// Type of service of the packets; 1 inherits the inner packet's.
    public var tos: UInt8 = 0
    /// Whether packets over IPv4 must not be fragmented, so that senders learn of a smaller MTU on the way.
    public var pathMTUDiscovery = true
    /// Whether an inner packet that must not be fragmented is sent as if it could be; only without path MTU discovery.
    public var ignoresDF = false
    /// How many tunnels within tunnels over IPv6 are allowed (RFC 2473); no limit if absent, which saves 8 bytes.
    public var encapsulationLimit: UInt8?

    /// A tunnel from `local` to `remote` with the same `key` for both ways.
    public init(_ variant: Variant, local: IPAddress? = nil, remote: IPAddress? = nil, key: UInt32? = nil) {
        self.variant = variant
        self.local = local
        self.remote = remote
        inputKey = key
        outputKey = key
    }
}

extension GRE: DeviceSettings {
    /// The variants' names.
    public static var kinds: [String] { Variant.allCases.map(\.rawValue) }
    /// The variant's name.
    public var kind: String { variant.rawValue }
    /// Among the settings.
    public static var lowerKeyword: LowerKeyword { .dev }
    /// GRE over IPv4 or IPv6.
    public var option: KernelOption {
        variant.family == .v4
            ? KernelOption("CONFIG_NET_IPGRE", module: "ip_gre") : KernelOption("CONFIG_IPV6_GRE", module: "ip6_gre")
    }

    /// Such as `remote 10.0.0.2 local 10.0.0.1 key 7`.
    public var words: [String] {
        var words: [String] = []
        if let remote { words += ["remote", "\(remote)"] }
        if let local { words += ["local", "\(local)"] }
        words += keyWords
        if inputChecksum && outputChecksum {
            words.append("csum")
        } else if inputChecksum || outputChecksum {
            words.append(inputChecksum ? "icsum" : "ocsum")
        }
        if inputSequence { words.append("iseq") }
        if outputSequence { words.append("oseq") }
        if let ttl { words += ["ttl", "\(ttl)"] }
        words += tosWords(tos)
        switch variant.family {
        case .v4:
            if !pathMTUDiscovery { words.append("nopmtudisc") }
            if ignoresDF { words.append("ignore-df") }
        case .v6: words += ["encaplimit", encapsulationLimit.map { "\($0)" } ?? "none"]
        }
        return words
    }

    private var keyWords: [String] {
        if let inputKey, inputKey == outputKey { return ["key", "\(inputKey)"] }
        return (inputKey.map { ["ikey", "\($0)"] } ?? []) + (outputKey.map { ["okey", "\($0)"] } ?? [])
    }
}
