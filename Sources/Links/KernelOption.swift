/// A part of the kernel that may be left out when it is built, or be a module that is not loaded.
public struct KernelOption: Hashable, Sendable {
    /// The build option (`make menuconfig`), such as `CONFIG_NET_IPGRE`.
    public let name: String
    /// The module that has it; absent for what is a part of another's.
    public let module: String?

    /// The build option `name`, whose module is `module`.
    public init(_ name: String, module: String? = nil) {
        self.name = name
        self.module = module
    }
}

extension KernelOption: Comparable {
    /// By name.
    public static func < (left: Self, right: Self) -> Bool { left.name < right.name }
}
