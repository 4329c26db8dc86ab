extension Topology {
    /// A value of the kernel's that a sandbox gets, such as `net.ipv4.ip_forward`.
    public struct Setting: Hashable, Sendable, Codable {
        /// The parts of its name, below `/proc/sys`.
        public var path: [String]
        /// The value.
        public var value: String

        /// `value` at `path`.
        public init(path: [String], value: String) {
            self.path = path
            self.value = value
        }

        /// What stands for the interface in the name of an endpoint's setting.
        public static let interfacePlaceholder = "IFNAME"
    }
}
