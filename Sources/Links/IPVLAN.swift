/// A link that shares another one and its hardware address: packets are told apart by their IP addresses.
public struct IPVLAN: Hashable, Sendable, Codable {
    /// Where packets are told apart; the kernel's names.
    ///
    /// All that share a link have the same.
    public enum Mode: String, Hashable, Sendable, CaseIterable, Codable {
        /// As a switch does; broadcasts reach all.
        case l2
        /// As a router does, in the namespace of the shared link; without broadcasts.
        case l3
        /// As `l3`, and past the firewall of the shared link's namespace.
        case l3s
    }

    /// How the links that share one reach each other; the kernel's names.
    ///
    /// All that share a link have the same.
    public enum Flag: String, Hashable, Sendable, CaseIterable, Codable {
        /// Directly.
        case bridge
        /// Not at all.
        case `private`
        /// By way of a switch outside that sends frames back where they came from.
        case vepa
    }

    /// Where packets are told apart.
    public var mode: Mode
    /// How the links that share one reach each other.
    public var flag: Flag

    /// A link of that mode.
    public init(_ mode: Mode = .l2, _ flag: Flag = .bridge) {
        self.mode = mode
        self.flag = flag
    }
}

extension IPVLAN: DeviceSettings {
    /// `ipvlan`.
    public static let kinds = ["ipvlan"]
    /// `ipvlan`.
    public var kind: String { "ipvlan" }
    /// IP-VLAN.
    public var option: KernelOption { KernelOption("CONFIG_IPVLAN", module: "ipvlan") }
    /// Such as `mode l2 bridge`.
    public var words: [String] { ["mode", mode.rawValue, flag.rawValue] }
}
