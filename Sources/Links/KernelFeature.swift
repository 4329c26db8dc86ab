/// A part of the kernel that may be left out when it is built, or be a module that is not loaded.
public struct KernelFeature: Hashable, Sendable {
    /// The build option (`make menuconfig`), such as `CONFIG_NET_IPGRE`.
    public let option: String
    /// The module that has it; `nil` for what can only be built in.
    public let module: String?

    /// What the build option `option` gives, in the module `module`.
    public init(option: String, module: String?) {
        self.option = option
        self.module = module
    }
}

extension KernelFeature: Comparable {
    /// By the build option.
    public static func < (left: Self, right: Self) -> Bool { left.option < right.option }
}
