/// A link that shares another one, with a hardware address of its own.
public struct MACVLAN: Hashable, Sendable, Codable {
    /// How the links that share one reach each other; the kernel's names.
    ///
    /// None reaches the addresses of the shared link itself.
    public enum Mode: String, Hashable, Sendable, CaseIterable, Codable {
        /// Directly.
        case bridge
        /// Not at all.
        case `private`
        /// By way of a switch outside that sends frames back where they came from.
        case vepa
        /// There is only one, which takes the shared link's own address.
        case passthru
    }

    /// How the links that share one reach each other.
    public var mode: Mode

    /// A link of that mode.
    public init(_ mode: Mode = .bridge) { self.mode = mode }
}

extension MACVLAN: DeviceSettings {
    /// `macvlan`.
    public static let kinds = ["macvlan"]
    /// `macvlan`.
    public var kind: String { "macvlan" }
    /// MAC-VLAN.
    public var option: KernelOption { KernelOption("CONFIG_MACVLAN", module: "macvlan") }
    /// Such as `mode bridge`.
    public var words: [String] { ["mode", mode.rawValue] }
}
