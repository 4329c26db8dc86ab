/// A routing table of its own for the links that are its ports.
public struct VRF: Hashable, Sendable, Codable {
    /// The number of the table.
    public var table: UInt32

    /// The links' table is `table`.
    public init(table: UInt32) { self.table = table }
}

extension VRF: DeviceSettings {
    /// `vrf`.
    public static let kinds = ["vrf"]
    /// `vrf`.
    public var kind: String { "vrf" }
    /// Virtual routing and forwarding.
    public var option: KernelOption { KernelOption("CONFIG_NET_VRF", module: "vrf") }
    /// Such as `table 10`.
    public var words: [String] { ["table", "\(table)"] }
}
