/// The settings of one kind of link: what the kernel's `rtnl_link_ops` of that name understands.
///
/// Settings are total: what is not chosen has the kernel's default, so that two of them compare field by field. Where
/// the default depends on the kernel, a field is optional, and `nil` leaves it to the kernel.
public protocol DeviceSettings: Hashable, Sendable {
    /// The names under which the kernel knows the kind (`IFLA_INFO_KIND`); one, unless kinds share their settings.
    static var kinds: [String] { get }
    /// The name under which the kernel knows it.
    var kind: String { get }
    /// What `ip link add` takes after `type KIND`, except the link below.
    var words: [String] { get }
    /// What `ip link set` takes after `type KIND` so that a link with the settings `other` gets these.
    func words(besides other: Self) -> [String]
    /// How `ip link add` is told of the link below.
    static var lowerKeyword: LowerKeyword { get }
    /// The kernel's option that the kind needs.
    var option: KernelOption { get }
    /// Whether the kernel lets these settings become `other` while the link is there.
    func canBecome(_ other: Self) -> Bool
    /// The settings without what `desired` leaves to the kernel.
    func normalised(to desired: Self) -> Self
}

extension DeviceSettings {
    /// Before the kind.
    public static var lowerKeyword: LowerKeyword { .link }
    /// All of them.
    public func words(besides other: Self) -> [String] { words }
    /// Only into themselves.
    public func canBecome(_ other: Self) -> Bool { self == other }
    /// Nothing is left to the kernel.
    public func normalised(to desired: Self) -> Self { self }

    /// `tos 0x10`: iproute2 reads the number as hexadecimal with `0x` or without (lib/rt_names.c, rtnl_dsfield_a2n).
    func tosWords(_ tos: UInt8) -> [String] {
        switch tos {
        case 0: []
        case 1: ["tos", "inherit"]
        default: ["tos", "0x" + String(tos, radix: 16)]
        }
    }
}

/// The word with which `ip link add` is told of the link below, and thereby where the word stands.
public enum LowerKeyword: Hashable, Sendable {
    /// `link LOWER` before the kind: a link that shares its lower one (`IFLA_LINK`).
    case link
    /// `dev LOWER` among the settings: a tunnel whose packets leave by a certain link.
    case dev
}
