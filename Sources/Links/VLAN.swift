/// A link that has the frames of another one which carry a certain tag (IEEE 802.1Q).
public struct VLAN: Hashable, Sendable, Codable {
    /// The tag's kind.
    public enum Tagging: String, Hashable, Sendable, CaseIterable, Codable {
        /// The usual one.
        case customer = "802.1Q"
        /// A provider's, around the usual one.
        case service = "802.1ad"
    }

    /// The number of the VLAN: 1 to 4094.
    public var id: UInt16
    /// The tag's kind.
    public var tagging: Tagging

    /// The VLAN `id`.
    public init(id: UInt16, _ tagging: Tagging = .customer) {
        self.id = id
        self.tagging = tagging
    }

    /// The numbers that a VLAN may have; 0 and 4095 are reserved.
    public static let ids: ClosedRange<UInt16> = 1...4094
}

extension VLAN: DeviceSettings {
    /// `vlan`.
    public static let kinds = ["vlan"]
    /// `vlan`.
    public var kind: String { "vlan" }
    /// VLAN sub-interfaces.
    public var option: KernelOption { KernelOption("CONFIG_VLAN_8021Q", module: "8021q") }
    /// Such as `id 10`.
    public var words: [String] {
        (tagging == .customer ? [] : ["protocol", tagging.rawValue]) + ["id", "\(id)"]
    }
}
