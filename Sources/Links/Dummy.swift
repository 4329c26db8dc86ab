/// A link that drops whatever is sent to it: a place for addresses.
public struct Dummy: Hashable, Sendable, Codable {
    /// A link without settings.
    public init() {}
}

extension Dummy: DeviceSettings {
    /// `dummy`.
    public static let kinds = ["dummy"]
    /// `dummy`.
    public var kind: String { "dummy" }
    /// Dummy links.
    public var option: KernelOption { KernelOption("CONFIG_DUMMY", module: "dummy") }
    /// None.
    public var words: [String] { [] }
}
